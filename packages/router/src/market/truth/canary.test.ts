import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { CanarySample } from "./canary.ts";
import { compareCounts } from "./canary.ts";

const PROMPT = { bytes: 1_600, outputTokensMax: 64 };

function sample(offerId: string, promptTokens: number, more: Partial<CanarySample> = {}): CanarySample {
  return {
    offerId,
    seller: offerId,
    isOutlier: false,
    promptTokens,
    completionTokens: 64,
    outputBytes: 256,
    hasReasoned: false,
    ...more,
  };
}

function compare(...samples: readonly CanarySample[]): Record<string, string> {
  return Object.fromEntries(compareCounts(samples, PROMPT));
}

describe("counts of a prompt", () => {
  test("agree within 24 tokens and 2 %, and not beyond", () => {
    assert.deepEqual(compare(sample("a", 400), sample("b", 400), sample("c", 432)), {
      a: "agrees",
      b: "agrees",
      c: "agrees",
    });
    assert.deepEqual(compare(sample("a", 400), sample("b", 400), sample("c", 433)), {
      a: "agrees",
      b: "agrees",
      c: "outlier",
    });
  });

  test("that are lower than others' convict nobody: whoever counts less asks less", () => {
    assert.equal(compare(sample("a", 400), sample("b", 400), sample("c", 300))["c"], "disputed");
    const inflated = compare(sample("honest", 400), sample("a", 520), sample("b", 520));
    assert.equal(inflated["honest"], "disputed", "two sellers that count too much are no judges");
  });

  test("of one offer alone have nothing to be compared with", () => {
    assert.deepEqual(compare(sample("a", 5_000)), { a: "alone" });
    assert.deepEqual(compare(), {});
  });

  test("of two that differ are disputed, unless one is more than its bytes can be", () => {
    assert.deepEqual(compare(sample("a", 400), sample("b", 800)), { a: "disputed", b: "disputed" });
    assert.deepEqual(compare(sample("a", 400), sample("b", 928)), { a: "disputed", b: "disputed" });
    assert.deepEqual(compare(sample("a", 400), sample("b", 929)), { a: "disputed", b: "outlier" });
    assert.deepEqual(compare(sample("a", 400), sample("b", 402)), { a: "agrees", b: "agrees" });
  });

  test("that cannot be convict nobody who says what can, however many sellers say the same", () => {
    const [one, two] = [sample("x", 2_000), sample("y", 2_000)];
    assert.deepEqual(compare(sample("a", 400), one, two), { a: "disputed", x: "agrees", y: "agrees" });
    assert.equal(compare(sample("a", 4_000), one, two)["a"], "outlier");
    assert.equal(compare(sample("a", 928), one, two)["a"], "disputed");
    assert.equal(compare(sample("a", 929), one, two)["a"], "outlier");
  });

  test("are disputed where half say one thing and half another", () => {
    const halves = compare(sample("a", 400), sample("b", 400), sample("c", 600), sample("d", 600));
    assert.deepEqual(Object.values(halves), ["disputed", "disputed", "disputed", "disputed"]);
    const nobody = compare(sample("a", 400), sample("b", 600), sample("c", 800));
    assert.deepEqual(Object.values(nobody), ["disputed", "disputed", "disputed"]);
  });

  test("of a seller with many offers are one voice", () => {
    const many = Array.from({ length: 9 }, (_, index) => sample(`s${index}`, 800, { seller: "sybil" }));
    const found = compare(sample("a", 400), sample("b", 400), ...many);
    assert.equal(found["a"], "agrees");
    assert.equal(found["s0"], "outlier");
  });

  test("of a known outlier are judged and not heard", () => {
    const [known, other] = [sample("x", 800, { isOutlier: true }), sample("y", 800, { isOutlier: true })];
    const found = compare(sample("a", 400), sample("b", 400), known, other);
    assert.deepEqual(found, { a: "agrees", b: "agrees", x: "outlier", y: "outlier" });
    assert.equal(compare(sample("a", 400), known)["a"], "alone");
    assert.equal(compare(sample("a", 400), sample("b", 400), sample("x", 405, { isOutlier: true }))["x"], "agrees");
  });
});

describe("counts of a completion", () => {
  test("are odd where their tokens have less than half the bytes of the others'", () => {
    const others = [sample("a", 400), sample("b", 400)];
    assert.equal(compare(...others, sample("c", 400, { outputBytes: 128 }))["c"], "agrees");
    assert.equal(compare(...others, sample("c", 400, { outputBytes: 127 }))["c"], "outlier");
  });

  test("say nothing where there are few, where somebody thought, or where two offers differ", () => {
    const others = [sample("a", 400), sample("b", 400)];
    assert.equal(compare(...others, sample("c", 400, { outputBytes: 4, completionTokens: 15 }))["c"], "agrees");
    assert.equal(compare(...others, sample("c", 400, { outputBytes: 4, completionTokens: 16 }))["c"], "outlier");
    assert.equal(compare(...others, sample("c", 400, { outputBytes: 4, hasReasoned: true }))["c"], "agrees");
    assert.equal(compare(sample("a", 400), sample("c", 400, { outputBytes: 10 }))["c"], "agrees");
  });

  test("are odd where they are more than were allowed", () => {
    assert.equal(compare(sample("a", 400, { completionTokens: 72, outputBytes: 300 }))["a"], "alone");
    assert.equal(compare(sample("a", 400, { completionTokens: 73, outputBytes: 300 }))["a"], "outlier");
    assert.equal(compare(sample("a", 400, { completionTokens: 900, hasReasoned: true }))["a"], "alone");
  });
});
