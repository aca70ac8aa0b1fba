// The address of a payout account, as it is typed.
import type { Address } from "@solana/kit";
import type { RegisteredProvider } from "./provider-on-chain.ts";

const BASE58 = /^[1-9A-HJ-NP-Za-km-z]{32,44}$/;

/** An address that can be announced, or what is wrong with it; neither while nothing is typed. */
export interface TypedAccount {
  readonly account?: Address;
  readonly fault?: string;
}

/** Reads it by its letters; whether a token account is there, the chain says before anything is signed. */
export function readAccount(
  text: string,
  { payout, pendingPayout }: Pick<RegisteredProvider, "payout" | "pendingPayout">,
): TypedAccount {
  const typed = text.trim();
  if (typed === "") return {};
  if (!BASE58.test(typed)) {
    return { fault: "Expected an address of Solana: 32 to 44 letters and digits, without 0, O, I and l." };
  }
  if (typed === pendingPayout?.payout) return { fault: "This change is announced already." };
  if (typed === payout && pendingPayout === undefined) return { fault: "This account is paid already." };
  return { account: typed as Address };
}
