// GET /credits and /account/balance: what a wallet has at this router.
import type { FastifyPluginCallback, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { formatNanoUsdc } from "@aimo-network/protocol/money";
import type { Balance, Balances } from "../../activity/balances.ts";
import type { AccountReaderDeps } from "./account-reader.ts";
import { exactNumber } from "../json-number.ts";

/** What these endpoints read. */
export interface AccountDeps extends AccountReaderDeps {
  readonly balances: Balances;
}

const TAGS = ["Account"];
const SECURITY = [{ session: [] }, { bearer: [] }];

const usdc = (description: string) => Type.String({ description: `${description}, in USDC` });

const CreditsShape = Type.Object({
  total_credits: Type.Number({ description: "USDC that ever came in" }),
  total_usage: Type.Number({ description: "USDC that was ever charged" }),
  deposited: usdc("The first of both as a decimal string"),
  charged: usdc("The second"),
});

const BalanceShape = Type.Object({
  available: usdc("What requests may still lock"),
  locked: usdc("What running requests may cost at most"),
  withdrawing: usdc("What waits for a withdrawal"),
  payable: usdc("What was charged and is not settled on chain yet"),
  lockable: usdc("What a request may lock now: available, and within the allowance"),
  deposited: usdc("What ever came in"),
});

/** A balance as replies and events show it. */
export function balanceJson(balance: Balance): Record<keyof Balance, string> {
  return {
    available: formatNanoUsdc(balance.available),
    locked: formatNanoUsdc(balance.locked),
    withdrawing: formatNanoUsdc(balance.withdrawing),
    payable: formatNanoUsdc(balance.payable),
    lockable: formatNanoUsdc(balance.lockable),
    deposited: formatNanoUsdc(balance.deposited),
  };
}

function createCredits({ accountOf, balances }: AccountDeps) {
  return async (request: FastifyRequest): Promise<object> => {
    const { wallet } = await accountOf(request, "account");
    const { deposited, charged } = await balances.creditsOf(wallet);
    const exact = { deposited: formatNanoUsdc(deposited), charged: formatNanoUsdc(charged) };
    return { data: { total_credits: exactNumber(exact.deposited), total_usage: exactNumber(exact.charged), ...exact } };
  };
}

function createBalance({ accountOf, balances }: AccountDeps) {
  return async (request: FastifyRequest): Promise<object> => {
    const { wallet } = await accountOf(request, "account");
    return { data: balanceJson(await balances.of(wallet)) };
  };
}

/** Creates the routes. */
export function accountRoutes(deps: AccountDeps): FastifyPluginCallback {
  return (scope, _options, next) => {
    const credits = {
      summary: "What came in and what was used",
      description: "For a session or a key with the scope `account`.",
      tags: TAGS,
      security: SECURITY,
      response: { 200: Type.Object({ data: CreditsShape }) },
    };
    const asIs = { serializerCompiler: () => JSON.stringify }; // which alone writes exact numbers
    scope.get("/credits", { schema: credits, ...asIs }, createCredits(deps));

    const balance = {
      summary: "What the wallet has at this router",
      description: "Exact decimals of USDC, for a session or a key with the scope `account`.",
      tags: TAGS,
      security: SECURITY,
      response: { 200: Type.Object({ data: BalanceShape }) },
    };
    scope.get("/account/balance", { schema: balance }, createBalance(deps));
    next();
  };
}
