// A usage that can be true: what a provider reports, held against the bytes that were seen and what was asked for.
import type { Usage } from "@aimo-network/protocol/usage";
import { USAGE_TOKENS_MAX } from "@aimo-network/protocol/usage";
import { SILENT_TOKENS_PER_CHOICE_MAX } from "./limits.ts";

/** What bounds the usage of an answer. */
export interface UsageBounds {
  readonly promptBound: number;
  /** Output tokens of each choice that the provider was allowed. */
  readonly maxOutput: number;
  readonly choices: number;
  /** UTF-8 bytes of content, reasoning, and names and arguments of tool calls: every token shows at least one. */
  readonly deliveredBytes: number;
  /** Tokens of each choice that the model's family may spend on reasoning that it does not deliver. */
  readonly hiddenReasoningTokens: number;
}

/** A usage within its bounds. */
export interface PlausibleUsage {
  readonly usage: Usage;
  /** Whether the reported one was outside of them. */
  readonly adjusted: boolean;
}

/** Brings a usage within its bounds. */
export function plausibleUsage(reported: Usage, bounds: UsageBounds): PlausibleUsage {
  const { choices } = bounds;
  const unseen = (SILENT_TOKENS_PER_CHOICE_MAX + bounds.hiddenReasoningTokens) * choices;
  const completionMax = Math.min(bounds.deliveredBytes + unseen, bounds.maxOutput * choices, USAGE_TOKENS_MAX);
  const promptTokens = Math.min(reported.promptTokens, bounds.promptBound, USAGE_TOKENS_MAX);
  const completionTokens = Math.min(reported.completionTokens, completionMax);
  const usage: Usage = {
    promptTokens,
    completionTokens,
    cachedTokens: Math.min(reported.cachedTokens, promptTokens),
    reasoningTokens: Math.min(reported.reasoningTokens, completionTokens),
    promptAudioTokens: Math.min(reported.promptAudioTokens, promptTokens),
    completionAudioTokens: Math.min(reported.completionAudioTokens, completionTokens),
  };
  const adjusted =
    usage.promptTokens !== reported.promptTokens ||
    usage.completionTokens !== reported.completionTokens ||
    usage.cachedTokens !== reported.cachedTokens ||
    usage.reasoningTokens !== reported.reasoningTokens;
  return { usage, adjusted };
}
