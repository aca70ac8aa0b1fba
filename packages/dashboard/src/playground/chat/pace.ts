// How fast an answer came, in words.
import type { Answer } from "./answer.ts";
import { estimatedOutput } from "./estimate.ts";

const SECOND_MS = 1_000;
const SHORTEST_MS = 50; // what came within it came at once, and has no speed

/** A duration in words: `340 ms`, `1.2 s`, `2 min 5 s`. */
export function durationText(ms: number): string {
  if (ms < SECOND_MS) return `${Math.round(ms)} ms`;
  if (ms < 60 * SECOND_MS) return `${(ms / SECOND_MS).toFixed(1)} s`;
  const seconds = Math.round(ms / SECOND_MS);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Milliseconds from the question to the first output, as this page saw it; undefined before. */
export function firstOutputMs({ askedAt, firstAt }: Pick<Answer, "askedAt" | "firstAt">): number | undefined {
  return firstAt === undefined ? undefined : firstAt - askedAt;
}

/** Tokens a second from the first output on; undefined where it came at once, or has not ended. */
export function tokensPerSecond(answer: Answer): number | undefined {
  const { firstAt, endedAt, usage } = answer;
  if (firstAt === undefined || endedAt === undefined || endedAt - firstAt < SHORTEST_MS) return undefined;
  const tokens = usage?.completionTokens ?? estimatedOutput(answer);
  return (tokens * SECOND_MS) / (endedAt - firstAt);
}

const count = new Intl.NumberFormat("en");

/** A speed in words: `48 tokens/s`. */
export function speedText(perSecond: number): string {
  return `${perSecond < 10 ? perSecond.toFixed(1) : count.format(Math.round(perSecond))} tokens/s`;
}

/** A count with its groups: `12,345`. */
export function countText(value: number): string {
  return count.format(value);
}
