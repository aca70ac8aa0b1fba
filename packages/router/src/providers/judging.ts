// What the tries of one request say about the providers that were asked, once all of them have ended.
import type { AimoError } from "@aimo-network/protocol/errors";
import { isAimoError } from "@aimo-network/protocol/errors";
import type { Usage } from "@aimo-network/protocol/usage";
import { SPEED_MS_MIN, SPEED_TOKENS_MIN } from "../limits.ts";
import { retryAfterMs } from "./retry-after.ts";
import type { Pace, Tried } from "./try-candidate.ts";

/** How one try at a provider went. Nothing is told of a client's own error, or of a client that left. */
export interface AttemptJudgement {
  /**
   * `limited`: it answered 429, which is no failure. `outrun`: another that was asked beside it had output first, which says
   * nothing of whether it would have answered, but that it takes at least `firstOutputMs`.
   */
  readonly outcome: "succeeded" | "failed" | "limited" | "outrun";
  /** How long a limited provider asked to be left alone; undefined where it did not say. */
  readonly retryAfterMs?: number;
  /** From the attempt's begin to the first output that a person would see, of streams. */
  readonly firstOutputMs?: number;
  /** Completion tokens for each second after the first output, of streams that have enough of them to tell. */
  readonly tokensPerSecond?: number;
}

const PROVIDER_FAULTS: ReadonlySet<string> = new Set(["provider_error", "provider_timeout", "provider_disconnected"]);

/** What says nothing against a provider that has shown nothing yet. */
const BROKEN_PROMISES: ReadonlySet<string> = new Set(["rate_limited", "provider_refused"]);

const VISIBLE_BYTES_PER_TOKEN = 4; // what texts have on average: as billing estimates tokens from bytes

/**
 * Tokens that came after the first output. What is reported counts only as far as it is charged: a token shows at least one
 * byte. Reasoning may have been hidden, and is written before the first output then: it counts as far as bytes speak for it.
 */
function tokensShown({ completionTokens, reasoningTokens }: Usage, deliveredBytes: number): number {
  const beside = completionTokens - reasoningTokens;
  const shown = reasoningTokens === 0 ? completionTokens : Math.max(beside, deliveredBytes / VISIBLE_BYTES_PER_TOKEN);
  return Math.min(shown, completionTokens, deliveredBytes);
}

function speedOf(usage: Usage | undefined, pace: Pace, deliveredBytes: number): number | undefined {
  if (usage === undefined || pace.firstOutputMs === undefined || pace.wasHeldUp) return undefined;
  const tokens = tokensShown(usage, deliveredBytes);
  const ms = pace.durationMs - pace.firstOutputMs;
  return tokens >= SPEED_TOKENS_MIN && ms >= SPEED_MS_MIN ? (tokens * 1000) / ms : undefined;
}

/** When a limited provider asked to be asked again, in milliseconds from now. */
export function waitOf(error: AimoError, nowMs: number): number | undefined {
  if (!isAimoError(error, "rate_limited") || !("provider" in error.context)) return undefined;
  return retryAfterMs(error.context.retryAfter, nowMs);
}

/** What was known when the last try had ended. */
export interface Known {
  readonly nowMs: number;
  /** What the client has been passed of the one answer it was shown. */
  readonly deliveredBytes: number;
}

/** What one try says about its provider; undefined where it says nothing. */
function judgementOf<Offer>(tried: Tried<Offer>, { nowMs, deliveredBytes }: Known): AttemptJudgement | undefined {
  const { result, pace, committed, isOutrun } = tried;
  const { firstOutputMs } = pace;
  if (isOutrun) return { outcome: "outrun", firstOutputMs: firstOutputMs ?? pace.durationMs };
  if (result.ok) {
    const tokensPerSecond = speedOf(result.finished.usage, pace, deliveredBytes);
    return {
      outcome: "succeeded",
      ...(firstOutputMs !== undefined && { firstOutputMs }),
      ...(tokensPerSecond !== undefined && { tokensPerSecond }),
    };
  }
  const { error } = result;
  // Whoever has begun to answer has taken the request: what it says of it, or of limits, from then on is a failure.
  if (committed && BROKEN_PROMISES.has(error.code)) return { outcome: "failed" };
  if (error.code === "rate_limited") {
    const wait = waitOf(error, nowMs);
    return { outcome: "limited", ...(wait !== undefined && { retryAfterMs: wait }) };
  }
  return PROVIDER_FAULTS.has(error.code) ? { outcome: "failed" } : undefined;
}

/**
 * What the tries of a request say. Where it failed at every provider that was asked, and at two or more, the request is
 * likely at fault: then it is held against nobody, or whoever sends such requests could shut out whom they like.
 */
export function judgementsOf<Offer>(
  tries: readonly Tried<Offer>[],
  known: Known,
): readonly (readonly [Tried<Offer>, AttemptJudgement])[] {
  const judged = tries.flatMap((tried) => {
    const how = judgementOf(tried, known);
    return how === undefined ? [] : [[tried, how] as const];
  });
  const isHopeless =
    tries.length > 1 &&
    judged.length === tries.length &&
    judged.every(([{ committed }, { outcome }]) => outcome === "failed" && !committed);
  return isHopeless ? [] : judged;
}
