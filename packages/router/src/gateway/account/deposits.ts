// GET /account/deposits: what came in, newest first.
import type { FastifyPluginCallback, FastifyRequest } from "fastify";
import type { Static } from "typebox";
import { Type } from "typebox";
import { formatNanoUsdc } from "@aimo-network/protocol/money";
import type { CreditedDeposit, Deposits } from "../../activity/deposits.ts";
import { DEPOSITS_PER_PAGE_MAX } from "../../activity/limits.ts";
import { countOf } from "../money/transaction-shapes.ts";
import type { AccountReaderDeps } from "./account-reader.ts";

/** What this endpoint reads. */
export interface DepositsDeps extends AccountReaderDeps {
  readonly deposits: Deposits;
}

type ListRequest = FastifyRequest<{ Querystring: Static<typeof PageShape> }>;

const PAGE_DEFAULT = 20;
const UUID = "^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$";

const PageShape = Type.Object({
  limit: Type.Optional(Type.String({ pattern: "^[1-9][0-9]{0,2}$", description: `1 to ${DEPOSITS_PER_PAGE_MAX}` })),
  cursor: Type.Optional(Type.String({ pattern: UUID, description: "`next_cursor` of the page before" })),
});

const DepositShape = Type.Object({
  id: Type.String(),
  amount: Type.String({ description: "USDC" }),
  at: Type.String({ format: "date-time", description: "When it was credited" }),
  seen_slot: Type.Union([Type.Integer(), Type.Null()], {
    description: "The slot it was seen at: its transaction landed there or a little before",
  }),
});

function depositJson({ id, amount, at, seenSlot }: CreditedDeposit): Static<typeof DepositShape> {
  const slot = seenSlot === undefined ? null : countOf(seenSlot);
  return { id, amount: formatNanoUsdc(amount), at: at.toISOString(), seen_slot: slot };
}

function createList({ accountOf, deposits }: DepositsDeps) {
  return async (request: ListRequest): Promise<object> => {
    const { limit = `${PAGE_DEFAULT}`, cursor } = request.query;
    const most = Math.min(Number.parseInt(limit, 10), DEPOSITS_PER_PAGE_MAX);
    const { wallet } = await accountOf(request, "account");
    const found = await deposits.list(wallet, { most, ...(cursor !== undefined && { before: cursor }) });
    const next = found.length < most ? undefined : found.at(-1)?.id;
    return { data: found.map(depositJson), next_cursor: next ?? null };
  };
}

/** Creates the route. */
export function depositRoutes(deps: DepositsDeps): FastifyPluginCallback {
  return (scope, _options, next) => {
    const schema = {
      summary: "What came in, newest first",
      description:
        "For a session or a key with the scope `account`. The ledger follows totals: no transaction is named.",
      tags: ["Account"],
      security: [{ session: [] }, { bearer: [] }],
      querystring: PageShape,
      response: {
        200: Type.Object({ data: Type.Array(DepositShape), next_cursor: Type.Union([Type.String(), Type.Null()]) }),
      },
    };
    scope.get("/account/deposits", { schema }, createList(deps));
    next();
  };
}
