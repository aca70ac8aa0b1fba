// What the endpoints of money need of the gateway and of other rooms, and how many may call them.
import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { Clock } from "@aimo-network/protocol/clock";
import { AimoError } from "@aimo-network/protocol/errors";
import type { Generations } from "../../activity/generations.ts";
import type { MoneyDesk } from "../../billing/withdraw/money-desk.ts";
import type { AccountReaderDeps } from "../account/account-reader.ts";
import type { ArrivalBounds } from "../arrival-bounds.ts";
import { createArrivalBounds } from "../arrival-bounds.ts";
import type { AccountAccess } from "../sign-in/account-access.ts";
import { MONEY_CALLS_MAX, MONEY_CALLS_MS, MONEY_CALLS_PER_NETWORK_MAX } from "./limits.ts";

/** What a router that has a chain adds to its gateway. */
export interface MoneyRoutesDeps {
  readonly desk: MoneyDesk;
  /** Counts the calls of all these endpoints. */
  readonly bounds: ArrivalBounds;
}

/** Who calls, and when: what every gateway has. */
export interface MoneyAccess extends AccountReaderDeps, Pick<AccountAccess, "requireSession"> {
  readonly clock: Clock;
  readonly routerId: string;
  readonly generations: Pick<Generations, "find">;
  /** Counts strangers who leave rows behind. */
  readonly newcomers: ArrivalBounds;
}

/** Both together. */
export interface MoneyDeps extends MoneyAccess {
  readonly desk: MoneyDesk;
}

/** Creates the count of calls. */
export function createMoneyBounds(clock: Clock): ArrivalBounds {
  return createArrivalBounds(clock, {
    most: MONEY_CALLS_MAX,
    perNetworkMax: MONEY_CALLS_PER_NETWORK_MAX,
    everyMs: MONEY_CALLS_MS,
    words: "too many calls about money come",
  });
}

/** An amount in a body. */
export const UsdcField = Type.String({ maxLength: 24, description: "USDC, a decimal with at most 6 places" });
/** An address in a body. */
export const AddressField = Type.String({ maxLength: 44, description: "In base58" });
/** A transaction in a body. */
export const TransactionField = Type.String({ maxLength: 4_000, description: "In base64" });
/** A name, an address or words in an answer. */
export const Text = Type.String();
/** The same where there may be none. */
export const OptionalText = Type.Union([Text, Type.Null()]);
/** An amount in an answer. */
export const Usdc = Type.String({ description: "USDC" });

/** The wallet that a body names, or else the one that asks. */
export async function walletOf(
  { accountOf }: Pick<MoneyAccess, "accountOf">,
  request: FastifyRequest,
  named: string | undefined,
): Promise<string> {
  return named ?? (await accountOf(request, "account")).wallet;
}

/** Answers in place of an endpoint of a router without a chain. */
export function refuseWithoutChain(): never {
  throw new AimoError("chain_absent", {});
}

/** What an endpoint does; of a router without a chain, the refusal. */
export function withDesk<Handler>(
  access: MoneyAccess,
  desk: MoneyDesk | undefined,
  create: (deps: MoneyDeps) => Handler,
): Handler | (() => never) {
  return desk === undefined ? refuseWithoutChain : create({ ...access, desk });
}
