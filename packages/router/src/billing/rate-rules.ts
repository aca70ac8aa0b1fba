// How much a key and a wallet may ask for in a minute and at once, and how an answer's headers say what is left.
import type { RateSubject, RateUse } from "../ledger/commands.ts";

/** What one key, or one wallet with all its keys, may use. */
export interface RateRule {
  /** Requests admitted per minute. */
  readonly requests: number;
  /** Tokens per minute: reserved at admission, corrected when the answer has ended. */
  readonly tokens: number;
  /** Requests running at once, over all instances of the router. */
  readonly running: number;
}

/** The rules of a router. */
export type RateRules = Readonly<Record<RateSubject, RateRule>>;

const MS_PER_MINUTE = 60_000;

/** Whole seconds, at least one, until the minute that rate limits count for ends. */
export function secondsLeft(nowMs: number): number {
  return Math.ceil((MS_PER_MINUTE - (nowMs % MS_PER_MINUTE)) / 1000);
}

/** The rules as the ledger takes them. */
export function ledgerRates({ key, wallet }: RateRules): readonly bigint[] {
  return [key.requests, key.tokens, wallet.requests, wallet.tokens, key.running, wallet.running].map(BigInt);
}

function left(limit: number, used: bigint): string {
  const rest = BigInt(limit) - used;
  return String(rest > 0n ? rest : 0n);
}

/** The `x-ratelimit-*` headers of a key that has used so much of its minute. */
export function rateHeaders({ key }: RateRules, { requests, tokens }: RateUse, nowMs: number): Record<string, string> {
  const reset = `${secondsLeft(nowMs)}s`;
  return {
    "x-ratelimit-limit-requests": String(key.requests),
    "x-ratelimit-remaining-requests": left(key.requests, requests),
    "x-ratelimit-reset-requests": reset,
    "x-ratelimit-limit-tokens": String(key.tokens),
    "x-ratelimit-remaining-tokens": left(key.tokens, tokens),
    "x-ratelimit-reset-tokens": reset,
  };
}
