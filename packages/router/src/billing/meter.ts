// What an answer cost, from the usage this router read and the price its offer had at admission.
import { isAimoError } from "@aimo-network/protocol/errors";
import type { NanoUsdc } from "@aimo-network/protocol/money";
import { formatNanoUsdc } from "@aimo-network/protocol/money";
import type { Price } from "@aimo-network/protocol/price";
import { cost } from "@aimo-network/protocol/price";
import type { Usage } from "@aimo-network/protocol/usage";

/** A priced answer. */
export interface Metered {
  readonly usage: Usage;
  readonly cost: NanoUsdc;
}

/**
 * Prices an answer; undefined where its provider reported no usage, or one that no amount can hold the cost of, since
 * then nothing can be charged (accounting.md).
 */
export function meter(price: Price, usage: Usage | undefined, imageCount: number): Metered | undefined {
  if (usage === undefined) return undefined;
  try {
    return { usage, cost: cost(price, usage, imageCount) };
  } catch (error) {
    if (!isAimoError(error, "invalid_amount")) throw error;
    return undefined; // its counts are nonsense, but the answer is whole and the client gets it
  }
}

/**
 * The `usage` object clients see, in OpenRouter's shape, as JSON text: `cost` is written from the exact amount, and null
 * while the charge is not in the ledger yet.
 */
export function usageJson({ usage, cost: amount }: { usage: Usage; cost: NanoUsdc | undefined }): string {
  const { promptTokens, completionTokens, cachedTokens, reasoningTokens } = usage;
  // Counts are whole numbers, which JSON writes as a template does.
  const counts = `"prompt_tokens":${promptTokens},"completion_tokens":${completionTokens},"total_tokens":${promptTokens + completionTokens}`;
  const prompt = `"prompt_tokens_details":{"cached_tokens":${cachedTokens},"audio_tokens":${usage.promptAudioTokens}}`;
  const completion = `"completion_tokens_details":{"reasoning_tokens":${reasoningTokens},"audio_tokens":${usage.completionAudioTokens}}`;
  return `{${counts},${prompt},${completion},"cost":${amount === undefined ? "null" : formatNanoUsdc(amount)}}`;
}
