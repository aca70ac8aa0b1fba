// The text by which a wallet asks for a withdrawal without a login, byte for byte as docs/http-api.md shows it.
import { base58 } from "@scure/base";
import { AimoError } from "../errors.ts";
import { formatMicroUsdc } from "../money.ts";
import type { MicroUsdc } from "../money.ts";
import { POINT_BYTES } from "./ed25519.ts";
import { isRouterId } from "./key-message.ts";

/** Whose money is withdrawn: what a user deposited, or what a provider earned. */
export type MoneyParty = "user" | "provider";

/** What a wallet asks for: one amount, at one router, at one time. */
export interface WithdrawalIntent {
  readonly party: MoneyParty;
  readonly amount: MicroUsdc;
  /** A token account; undefined for the user's own one. Providers are paid where their payout account is. */
  readonly destination: string | undefined;
  readonly routerId: string;
  /** Milliseconds since 1970; the router decides how old an intent it accepts. */
  readonly dateMs: number;
}

const FUNDS: Readonly<Record<MoneyParty, string>> = { user: "user funds", provider: "earnings" };
const USUAL_PLACE: Readonly<Record<MoneyParty, string>> = {
  user: "my own token account",
  provider: "my payout account",
};
const ADDRESS = /^[1-9A-HJ-NP-Za-km-z]{32,44}$/;

function refuse(param: string, expected: string, found: string): never {
  throw new AimoError("invalid_request", { expected, found, param });
}

/** A line break smuggled into the text would let a page show the wallet's owner lines that mean nothing. */
function isAddress(text: string): boolean {
  return ADDRESS.test(text) && base58.decode(text).length === POINT_BYTES;
}

/** The text a wallet signs to ask for a withdrawal; throws `invalid_request` for what no withdrawal may say. */
export function withdrawalMessage({ party, amount, destination, routerId, dateMs }: WithdrawalIntent): string {
  if (amount === 0n) refuse("amount", "an amount above 0", "0");
  if (destination !== undefined && (party === "provider" || !isAddress(destination))) {
    refuse("destination", "a token account of a user's choice, in base58", `${destination.length} other characters`);
  }
  if (!isRouterId(routerId)) refuse("router", "a router id in base58", `${routerId.length} other characters`);
  const date = new Date(dateMs);
  if (Number.isNaN(date.getTime())) refuse("date", "milliseconds since 1970", `${dateMs}`);
  return [
    "AiMo Network withdraw",
    `Amount: ${formatMicroUsdc(amount)} USDC of ${FUNDS[party]}`,
    `To: ${destination ?? USUAL_PLACE[party]}`,
    `Router: ${routerId}`,
    `Date: ${date.toISOString()}`,
  ].join("\n");
}
