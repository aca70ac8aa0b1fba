// The times that must fit together, so that whatever was promised can still be collected (docs/accounting.md).
import { chainMs } from "../../chain/chain-time.ts";
import { LOCK_GRACE_MS, BLOCKHASH_LIFE_MS } from "../limits.ts";

/** What this router may take for a request and its settlement, in milliseconds. */
export interface OwnTimes {
  readonly totalMs: number;
  readonly settleAgeMs: number;
}

/** What the program's config gives it for that, in seconds of the chain. */
export interface GivenTimes {
  readonly userExitDelay: bigint;
  readonly allowanceNotice: bigint;
}

/** From a request's lock until what it costs has surely landed: the lock's life, the wait for a batch, and two transactions. */
export function horizonMs({ totalMs, settleAgeMs }: OwnTimes): number {
  return totalMs + LOCK_GRACE_MS + settleAgeMs + 2 * BLOCKHASH_LIFE_MS;
}

/** What is wrong where users could leave before they have paid; nothing where the times fit. */
export function timeFaults(own: OwnTimes, given: GivenTimes): readonly string[] {
  const horizonS = BigInt(Math.ceil(horizonMs(own) / 1000));
  const settings = "AIMO_TOTAL_TIMEOUT_MS, AIMO_SETTLE_AGE_MS";
  return [
    ...(given.userExitDelay > horizonS
      ? []
      : [
          `expected the router's user_exit_delay on chain to be more than ${horizonS} s (what a request and its settlement take: ${settings}), found ${given.userExitDelay} s`,
        ]),
    ...(given.allowanceNotice >= 2n * horizonS
      ? []
      : [
          `expected the router's allowance_notice on chain to be at least ${2n * horizonS} s (twice what a request and its settlement take: ${settings}), found ${given.allowanceNotice} s`,
        ]),
  ];
}

/** How long the chain may be unseen before nothing more is promised: whoever began to leave meanwhile can still be charged. */
export function blindMsMax(own: OwnTimes, { userExitDelay, allowanceNotice }: GivenTimes): number {
  const shorter = userExitDelay < allowanceNotice ? userExitDelay : allowanceNotice;
  return Math.max(0, (chainMs(shorter) - horizonMs(own)) / 2);
}
