// Withdrawals of users and providers: asked for by whoever can show that the money is theirs, and handed in by anybody.
import type { FastifyPluginCallback, FastifyRequest } from "fastify";
import type { Static } from "typebox";
import { Type } from "typebox";
import { AimoError } from "@aimo-network/protocol/errors";
import type { MoneyParty } from "@aimo-network/protocol/keys/money-intent";
import { parseMicroUsdc } from "@aimo-network/protocol/money";
import { bearerOf } from "../../accounts/read-bearer.ts";
import { WITHDRAWALS_PER_PAGE_MAX } from "../../billing/withdraw/limits.ts";
import type { MoneyDesk } from "../../billing/withdraw/money-desk.ts";
import type { WithdrawalWish } from "../../billing/withdraw/withdrawal-desk.ts";
import { providerOf } from "../account/account-reader.ts";
import { WITHDRAWALS_PER_PAGE_DEFAULT } from "./limits.ts";
import type { MoneyAccess, MoneyDeps } from "./money-access.ts";
import { TransactionField, withDesk } from "./money-access.ts";
import { readSignedIntent } from "./signed-intent.ts";
import { descriptionJson, landingJson } from "./transaction-shapes.ts";
import {
  OneWithdrawalShape,
  ProviderWishShape,
  SubmittedShape,
  UserWishShape,
  withdrawalJson,
  WithdrawalShape,
} from "./withdrawal-shapes.ts";

type WishRequest = FastifyRequest<{ Body: Static<typeof UserWishShape> | Static<typeof ProviderWishShape> }>;
type ListRequest = FastifyRequest<{ Querystring: Static<typeof PageShape> }>;
type OneRequest = FastifyRequest<{ Params: Static<typeof ParamsShape> }>;
type SubmitRequest = FastifyRequest<{ Params: Static<typeof ParamsShape>; Body: Static<typeof SubmitShape> }>;

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const ID_CHARS = 36;
const ParamsShape = Type.Object({ id: Type.String({ description: "The withdrawal's id" }) });
const SubmitShape = Type.Object({ transaction: TransactionField }, { additionalProperties: false });
const PageShape = Type.Object({
  limit: Type.Optional(Type.String({ pattern: "^[1-9][0-9]{0,2}$", description: `1 to ${WITHDRAWALS_PER_PAGE_MAX}` })),
  cursor: Type.Optional(Type.String({ pattern: ID.source, description: "`next_cursor` of the page before" })),
});
const ListShape = Type.Object({
  data: Type.Array(WithdrawalShape),
  next_cursor: Type.Union([Type.String(), Type.Null()]),
});

/** Refuses what no withdrawal has as its id; the path may hold anything. */
function idOf(id: string): string {
  if (ID.test(id)) return id;
  throw new AimoError("withdrawal_not_found", { withdrawalId: id.slice(0, ID_CHARS) });
}

/** Whose withdrawals a request may read. */
async function readerOf(access: MoneyAccess, request: FastifyRequest, party: MoneyParty): Promise<string> {
  if (party === "provider") return await providerOf(access, request);
  return (await access.accountOf(request, "account")).wallet;
}

/** What is asked for, by a session or by the wallet's own signature: whoever holds a key alone moves no money. */
async function readWish(access: MoneyAccess, request: WishRequest, party: MoneyParty): Promise<WithdrawalWish> {
  const { body } = request;
  const amount = parseMicroUsdc(body.amount);
  const destination = "destination" in body ? body.destination : undefined;
  if ("date" in body) {
    const { clock, routerId, newcomers } = access;
    const origin = await readSignedIntent(body, { party, amount, destination, routerId }, clock.now());
    newcomers.enter(request.socket.remoteAddress);
    return { party, amount, destination, ...origin };
  }
  if (bearerOf(request.headers) !== undefined) throw new AimoError("key_cannot_withdraw", {});
  const { wallet } = await access.requireSession(request);
  return { party, wallet, amount, destination };
}

/** One withdrawal, with what its transaction does. */
async function describedJson(
  desk: MoneyDesk,
  withdrawal: Awaited<ReturnType<MoneyDesk["withdrawals"]["request"]>>,
): Promise<object> {
  const { wire, wallet } = withdrawal;
  const description = wire === undefined ? undefined : await desk.describe(wire, wallet);
  return {
    ...withdrawalJson(withdrawal),
    description: description === undefined ? null : descriptionJson(description),
  };
}

