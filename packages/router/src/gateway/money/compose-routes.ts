// POST /account/{open,deposit,allowance,exit}: transactions of a user's own money, for the user's wallet to sign.
import type { FastifyPluginCallback, FastifyRequest } from "fastify";
import type { Static } from "typebox";
import { Type } from "typebox";
import { parseMicroUsdc } from "@aimo-network/protocol/money";
import type { MoneyDesk } from "../../billing/withdraw/money-desk.ts";
import { readMoment } from "../query-values.ts";
import type { MoneyAccess, MoneyDeps } from "./money-access.ts";
import { UsdcField, walletOf, withDesk } from "./money-access.ts";
import { ComposedShape, composedJson } from "./transaction-shapes.ts";

const STRICT = { additionalProperties: false };
const Time = Type.String({ maxLength: 40, description: "ISO 8601" });
const Wallet = Type.Optional(
  Type.String({ maxLength: 44, description: "Whose money it is; who is signed in, where none is named" }),
);
const Funder = Type.Optional(
  Type.String({
    maxLength: 44,
    description: "Who pays it in, from the associated token account; the wallet itself by default",
  }),
);

const OpenShape = Type.Object(
  {
    amount: UsdcField,
    allowance: Type.Optional(UsdcField),
    allowance_expires_at: Type.Optional(Time),
    wallet: Wallet,
    funder: Funder,
  },
  STRICT,
);
const DepositShape = Type.Object(
  {
    amount: UsdcField,
    wallet: Wallet,
    funder: Funder,
    raise_allowance: Type.Optional(
      Type.Boolean({
        description: "Whether the allowance rises by as much, for a year: it does where the wallet itself pays in",
      }),
    ),
  },
  STRICT,
);
const AllowanceShape = Type.Object({ total: UsdcField, expires_at: Time, wallet: Wallet }, STRICT);
const ExitShape = Type.Object({ action: Type.Enum(["request", "cancel", "finalize"]), wallet: Wallet }, STRICT);

/** A moment of a body in the chain's seconds. */
function secondsOf(param: string, text: string): bigint {
  return BigInt(Math.floor(readMoment(param, text) / 1_000));
}

function createOpen({ desk, ...access }: MoneyDeps) {
  return async (request: FastifyRequest<{ Body: Static<typeof OpenShape> }>): Promise<object> => {
    const { amount, allowance, allowance_expires_at: expires, wallet, funder } = request.body;
    const composed = await desk.composer.open({
      wallet: await walletOf(access, request, wallet),
      funder,
      amount: parseMicroUsdc(amount),
      allowance: allowance === undefined ? undefined : parseMicroUsdc(allowance),
      allowanceExpiresAt: expires === undefined ? undefined : secondsOf("allowance_expires_at", expires),
    });
    return { data: composedJson(composed) };
  };
}

function createDeposit({ desk, ...access }: MoneyDeps) {
  return async (request: FastifyRequest<{ Body: Static<typeof DepositShape> }>): Promise<object> => {
    const { amount, wallet, funder, raise_allowance: raisesAllowance } = request.body;
    const composed = await desk.composer.deposit({
      wallet: await walletOf(access, request, wallet),
      funder,
      amount: parseMicroUsdc(amount),
      raisesAllowance,
    });
    return { data: composedJson(composed) };
  };
}

function createAllowance({ desk, ...access }: MoneyDeps) {
  return async (request: FastifyRequest<{ Body: Static<typeof AllowanceShape> }>): Promise<object> => {
    const { total, expires_at: expires, wallet } = request.body;
    const composed = await desk.composer.allowance({
      wallet: await walletOf(access, request, wallet),
      total: parseMicroUsdc(total),
      expiresAt: secondsOf("expires_at", expires),
    });
    return { data: composedJson(composed) };
  };
}

function createExit({ desk, ...access }: MoneyDeps) {
  return async (request: FastifyRequest<{ Body: Static<typeof ExitShape> }>): Promise<object> => {
    const { action, wallet } = request.body;
    const composed = await desk.composer.exit({ wallet: await walletOf(access, request, wallet), step: action });
    return { data: composedJson(composed) };
  };
}

function schemaOf(summary: string, description: string) {
  return {
    summary,
    description,
    tags: ["Money"],
    security: [{ session: [] }, { bearer: [] }, {}],
    response: { 200: Type.Object({ data: ComposedShape }) },
  };
}

/** Creates the routes. */
export function composeRoutes(access: MoneyAccess, desk: MoneyDesk | undefined): FastifyPluginCallback {
  return (scope, _options, next) => {
    const open = schemaOf(
      "Open an escrow with a first deposit",
      "The rent is the wallet's and comes back when the escrow is closed. The allowance is the deposit and lasts a year, where nothing is said.",
    );
    scope.post("/account/open", { schema: { ...open, body: OpenShape } }, withDesk(access, desk, createOpen));
    const deposit = schemaOf(
      "Deposit USDC",
      "Anybody may deposit for any wallet. An escrow that is missing is opened, which its wallet signs.",
    );
    scope.post(
      "/account/deposit",
      { schema: { ...deposit, body: DepositShape } },
      withDesk(access, desk, createDeposit),
    );
    const allowance = schemaOf(
      "Set the allowance",
      "`total` is the most that may ever be settled, what was settled before included. What lowers it waits for the router's notice.",
    );
    scope.post(
      "/account/allowance",
      { schema: { ...allowance, body: AllowanceShape } },
      withDesk(access, desk, createAllowance),
    );
    const exit = schemaOf(
      "Leave without the router's agreement",
      "`request` starts the router's delay, after which anybody may `finalize`: the whole balance is paid out, whatever the router does.",
    );
    scope.post("/account/exit", { schema: { ...exit, body: ExitShape } }, withDesk(access, desk, createExit));
    next();
  };
}
