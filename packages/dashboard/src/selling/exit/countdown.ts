// How long it is until a moment of the chain, told between two readings of the chain's clock.
import { durationText } from "../fee-words.ts";

/** When the chain's clock was read, and what it said. */
export interface ClockReading {
  readonly chainSeconds: bigint;
  readonly readAtMs: number;
}

/** Seconds until `at`, 0 where it has come; the chain's clock is taken to go on as this machine's does. */
export function secondsUntil(at: bigint, { chainSeconds, readAtMs }: ClockReading, nowMs: number): bigint {
  const passed = BigInt(Math.max(0, Math.floor((nowMs - readAtMs) / 1000)));
  const left = at - (chainSeconds + passed);
  return left > 0n ? left : 0n;
}

/** The moment on this machine's clock, as ISO 8601, for people to read. */
export function momentOf(at: bigint, { chainSeconds, readAtMs }: ClockReading): string {
  const awayMs = Number.parseInt(`${at - chainSeconds}`, 10) * 1000;
  const date = new Date(readAtMs + awayMs);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString();
}

/** The wait in words: `any moment now`, `in 2 days 3 hours`. */
export function waitWords(seconds: bigint): string {
  return seconds === 0n ? "any moment now" : `in ${durationText(Number.parseInt(`${seconds}`, 10))}`;
}
