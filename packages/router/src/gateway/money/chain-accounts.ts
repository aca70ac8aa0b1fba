// GET /account/escrow and /provider/account: what the chain says of the caller's own money at this router.
import type { FastifyPluginCallback, FastifyRequest } from "fastify";
import type { Static } from "typebox";
import { Type } from "typebox";
import { formatMicroUsdc } from "@aimo-network/protocol/money";
import type { MoneyDesk } from "../../billing/withdraw/money-desk.ts";
import { providerOf } from "../account/account-reader.ts";
import type { MoneyAccess, MoneyDeps } from "./money-access.ts";
import { Text, Usdc, withDesk } from "./money-access.ts";
import { countOf } from "./transaction-shapes.ts";

type UserAccounts = Awaited<ReturnType<MoneyDesk["accounts"]["user"]>>;
type EscrowState = NonNullable<UserAccounts["escrow"]>;
type ProviderState = NonNullable<Awaited<ReturnType<MoneyDesk["accounts"]["provider"]>>["provider"]>;

const TAGS = ["Money"];
const SECURITY = [{ session: [] }, { bearer: [] }];
const Moment = Type.String({ format: "date-time" });
const orNull = <Shape extends Parameters<typeof Type.Union>[0][number]>(shape: Shape, description: string) =>
  Type.Union([shape, Type.Null()], { description });

const ExitFields = {
  requested_at: Moment,
  due_at: Type.String({ format: "date-time", description: "From then on anybody may finalize it" }),
  is_due: Type.Boolean(),
};

const UsdcOrNull = Type.Union([Usdc, Type.Null()]);

const UserShape = Type.Object({
  address: Type.String({ description: "The escrow's, open or not" }),
  is_open: Type.Boolean({ description: "Where none is open, all that follows but `wallet` is null" }),
  balance: UsdcOrNull,
  deposited: UsdcOrNull,
  settled: UsdcOrNull,
  withdrawn: UsdcOrNull,
  allowance: orNull(
    Type.Object({ total: Usdc, expires_at: Moment, left: Usdc }),
    "The most that may ever be settled, until when, and what of it is left",
  ),
  pending_allowance: orNull(
    Type.Object({ total: Usdc, expires_at: Moment, at: Moment }),
    "A lower one that comes into force by itself",
  ),
  exit: orNull(Type.Object(ExitFields), "Leaving without the router, where it was asked for"),
  wallet: Type.Object(
    { token_account: Text, usdc: Usdc },
    { description: "What the wallet holds itself, and could deposit" },
  ),
});

const ProviderShape = Type.Object({
  address: Type.String({ description: "The provider's account, registered or not" }),
  is_registered: Type.Boolean({
    description: "The router registers providers that it owes something; until then all that follows is null",
  }),
  claimable: UsdcOrNull,
  earned: UsdcOrNull,
  withdrawn: UsdcOrNull,
  payout_account: orNull(Text, "The token account that earnings are paid to"),
  pending_payout: orNull(Type.Object({ payout_account: Text, at: Moment }), "One that takes its place by itself"),
  exit: orNull(Type.Object({ ...ExitFields, amount: Usdc }), "Being paid without the router, where it was asked for"),
});

const LAST_MOMENT = 253_402_300_799n; // the end of 9999: RFC 3339 writes no later one, and an allowance may end much later

/** A moment of the chain, in seconds, as a date. */
function momentOf(seconds: bigint): string {
  const known = seconds > LAST_MOMENT ? LAST_MOMENT : seconds;
  return new Date(countOf(known) * 1_000).toISOString();
}

function exitJson({ requestedAt, deadline, isDue }: NonNullable<EscrowState["exit"]>) {
  return { requested_at: momentOf(requestedAt), due_at: momentOf(deadline), is_due: isDue };
}

const NOT_OPEN = {
  is_open: false,
  balance: null,
  deposited: null,
  settled: null,
  withdrawn: null,
  allowance: null,
  pending_allowance: null,
  exit: null,
};

function escrowJson(state: EscrowState | undefined): Omit<Static<typeof UserShape>, "address" | "wallet"> {
  if (state === undefined) return NOT_OPEN;
  const { allowance, pendingAllowance: pending, exit } = state;
  const allowed = ({ total, expiresAt }: Pick<typeof allowance, "total" | "expiresAt">) => ({
    total: formatMicroUsdc(total),
    expires_at: momentOf(expiresAt),
  });
  return {
    is_open: true,
    balance: formatMicroUsdc(state.balance),
    deposited: formatMicroUsdc(state.deposited),
    settled: formatMicroUsdc(state.settled),
    withdrawn: formatMicroUsdc(state.withdrawn),
    allowance: { ...allowed(allowance), left: formatMicroUsdc(allowance.left) },
    pending_allowance: pending === undefined ? null : { ...allowed(pending), at: momentOf(pending.at) },
    exit: exit === undefined ? null : exitJson(exit),
  };
}

const NOT_REGISTERED = {
  is_registered: false,
  claimable: null,
  earned: null,
  withdrawn: null,
  payout_account: null,
  pending_payout: null,
  exit: null,
};

function providerJson(state: ProviderState | undefined): Omit<Static<typeof ProviderShape>, "address"> {
  if (state === undefined) return NOT_REGISTERED;
  const { pendingPayout: pending, exit } = state;
  return {
    is_registered: true,
    claimable: formatMicroUsdc(state.claimable),
    earned: formatMicroUsdc(state.earned),
    withdrawn: formatMicroUsdc(state.withdrawn),
    payout_account: state.payout,
    pending_payout: pending === undefined ? null : { payout_account: pending.payout, at: momentOf(pending.at) },
    exit: exit === undefined ? null : { ...exitJson(exit), amount: formatMicroUsdc(exit.amount) },
  };
}

function createEscrow({ desk, accountOf }: MoneyDeps) {
  return async (request: FastifyRequest): Promise<{ data: Static<typeof UserShape> }> => {
    const { wallet } = await accountOf(request, "account");
    const { escrowAddress, escrow, tokenAddress, tokens } = await desk.accounts.user(wallet);
    const own = { token_account: tokenAddress, usdc: formatMicroUsdc(tokens) };
    return { data: { address: escrowAddress, ...escrowJson(escrow), wallet: own } };
  };
}

function createProvider({ desk, ...access }: MoneyDeps) {
  return async (request: FastifyRequest): Promise<{ data: Static<typeof ProviderShape> }> => {
    const { providerAddress, provider } = await desk.accounts.provider(await providerOf(access, request));
    return { data: { address: providerAddress, ...providerJson(provider) } };
  };
}

/** Creates the routes. */
export function chainAccountRoutes(access: MoneyAccess, desk: MoneyDesk | undefined): FastifyPluginCallback {
  return (scope, _options, next) => {
    const schemaOf = (summary: string, who: string, shape: typeof UserShape | typeof ProviderShape) => ({
      summary,
      description: `Read from the chain at this moment, for ${who}. Whoever does not trust a router reads it there.`,
      tags: TAGS,
      security: SECURITY,
      response: { 200: Type.Object({ data: shape }) },
    });
    const user = schemaOf("The wallet's escrow on the chain", "a session or a key with the scope `account`", UserShape);
    scope.get("/account/escrow", { schema: user }, withDesk(access, desk, createEscrow));
    const who = "a session or a key that may serve models";
    const provider = schemaOf("The provider's account on the chain", who, ProviderShape);
    scope.get("/provider/account", { schema: provider }, withDesk(access, desk, createProvider));
    next();
  };
}
