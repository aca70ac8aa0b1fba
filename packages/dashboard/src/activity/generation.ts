// A generation as the router tells of it, and what of it is put into words.
import type { paths } from "../api/generated/schema.d.ts";

type Told = paths["/api/v1/generations"]["get"]["responses"][200]["content"]["application/json"]["data"][number];

/** One answer of a model, as far as it is shown. */
export type Generation = Pick<
  Told,
  | "id"
  | "created_at"
  | "model"
  | "provider_name"
  | "key_id"
  | "cost"
  | "cancelled"
  | "interrupted"
  | "streamed"
  | "usage_adjusted"
  | "usage_estimated"
  | "usage_missing"
  | "usage_replayed"
  | "finish_reason"
  | "native_finish_reason"
  | "latency"
  | "generation_time"
  | "tokens_prompt"
  | "tokens_completion"
  | "native_tokens_prompt"
  | "native_tokens_completion"
  | "native_tokens_cached"
  | "native_tokens_reasoning"
  | "num_media_prompt"
>;

/** A page of `GET /generations`, the newest first. */
export interface GenerationPage {
  readonly data: readonly Generation[];
  readonly next_cursor: string | null;
}

/** Milliseconds as people compare them: `420 ms`, `2.3 s`, `1 min 5 s`; a dash where nobody knows. */
export function durationText(ms: number | null): string {
  if (ms === null) return "–";
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.floor((ms % 60_000) / 1_000)} s`;
}

/** Completion tokens for each second that they took; a dash where that is not known. */
export function speedText({
  tokens_completion: tokens,
  generation_time: ms,
}: Pick<Generation, "tokens_completion" | "generation_time">): string {
  if (ms === null || ms <= 0 || tokens === 0) return "–";
  const speed = (tokens * 1_000) / ms;
  return speed < 10 ? speed.toFixed(1) : `${Math.round(speed)}`;
}

/** A count with its thousands apart: `12,345`. */
export function countWords(count: number | bigint): string {
  return `${count}`.replaceAll(/\B(?=(?:\d{3})+$)/g, ",");
}

/** Something that is to be known of an answer. */
export interface GenerationMark {
  readonly words: string;
  readonly tone: "plain" | "warn" | "bad";
  /** What it means, in a sentence. */
  readonly meaning: string;
}

type Marked = Pick<
  Generation,
  "cancelled" | "interrupted" | "usage_adjusted" | "usage_estimated" | "usage_missing" | "usage_replayed"
>;

const MARKS: readonly (readonly [keyof Marked, GenerationMark])[] = [
  [
    "interrupted",
    { words: "Broken off", tone: "bad", meaning: "The provider broke the answer off: nothing was charged." },
  ],
  [
    "usage_missing",
    { words: "No usage", tone: "bad", meaning: "The provider reported no usage: nothing was charged." },
  ],
  ["cancelled", { words: "Left early", tone: "plain", meaning: "The client left before the answer had ended." }],
  [
    "usage_adjusted",
    { words: "Clamped", tone: "warn", meaning: "The provider reported more tokens than could be: they were cut." },
  ],
  [
    "usage_estimated",
    { words: "Estimated", tone: "warn", meaning: "The tokens are the router's estimate of what was delivered." },
  ],
  [
    "usage_replayed",
    {
      words: "Charged later",
      tone: "warn",
      meaning: "The router restarted before the charge: it was made from what the provider told afterwards.",
    },
  ],
];

/** What is to be known of an answer; nothing of most. */
export function marksOf(generation: Marked): readonly GenerationMark[] {
  return MARKS.flatMap(([name, mark]) => (generation[name] ? [mark] : []));
}
