import assert from "node:assert/strict";
import { test } from "node:test";
import type { Check, CheckResult } from "./checks.ts";
import type { Comparison, Evidence } from "./evidence.ts";
import { afterRound, NO_EVIDENCE } from "./evidence.ts";
import { dueChecks, isComparisonDue, nextExaminationMs } from "./examination-times.ts";

const TIMES = { firstMs: [1, 2], spreadMs: 1, againMs: 600, apartMs: 100, dailyMs: 10_000 } as const;
const DECLARED = ["chat", "stream", "tools"] as const;
const AT_MS = 1_000_000;

function after(
  results: Partial<Record<Check, CheckResult>>,
  comparison?: Comparison,
  seen: Evidence = NO_EVIDENCE,
  atMs = AT_MS,
): Evidence {
  const round = {
    declared: DECLARED,
    results: new Map(Object.entries(results)) as Map<Check, CheckResult>,
    comparison,
  };
  return afterRound(seen, round, atMs, TIMES.apartMs);
}

const GOOD = { chat: "passed", stream: "passed", tools: "passed" } as const;

test("everything is due that was never decided, or seen once where twice decides", () => {
  assert.deepEqual(dueChecks(DECLARED, NO_EVIDENCE, AT_MS, TIMES), DECLARED);
  assert.deepEqual(dueChecks(DECLARED, after(GOOD), AT_MS, TIMES), []);
  assert.deepEqual(dueChecks(DECLARED, after({ ...GOOD, tools: "failed" }), AT_MS, TIMES), ["tools"]);
  assert.deepEqual(dueChecks(DECLARED, after({ chat: "passed", stream: "unknown" }), AT_MS, TIMES), [
    "stream",
    "tools",
  ]);
  const gone = after({ tools: "failed" }, undefined, after({ ...GOOD, tools: "failed" }), AT_MS + 100);
  assert.deepEqual(dueChecks(DECLARED, gone, AT_MS + 100, TIMES), []);
  const halfBack = after({ tools: "passed" }, undefined, gone, AT_MS + 200);
  assert.deepEqual(dueChecks(DECLARED, halfBack, AT_MS + 200, TIMES), ["tools"]);
});

test("what is decided is due again after most of a day", () => {
  assert.deepEqual(dueChecks(DECLARED, after(GOOD), AT_MS + 7_999, TIMES), []);
  assert.deepEqual(dueChecks(DECLARED, after(GOOD), AT_MS + 8_000, TIMES), DECLARED);
});

test("counts are compared where they never were, where it is not decided, and daily", () => {
  assert.equal(isComparisonDue(NO_EVIDENCE, AT_MS, TIMES), true);
  assert.equal(isComparisonDue(after(GOOD, "alone"), AT_MS, TIMES), true);
  const agreed = after(GOOD, "agrees");
  assert.equal(isComparisonDue(agreed, AT_MS + 7_999, TIMES), false);
  assert.equal(isComparisonDue(agreed, AT_MS + 8_000, TIMES), true);
  const odd = after(GOOD, "outlier");
  assert.equal(isComparisonDue(odd, AT_MS, TIMES), true);
  const out = after(GOOD, "outlier", odd);
  assert.equal(isComparisonDue(out, AT_MS, TIMES), false);
  assert.equal(isComparisonDue(after(GOOD, "agrees", out), AT_MS, TIMES), true);
  assert.equal(isComparisonDue(after(GOOD, "disputed"), AT_MS, TIMES), true);
});

test("the next examination is soon where something is open, later and later where nothing is shown, else daily", () => {
  const next = (evidence: Evidence, idle = 0): number => nextExaminationMs(DECLARED, evidence, idle, TIMES);
  assert.equal(next(after(GOOD, "agrees")), 10_000);
  assert.equal(next(after(GOOD)), 10_000);
  assert.equal(next(after({ ...GOOD, tools: "failed" })), 600);
  assert.equal(next(after(GOOD, "outlier")), 600);
  assert.equal(next(after(GOOD, "disputed")), 10_000, "nothing would be known sooner");
  const out = after(GOOD, "outlier", after(GOOD, "outlier"));
  assert.equal(next(out), 10_000);
  assert.equal(next(after(GOOD, "agrees", out)), 600);
  assert.deepEqual(
    [0, 1, 2, 4, 5, 1_000].map((idle) => next(NO_EVIDENCE, idle)),
    [600, 1_200, 2_400, 9_600, 10_000, 10_000],
  );
});
