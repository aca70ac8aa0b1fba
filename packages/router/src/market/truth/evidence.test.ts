import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { VERIFIED_MS } from "../limits.ts";
import type { Check, CheckResult } from "./checks.ts";
import type { Comparison, Evidence } from "./evidence.ts";
import { afterRound, findingOf, NO_EVIDENCE, readEvidence } from "./evidence.ts";

const APART_MS = 1_000;
const BASIC = ["chat", "stream"] as const;

/** Evidence after these rounds, each long after the one before. */
function after(
  rounds: readonly (readonly [Partial<Record<Check, CheckResult>>, Comparison?])[],
  declared: readonly Check[] = BASIC,
): Evidence {
  return rounds.reduce<Evidence>(
    (seen, [results, comparison], index) =>
      afterRound(
        seen,
        { declared, results: new Map(Object.entries(results)) as Map<Check, CheckResult>, comparison },
        (index + 1) * APART_MS,
        APART_MS,
      ),
    NO_EVIDENCE,
  );
}

const GOOD = { chat: "passed", stream: "passed" } as const;
const TOOLS = [...BASIC, "tools"] as const;

function verdict(...rounds: Parameters<typeof after>[0]): string {
  return after(rounds).verdict;
}

test("who is verified and answers nothing that can be judged any more is new again after three days, and not earlier", () => {
  const examined = (seen: Evidence, result: CheckResult, nowMs: number): Evidence =>
    afterRound(
      seen,
      { declared: BASIC, results: new Map(BASIC.map((check) => [check, result])), comparison: undefined },
      nowMs,
      APART_MS,
    );
  const once = examined(NO_EVIDENCE, "passed", 5_000);
  assert.equal(examined(once, "unknown", 5_000 + VERIFIED_MS - 1).verdict, "verified");
  const long = examined(once, "unknown", 5_000 + VERIFIED_MS);
  assert.equal(long.verdict, "new");
  assert.equal(examined(long, "passed", 6_000 + VERIFIED_MS).verdict, "verified");
});

describe("withdrawing", () => {
  const withdrawn = (...results: readonly CheckResult[]): boolean =>
    findingOf(
      after(
        results.map((tools) => [{ ...GOOD, tools }]),
        TOOLS,
      ),
    ).withdrawn.has("tools");

  test("takes two failures", () => {
    assert.equal(withdrawn("failed"), false);
    assert.equal(withdrawn("failed", "failed"), true);
    assert.equal(withdrawn("failed", "unknown", "failed"), true, "what proves nothing changes nothing");
    assert.equal(withdrawn("failed", "passed", "failed"), false, "they must follow one another");
    assert.equal(withdrawn(...Array.from({ length: 20 }, () => "unknown" as const)), false);
  });

  test("does not count a failure twice that comes too soon after the first", () => {
    const fail = (seen: Evidence, nowMs: number): Evidence =>
      afterRound(
        seen,
        { declared: TOOLS, results: new Map([["tools", "failed"]]), comparison: undefined },
        nowMs,
        APART_MS,
      );
    const once = fail(NO_EVIDENCE, 5_000);
    assert.equal(fail(once, 5_999).checks.tools?.isWithdrawn, false);
    assert.equal(fail(once, 6_000).checks.tools?.isWithdrawn, true);
  });

  test("ends with two passes in a row", () => {
    assert.equal(withdrawn("failed", "failed", "passed"), true);
    assert.equal(withdrawn("failed", "failed", "passed", "passed"), false);
    assert.equal(withdrawn("failed", "failed", "passed", "failed", "passed"), true);
  });
});

describe("a verdict", () => {
  test("is verified when everything that is declared has passed or was withdrawn, not before", () => {
    assert.equal(after([[{ chat: "passed" }]]).verdict, "new");
    assert.equal(after([[GOOD]]).verdict, "verified");
    assert.equal(after([[GOOD]], TOOLS).verdict, "new");
    assert.equal(after([[{ ...GOOD, tools: "failed" }]], TOOLS).verdict, "new");
    const twice = [[{ ...GOOD, tools: "failed" }], [{ tools: "failed" }]] as const;
    assert.equal(after(twice, TOOLS).verdict, "verified");
    assert.equal(NO_EVIDENCE.verdict, "new");
    assert.equal(after([[{}]], []).verdict, "new", "of an offer without anything to examine nothing is known");
  });

  test("stays verified after one failure of what has passed", () => {
    assert.equal(after([[GOOD], [{ stream: "failed" }]]).verdict, "verified");
  });

  test("is unverified after two rounds of odd counts, not after one", () => {
    assert.equal(verdict([GOOD, "outlier"]), "new", "who is not verified yet must be beyond doubt");
    assert.equal(verdict([GOOD, "agrees"], [GOOD, "outlier"]), "verified");
    assert.equal(verdict([GOOD, "outlier"], [GOOD, "outlier"]), "unverified");
    assert.equal(verdict([GOOD, "outlier"], [GOOD, "agrees"], [GOOD, "outlier"]), "verified", "not in a row");
    assert.equal(verdict([GOOD, "outlier"], [GOOD, "alone"], [GOOD, "outlier"]), "unverified", "alone is no agreement");
  });

  test("is verified again after two rounds of agreement, not after one", () => {
    const out = [
      [GOOD, "outlier"],
      [GOOD, "outlier"],
    ] as const;
    assert.equal(verdict(...out, [GOOD, "agrees"]), "unverified");
    assert.equal(verdict(...out, [GOOD, "agrees"], [GOOD, "agrees"]), "verified");
    assert.equal(verdict(...out, [GOOD, "agrees"], [GOOD, "outlier"], [GOOD, "agrees"]), "unverified");
    assert.equal(verdict(...out, [GOOD, "alone"], [GOOD, "alone"]), "unverified");
  });

  test("is new while nobody can tell who of two counts wrongly, and stays verified for who was", () => {
    assert.equal(verdict([GOOD, "disputed"]), "new");
    assert.equal(verdict([GOOD, "disputed"], [GOOD, "agrees"]), "verified");
    assert.equal(verdict([GOOD, "agrees"], [GOOD, "disputed"]), "verified");
  });

  test("is unverified for who cannot answer a plain question", () => {
    assert.equal(verdict([{ ...GOOD, chat: "failed" }]), "new");
    assert.equal(verdict([{ ...GOOD, chat: "failed" }], [{ chat: "failed" }]), "unverified");
  });

  test("is new again for who declares more, until that has passed too", () => {
    const seen = after([[GOOD]]);
    const round = (tools: CheckResult) => ({
      declared: TOOLS,
      results: new Map([["tools", tools]] as const),
      comparison: undefined,
    });
    assert.equal(afterRound(seen, round("unknown"), 5_000, APART_MS).verdict, "new");
    assert.equal(afterRound(seen, round("passed"), 5_000, APART_MS).verdict, "verified");
  });
});

test("what is stored is read as it was, and anything else not at all", () => {
  const seen = after(
    [
      [{ ...GOOD, tools: "failed" }, "agrees"],
      [{ tools: "failed" }, "outlier"],
    ],
    TOOLS,
  );
  assert.deepEqual(readEvidence(JSON.parse(JSON.stringify(seen))), seen);
  assert.deepEqual(readEvidence(JSON.parse(JSON.stringify(NO_EVIDENCE))), NO_EVIDENCE);
  for (const other of [undefined, null, {}, [], { ...seen, verdict: "good" }, { ...seen, declared: ["magic"] }]) {
    assert.equal(readEvidence(other), undefined);
  }
});
