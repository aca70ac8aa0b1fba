// What has been seen of one offer, and what follows from it: a failure is proof only when it comes again.
import type { Static } from "typebox";
import { Type } from "typebox";
import { Compile } from "typebox/compile";
import { FAILURES_TO_WITHDRAW, PASSES_TO_RETURN, ROUNDS_TO_DECIDE, VERIFIED_MS } from "../limits.ts";
import type { Check, CheckResult } from "./checks.ts";
import { CHECKS } from "./checks.ts";
import type { Finding } from "./offer-truth.ts";

const Ms = Type.Number({ minimum: 0 });
const Count = Type.Integer({ minimum: 0 });

const CheckEvidenceSchema = Type.Object({
  /** One after the other, each some time after the one before. */
  failures: Count,
  passes: Count,
  failedAtMs: Type.Optional(Ms),
  passedAtMs: Type.Optional(Ms),
  isWithdrawn: Type.Boolean(),
});

/** What has been seen of one check. */
export type CheckEvidence = Static<typeof CheckEvidenceSchema>;

const CountingSchema = Type.Object({
  /** Rounds in a row in which it counted unlike the others, or like them. */
  outliers: Count,
  agreements: Count,
  isOutlier: Type.Boolean(),
  /** In the last round in which it was compared, nobody could tell who counts wrongly. */
  isDisputed: Type.Boolean(),
  comparedAtMs: Type.Optional(Ms),
});

const EvidenceSchema = Type.Object({
  verdict: Type.Enum(["new", "verified", "unverified"]),
  /** What it declared when it was examined last. */
  declared: Type.Array(Type.Enum(CHECKS)),
  checks: Type.Partial(Type.Record(Type.Enum(CHECKS), CheckEvidenceSchema)),
  counting: CountingSchema,
  examinedAtMs: Type.Optional(Ms),
});

/** All that has been seen of one offer; plain JSON, for it is stored. */
export type Evidence = Static<typeof EvidenceSchema>;

const isEvidence = Compile(EvidenceSchema);

/** What is stored of an offer; undefined where another version of this software wrote something else. */
export function readEvidence(value: unknown): Evidence | undefined {
  return isEvidence.Check(value) ? value : undefined;
}

/** Of an offer that was never examined. */
export const NO_EVIDENCE: Evidence = {
  verdict: "new",
  declared: [],
  checks: {},
  counting: { outliers: 0, agreements: 0, isOutlier: false, isDisputed: false },
};

/** How an offer's count of tokens stood to those of the others; `alone` where there was nobody to compare with. */
export type Comparison = "agrees" | "outlier" | "disputed" | "alone";

/** What one round has shown of an offer. */
export interface RoundSeen {
  readonly declared: readonly Check[];
  readonly results: ReadonlyMap<Check, CheckResult>;
  readonly comparison: Comparison | undefined;
}

const UNSEEN: CheckEvidence = { failures: 0, passes: 0, isWithdrawn: false };

function afterResult(seen: CheckEvidence, result: CheckResult, nowMs: number, apartMs: number): CheckEvidence {
  if (result === "unknown") return seen;
  if (result === "passed") {
    const passes = Math.min(seen.passes + 1, PASSES_TO_RETURN);
    const isWithdrawn = seen.isWithdrawn && passes < PASSES_TO_RETURN;
    return { ...seen, passes, failures: 0, passedAtMs: nowMs, isWithdrawn };
  }
  const isSameFailure = seen.failures > 0 && seen.failedAtMs !== undefined && nowMs - seen.failedAtMs < apartMs;
  if (isSameFailure) return seen;
  const failures = Math.min(seen.failures + 1, FAILURES_TO_WITHDRAW);
  const isWithdrawn = seen.isWithdrawn || failures >= FAILURES_TO_WITHDRAW;
  return { ...seen, passes: 0, failures, failedAtMs: nowMs, isWithdrawn };
}

function afterComparison(seen: Evidence["counting"], comparison: Comparison, nowMs: number): Evidence["counting"] {
  if (comparison === "alone") return seen;
  const compared = { ...seen, comparedAtMs: nowMs };
  if (comparison === "disputed") return { ...compared, isDisputed: true };
  if (comparison === "outlier") {
    const outliers = Math.min(seen.outliers + 1, ROUNDS_TO_DECIDE);
    const isOutlier = seen.isOutlier || outliers >= ROUNDS_TO_DECIDE;
    return { ...compared, outliers, agreements: 0, isOutlier, isDisputed: false };
  }
  const agreements = Math.min(seen.agreements + 1, ROUNDS_TO_DECIDE);
  const isOutlier = seen.isOutlier && agreements < ROUNDS_TO_DECIDE;
  return { ...compared, agreements, outliers: 0, isOutlier, isDisputed: false };
}

function verdictOf({ verdict: last, declared, checks, counting }: Evidence, nowMs: number): Evidence["verdict"] {
  if (counting.isOutlier || checks.chat?.isWithdrawn === true) return "unverified";
  const isProven = (check: Check): boolean =>
    checks[check]?.isWithdrawn === true || nowMs - (checks[check]?.passedAtMs ?? -Infinity) < VERIFIED_MS;
  if (declared.length === 0 || !declared.every(isProven)) return "new";
  // One odd round takes nothing away from who is verified; who is not yet has to be beyond doubt.
  const isDoubted = counting.outliers > 0 || counting.isDisputed;
  return isDoubted && last !== "verified" ? "new" : "verified";
}

/** What is known after a round; failures less than `apartMs` after the last one are the same failure. */
export function afterRound(seen: Evidence, round: RoundSeen, nowMs: number, apartMs: number): Evidence {
  const checks = { ...seen.checks };
  for (const [check, result] of round.results) {
    checks[check] = afterResult(checks[check] ?? UNSEEN, result, nowMs, apartMs);
  }
  const { comparison, declared } = round;
  const counting = comparison === undefined ? seen.counting : afterComparison(seen.counting, comparison, nowMs);
  const next = { ...seen, declared: [...declared], checks, counting, examinedAtMs: nowMs };
  return { ...next, verdict: verdictOf(next, nowMs) };
}

/** What everybody may know of it. */
export function findingOf({ verdict, checks, examinedAtMs }: Evidence): Finding {
  return {
    verdict,
    withdrawn: new Set(CHECKS.filter((check) => checks[check]?.isWithdrawn === true)),
    examinedAtMs,
  };
}
