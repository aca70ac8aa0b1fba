// How a wallet stands at a router by the chain's word, in one shape whoever was asked: a node, or the router's own.
import type { MicroUsdc } from "@aimo-network/protocol/money";

/** How much may ever be settled. */
export interface StandingAllowance {
  /** What was settled before included. */
  readonly total: MicroUsdc;
  /** What is left of it now; nothing once it has ended. */
  readonly left: MicroUsdc;
  /** Milliseconds since 1970, by the chain's clock, as all moments here. */
  readonly expiresAtMs: number;
}

/** A lower allowance on its way. */
export interface ComingAllowance {
  readonly total: MicroUsdc;
  readonly expiresAtMs: number;
  /** When it comes into force. */
  readonly atMs: number;
}

/** A request to leave. */
export interface StandingExit {
  readonly requestedAtMs: number;
  /** From then on everything can be paid out, whatever the router does. */
  readonly dueAtMs: number;
}

/** An open escrow. */
export interface StandingEscrow {
  readonly balance: MicroUsdc;
  readonly settled: MicroUsdc;
  readonly allowance: StandingAllowance;
  readonly coming: ComingAllowance | undefined;
  readonly exit: StandingExit | undefined;
}

/** What the router's account on the chain says of its own terms. */
export interface StandingTerms {
  readonly minDeposit: MicroUsdc;
  readonly exitDelayS: bigint;
  readonly noticeS: bigint;
}

/** A wallet's standing at a router. */
export interface Standing {
  /** The escrow's address, whether it is open or not. */
  readonly address: string;
  readonly escrow: StandingEscrow | undefined;
  readonly terms: StandingTerms;
  /** What is in the wallet. */
  readonly usdc: MicroUsdc;
  readonly lamports: bigint;
  /** How far the chain's clock is ahead of this machine's, in milliseconds. */
  readonly aheadMs: number;
}

/** The chain's time, in milliseconds since 1970, from this machine's. */
export function chainNow({ aheadMs }: Pick<Standing, "aheadMs">, nowMs: number): number {
  return nowMs + aheadMs;
}

/** Whether an exit can be finalized. */
export function isDue({ dueAtMs }: StandingExit, chainMs: number): boolean {
  return chainMs >= dueAtMs;
}

const SECOND_MS = 1_000;
const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
] as const;

/** A duration in its two largest units, rounded up to the second: `3 days 4 hours`, `1 minute 5 seconds`. */
export function durationWords(ms: number): string {
  let left = Math.max(0, Math.ceil(ms / SECOND_MS));
  const parts: string[] = [];
  for (const [unit, seconds] of UNITS) {
    const count = Math.floor(left / seconds);
    left -= count * seconds;
    if (count > 0) parts.push(`${count} ${unit}${count === 1 ? "" : "s"}`);
    else if (parts.length > 0) break;
  }
  return parts.length === 0 ? "0 seconds" : parts.slice(0, 2).join(" ");
}

const PERCENT = 100n;

/** How much of a whole a part is, in whole per cent, for a bar's width alone. */
export function shareForBar(part: bigint, whole: bigint): number {
  return whole <= 0n ? 0 : Number.parseInt(`${(part * PERCENT) / whole}`, 10);
}
