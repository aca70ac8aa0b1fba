// In what ranges params are, and which change of them waits.
import { greater, lesser } from "./amounts.ts";
import { require } from "./draft.ts";
import type { Params } from "./records.ts";
import { AMOUNT_MAX } from "./records.ts";

const FEE_BPS_MAX = 500n;
const HOUR = 3_600n;
const DAY = 24n * HOUR;

/** The shortest and the longest of each delay, in seconds. */
export function delayRanges(
  isMainnetUsdc: boolean,
): Readonly<Record<"userExitDelay" | "providerExitDelay" | "settlerWindow", readonly [bigint, bigint]>> {
  const least = (real: bigint): bigint => (isMainnetUsdc ? real : 1n);
  return {
    userExitDelay: [least(HOUR), 7n * DAY],
    providerExitDelay: [least(DAY), 30n * DAY],
    settlerWindow: [least(HOUR), 7n * DAY],
  };
}

/** Refuses params outside their ranges. */
export function checkParams(params: Params, isMainnetUsdc: boolean): void {
  require(params.feeBps <= FEE_BPS_MAX, "FeeTooHigh");
  require(params.minDeposit <= AMOUNT_MAX && params.settlerWindowCap <= AMOUNT_MAX, "AmountTooLarge");
  const ranges = delayRanges(isMainnetUsdc);
  const isWithin = (["userExitDelay", "providerExitDelay", "settlerWindow"] as const).every((name) => {
    const [least, most] = ranges[name];
    return params[name] >= least && params[name] <= most;
  });
  require(isWithin && params.allowanceNotice <= params.userExitDelay / 2n, "DelayOutOfRange");
}

/** The params in force right after new ones were announced: of each the gentler, and the new `minDeposit`. */
export function gentler(standing: Params, wanted: Params): Params {
  return {
    feeBps: lesser(standing.feeBps, wanted.feeBps),
    minDeposit: wanted.minDeposit,
    userExitDelay: lesser(standing.userExitDelay, wanted.userExitDelay),
    providerExitDelay: lesser(standing.providerExitDelay, wanted.providerExitDelay),
    allowanceNotice: lesser(standing.allowanceNotice, wanted.allowanceNotice),
    settlerWindow: greater(standing.settlerWindow, wanted.settlerWindow),
    settlerWindowCap: lesser(standing.settlerWindowCap, wanted.settlerWindowCap),
  };
}

/** How long a change that could hurt somebody waits; a longer delay that is pending counts already. */
export function timelock(standing: Params, pending: Params): bigint {
  return greater(standing.userExitDelay, pending.userExitDelay) + DAY;
}
