// A router's terms in words: what it keeps, and how long things take.
import { divide } from "@aimo-network/protocol/money";

const BPS = 10_000n;
const MINUTE_S = 60;
const HOUR_S = 3_600;
const DAY_S = 86_400;

/** Basis points in percent: 250 is `2.5 %`. */
export function feeWords(bps: number): string {
  return `${bps / 100} %`;
}

/** What is left of an amount in millionths of USDC after the fee, cut as the chain cuts it. */
export function afterFee(amount: bigint, bps: number): bigint {
  return amount - divide(amount * BigInt(bps), BPS, "down");
}

/** How soon a charge is on the chain, of the milliseconds that a router lets it get old: `within 5 seconds`. */
export function settleWords(ageMs: number): string {
  const seconds = Math.ceil(ageMs / 1000);
  return seconds <= 1 ? "within a second" : `within ${durationText(seconds)}`;
}

/** A duration in words with its largest unit, and the next one where that is not 0: `1 hour 30 minutes`. */
export function durationText(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts: (readonly [count: number, unit: string])[] = [
    [Math.floor(whole / DAY_S), "day"],
    [Math.floor((whole % DAY_S) / HOUR_S), "hour"],
    [Math.floor((whole % HOUR_S) / MINUTE_S), "minute"],
    [whole % MINUTE_S, "second"],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return "0 seconds";
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}${count === 1 ? "" : "s"}`)
    .join(" ");
}