function createAsk({ desk, ...access }: MoneyDeps, party: MoneyParty) {
  return async (request: WishRequest): Promise<object> => {
    const withdrawal = await desk.withdrawals.request(await readWish(access, request, party));
    return { data: await describedJson(desk, withdrawal) };
  };
}

function createList({ desk, ...access }: MoneyDeps, party: MoneyParty) {
  return async (request: ListRequest): Promise<object> => {
    const { limit = `${WITHDRAWALS_PER_PAGE_DEFAULT}`, cursor } = request.query;
    const most = Math.min(Number.parseInt(limit, 10), WITHDRAWALS_PER_PAGE_MAX);
    const wallet = await readerOf(access, request, party);
    const found = await desk.withdrawals.list({ party, wallet, most, before: cursor });
    const next = found.length < most ? undefined : found.at(-1)?.id;
    return { data: found.map(withdrawalJson), next_cursor: next ?? null };
  };
}

function createFind({ desk, ...access }: MoneyDeps, party: MoneyParty) {
  return async (request: OneRequest): Promise<object> => {
    const id = idOf(request.params.id);
    const found = await desk.withdrawals.find(party, await readerOf(access, request, party), id);
    if (found === undefined) throw new AimoError("withdrawal_not_found", { withdrawalId: id });
    return { data: await describedJson(desk, found) };
  };
}

function createSubmit({ desk }: MoneyDeps, party: MoneyParty) {
  return async ({ params, body }: SubmitRequest): Promise<object> => {
    const { transaction } = body;
    const { withdrawal, landing } = await desk.withdrawals.submit({ party, id: idOf(params.id), transaction });
    return { data: { ...withdrawalJson(withdrawal), landing: landing === undefined ? null : landingJson(landing) } };
  };
}

/** What the four endpoints of a kind say of themselves. */
function schemasOf(whose: string) {
  const tags = ["Money"];
  const security = [{ session: [] }, { bearer: [] }];
  return {
    ask: {
      summary: `Withdraw ${whose}`,
      description:
        "By a session or by the wallet's signature, never by a key alone. The answer is to be signed by the wallet and handed in within a minute. Asked again for the same, it is the same withdrawal.",
      tags,
      security: [{ session: [] }, {}],
      response: { 200: Type.Object({ data: OneWithdrawalShape }) },
    },
    list: {
      summary: `Withdrawals of ${whose}, newest first`,
      tags,
      security,
      querystring: PageShape,
      response: { 200: ListShape },
    },
    find: {
      summary: `One withdrawal of ${whose}`,
      tags,
      security,
      params: ParamsShape,
      response: { 200: Type.Object({ data: OneWithdrawalShape }) },
    },
    submit: {
      summary: `Hand in a withdrawal of ${whose}`,
      description:
        "The router's transaction, byte for byte, with the wallet's signature: it needs no login. It waits two seconds for it to land; said twice it is the same.",
      tags,
      params: ParamsShape,
      body: SubmitShape,
      response: { 200: Type.Object({ data: SubmittedShape }) },
    },
  };
}

/** Creates the routes. */
export function withdrawalRoutes(access: MoneyAccess, desk: MoneyDesk | undefined): FastifyPluginCallback {
  return (scope, _options, next) => {
    const given = <Handler>(create: (deps: MoneyDeps, party: MoneyParty) => Handler, party: MoneyParty) =>
      withDesk(access, desk, (deps) => create(deps, party));
    const users = schemasOf("a user's funds");
    scope.post("/account/withdraw", { schema: { ...users.ask, body: UserWishShape } }, given(createAsk, "user"));
    scope.get("/account/withdrawals", { schema: users.list }, given(createList, "user"));
    scope.get("/account/withdrawals/:id", { schema: users.find }, given(createFind, "user"));
    scope.post("/account/withdrawals/:id/submit", { schema: users.submit }, given(createSubmit, "user"));

    const providers = schemasOf("a provider's earnings");
    scope.post(
      "/provider/withdrawals",
      { schema: { ...providers.ask, body: ProviderWishShape } },
      given(createAsk, "provider"),
    );
    scope.get("/provider/withdrawals", { schema: providers.list }, given(createList, "provider"));
    scope.get("/provider/withdrawals/:id", { schema: providers.find }, given(createFind, "provider"));
    scope.post("/provider/withdrawals/:id/submit", { schema: providers.submit }, given(createSubmit, "provider"));
    next();
  };
}
