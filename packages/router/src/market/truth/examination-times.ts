// When an offer is examined, and for what: soon after it came, again where something is not decided, and daily.
import type { Check } from "./checks.ts";
import type { Evidence } from "./evidence.ts";

/** The times of examining, in milliseconds; those of production and of a localnet differ. */
export interface ExaminationTimes {
  /** From an offer's coming to its first examination: a random time between them, so that the first request after a connect tells nothing. */
  readonly firstMs: readonly [number, number];
  /** Over which the requests of one round are spread. */
  readonly spreadMs: number;
  /** After which what failed or differed once is looked at again. */
  readonly againMs: number;
  /** Failures that are closer together are one failure. */
  readonly apartMs: number;
  /** After which everything is looked at again. */
  readonly dailyMs: number;
}

const DUE_SHARE = 0.8; // of a day: what is due in some hours is done with the rest

/** Whether a check was seen once where twice decides. */
function isHalfDecided(check: Check, { checks }: Evidence): boolean {
  const seen = checks[check];
  if (seen === undefined) return false;
  return seen.isWithdrawn ? seen.passes > 0 : seen.failures > 0;
}

function isUndecided(check: Check, { checks }: Evidence): boolean {
  const seen = checks[check];
  return seen === undefined || (seen.passedAtMs === undefined && seen.failedAtMs === undefined);
}

/** The checks an offer is due for at this moment. */
export function dueChecks(
  declared: readonly Check[],
  evidence: Evidence,
  nowMs: number,
  { dailyMs }: ExaminationTimes,
): readonly Check[] {
  return declared.filter((check) => {
    if (isUndecided(check, evidence) || isHalfDecided(check, evidence)) return true;
    const { passedAtMs = 0, failedAtMs = 0 } = evidence.checks[check] ?? {};
    return nowMs - Math.max(passedAtMs, failedAtMs) >= dailyMs * DUE_SHARE;
  });
}

/** Whether an offer's count of tokens is to be compared with others' now. */
export function isComparisonDue({ counting }: Evidence, nowMs: number, { dailyMs }: ExaminationTimes): boolean {
  const { comparedAtMs, isOutlier, outliers, agreements, isDisputed } = counting;
  if (comparedAtMs === undefined || isDisputed) return true;
  const isHalf = isOutlier ? agreements > 0 : outliers > 0;
  return isHalf || nowMs - comparedAtMs >= dailyMs * DUE_SHARE;
}

/** How long after its last examination an offer is examined again; `idle` counts the rounds that have shown nothing since. */
export function nextExaminationMs(
  declared: readonly Check[],
  evidence: Evidence,
  idle: number,
  { dailyMs, againMs }: ExaminationTimes,
): number {
  const { counting } = evidence;
  const isHalf = counting.isOutlier ? counting.agreements > 0 : counting.outliers > 0;
  const isOpen = isHalf || declared.some((check) => isHalfDecided(check, evidence) || isUndecided(check, evidence));
  // Who cannot be asked is asked less and less often, and once a day for ever.
  return isOpen ? Math.min(againMs * 2 ** Math.min(idle, 20), dailyMs) : dailyMs;
}
