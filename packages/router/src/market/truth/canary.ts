// Compares what offers of one model count for the same words: who counts unlike the others is not to be believed.
import { CANARY_BYTES_PER_TOKEN_FACTOR, CANARY_COMPLETION_TOKENS_MIN, CANARY_TOKENS_APART_MAX } from "../limits.ts";
import type { Comparison } from "./evidence.ts";

/** What one offer has reported of the same prompt. */
export interface CanarySample {
  readonly offerId: string;
  /** Whose it is, as far as that can be told: sellers have one voice each, however many offers. */
  readonly seller: string;
  /** Whether it is known to count wrongly: it has no voice about others. */
  readonly isOutlier: boolean;
  readonly promptTokens: number;
  /** Without what it thought before. */
  readonly completionTokens: number;
  /** UTF-8 bytes of what those tokens say. */
  readonly outputBytes: number;
  readonly hasReasoned: boolean;
}

/** The same for all offers of a round. */
export interface CanaryPrompt {
  readonly bytes: number;
  /** What the answer was bounded to. */
  readonly outputTokensMax: number;
}

const SHARE_APART_MAX = 50; // of a count: 2 %
const FRAME_TOKENS = 128; // a template with a system prompt of its own
const PROMPT_BYTES_PER_TOKEN_MIN = 2; // of English words, whatever the tokenizer: nearly all have more than three
const OUTPUT_TOKENS_OVER_MAX = 8; // end marks, which some count

function areClose(one: number, other: number): boolean {
  return Math.abs(one - other) <= CANARY_TOKENS_APART_MAX + Math.min(one, other) / SHARE_APART_MAX;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}

/** One number for each seller but this one's: the median of its offers' that are believed. */
function voices(
  samples: readonly CanarySample[],
  but: CanarySample,
  read: (sample: CanarySample) => number | undefined,
): number[] {
  const heard = samples.filter(({ isOutlier, seller }) => !isOutlier && seller !== but.seller);
  return [...Map.groupBy(heard, ({ seller }) => seller).values()].flatMap((own) => {
    const numbers = own.flatMap((sample) => read(sample) ?? []);
    return numbers.length === 0 ? [] : [median(numbers)];
  });
}

function comparePrompt(sample: CanarySample, others: readonly number[], { bytes }: CanaryPrompt): Comparison {
  const { promptTokens } = sample;
  const agreeing = others.filter((other) => areClose(promptTokens, other)).length;
  const all = others.length + 1;
  const cannotBe = (tokens: number): boolean => tokens > bytes / PROMPT_BYTES_PER_TOKEN_MIN + FRAME_TOKENS;
  if ((agreeing + 1) * 2 > all) return "agrees";
  if (others.length === 1) {
    // Of two nobody can say who is right, unless one says what cannot be.
    return cannotBe(promptTokens) ? "outlier" : "disputed";
  }
  const usual = median(others);
  const united = others.filter((other) => areClose(other, usual)).length;
  // Who counts less costs its clients less: or two wallets that count too much would convict whoever counts right.
  if (promptTokens < usual) return cannotBe(promptTokens) ? "outlier" : "disputed";
  return united * 2 > all && !areClose(promptTokens, usual) ? "outlier" : "disputed";
}

function bytesPerToken({ hasReasoned, completionTokens, outputBytes }: CanarySample): number | undefined {
  if (hasReasoned || completionTokens < CANARY_COMPLETION_TOKENS_MIN) return undefined;
  return outputBytes / completionTokens;
}

/** Whether a completion has far more tokens than its words can be, by what the others' words are. */
function countsTooMuch(sample: CanarySample, samples: readonly CanarySample[], prompt: CanaryPrompt): boolean {
  if (!sample.hasReasoned && sample.completionTokens > prompt.outputTokensMax + OUTPUT_TOKENS_OVER_MAX) return true;
  const own = bytesPerToken(sample);
  const others = voices(samples, sample, bytesPerToken);
  return own !== undefined && others.length > 1 && own * CANARY_BYTES_PER_TOKEN_FACTOR < median(others);
}

/** Compares the samples of a round, one for each offer. */
export function compareCounts(samples: readonly CanarySample[], prompt: CanaryPrompt): ReadonlyMap<string, Comparison> {
  return new Map(
    samples.map((sample) => {
      if (countsTooMuch(sample, samples, prompt)) return [sample.offerId, "outlier"];
      const others = voices(samples, sample, ({ promptTokens }) => promptTokens);
      return [sample.offerId, others.length === 0 ? "alone" : comparePrompt(sample, others, prompt)];
    }),
  );
}
