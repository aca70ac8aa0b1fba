// What a receipt may say that its answer cost: never more than its tokens and prices come to (docs/receipts.md).
import { divide } from "./money.ts";
import { PICO_PER_NANO, costInPico } from "./price.ts";
import type { Receipt } from "./receipt.ts";
import { NO_USAGE } from "./usage.ts";

/** Bits of a receipt's flags. */
export const RECEIPT_FLAGS = {
  /** It was answered as a stream. */
  streamed: 1,
  /** The client left before the answer had ended. */
  cancelled: 2,
  /** The usage that the provider reported was more than could be, and was clamped. */
  usageAdjusted: 4,
  /** The usage is the router's estimate. */
  usageEstimated: 8,
  /** The provider broke off after the client had seen output: nothing is owed. */
  interrupted: 16,
  /** The provider reported no usage: nothing is owed. */
  noUsage: 32,
  /** The router died: it was charged from what the provider told afterwards, which may have been too late to collect all of it. */
  replayed: 64,
} as const;

const BROKEN_OFF = "error"; // the finish reason of an answer that ended with an error

/** Why nothing is owed for an answer, whatever it used. */
export type FreeReason = "interrupted" | "no_usage" | "error";

/** What is owed for an answer. */
export interface Owed {
  /** In nano-USDC; an absurd usage may come to more than any amount can be. */
  readonly nano: bigint;
  readonly free: FreeReason | undefined;
}

function freeReason({ flags, finishReason }: Receipt): FreeReason | undefined {
  if ((flags & RECEIPT_FLAGS.interrupted) !== 0) return "interrupted";
  if ((flags & RECEIPT_FLAGS.noUsage) !== 0) return "no_usage";
  return finishReason === BROKEN_OFF ? "error" : undefined;
}

/**
 * What a receipt's own tokens and prices come to: what the user owes at most. Less may be charged, without a flag: a
 * charge never exceeds its lock, and a late one takes only what is left.
 */
export function owedFor(receipt: Receipt): Owed {
  const free = freeReason(receipt);
  if (free !== undefined) return { nano: 0n, free };
  const { price, promptTokens, completionTokens, cachedTokens, reasoningTokens, imageCount } = receipt;
  const usage = { ...NO_USAGE, promptTokens, completionTokens, cachedTokens, reasoningTokens };
  return { nano: divide(costInPico(price, usage, imageCount), PICO_PER_NANO, "up"), free };
}
