// What was served of each model: sums over days, and medians of the newest answers.
import { formatNanoUsdc, nanoUsdc, parseNanoUsdc } from "@aimo-network/protocol/money";
import type { ServedAnswer, ServedRow } from "../answers.ts";

/** One model's answers over the days that the router tells. */
export interface ServedSum {
  readonly model: string;
  readonly requests: number;
  readonly requestsToday: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** What users were charged, in USDC. */
  readonly charged: string;
}

/** How quick one model's newest answers were; undefined where none of them tells. */
export interface RecentPace {
  /** Milliseconds to the first output, the median. */
  readonly latencyMs: number | undefined;
  /** Tokens a second after it, the median. */
  readonly tokensPerSecond: number | undefined;
}

/** The sums of each model, the most charged first. */
export function servedByModel(rows: readonly ServedRow[], today: string): readonly ServedSum[] {
  const sums = new Map<string, { sum: ServedSum; charged: bigint }>();
  for (const row of rows) {
    const { sum, charged } = sums.get(row.model) ?? { sum: undefined, charged: 0n };
    const total = charged + parseNanoUsdc(row.cost);
    sums.set(row.model, {
      charged: total,
      sum: {
        model: row.model,
        requests: (sum?.requests ?? 0) + row.requests,
        requestsToday: (sum?.requestsToday ?? 0) + (row.date === today ? row.requests : 0),
        promptTokens: (sum?.promptTokens ?? 0) + row.prompt_tokens,
        completionTokens: (sum?.completionTokens ?? 0) + row.completion_tokens,
        charged: formatNanoUsdc(nanoUsdc(total)),
      },
    });
  }
  return [...sums.values()]
    .toSorted((one, other) => (one.charged > other.charged ? -1 : one.charged < other.charged ? 1 : 0))
    .map(({ sum }) => sum);
}

/** The middle one, or the mean of both; undefined of nothing. */
export function medianOf(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((one, other) => one - other);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}

/** Tokens a second of one answer after its first output; undefined where it was too short to tell. */
export function paceOf(answer: ServedAnswer): number | undefined {
  const { latency, generation_time: time, tokens_completion: tokens } = answer;
  if (latency === null || time === null || time <= latency || tokens < 2) return undefined;
  return ((tokens - 1) * 1000) / (time - latency);
}

/** The medians of one model's newest answers. */
export function recentPace(recent: readonly ServedAnswer[], model: string): RecentPace {
  const own = recent.filter((answer) => answer.model === model);
  return {
    latencyMs: medianOf(own.flatMap(({ latency, streamed }) => (streamed && latency !== null ? [latency] : []))),
    tokensPerSecond: medianOf(own.flatMap((answer) => (answer.streamed ? (paceOf(answer) ?? []) : []))),
  };
}
