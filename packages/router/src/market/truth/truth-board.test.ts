import assert from "node:assert/strict";
import { test } from "node:test";
import type { Evidence } from "./evidence.ts";
import { NO_EVIDENCE } from "./evidence.ts";
import { createTruthBoard } from "./truth-board.ts";

const VERIFIED: Evidence = { ...NO_EVIDENCE, verdict: "verified", examinedAtMs: 5 };

function record(offerId: string, evidence = VERIFIED, seenAtMs = 0) {
  return { offerId, evidence, seenAtMs };
}

test("of an unknown offer the finding is new, of a known one what was put", () => {
  const board = createTruthBoard();
  assert.deepEqual(board.finding("a"), { verdict: "new", withdrawn: new Set(), examinedAtMs: undefined });
  const withdrawn = { ...VERIFIED, checks: { tools: { failures: 2, passes: 0, isWithdrawn: true } } };
  board.put([record("a"), record("b", withdrawn)]);
  assert.deepEqual(board.finding("a"), { verdict: "verified", withdrawn: new Set(), examinedAtMs: 5 });
  assert.deepEqual(board.finding("b").withdrawn, new Set(["tools"]));
  assert.equal(board.evidence("b"), withdrawn);
});

test("the version rises with changes and not without", () => {
  const board = createTruthBoard();
  board.put([]);
  board.forget(1_000);
  assert.equal(board.version, 0);
  board.put([record("a")]);
  assert.equal(board.version, 1);
  board.seen(["a"], 5);
  assert.equal(board.version, 1);
  board.forget(6);
  assert.equal(board.version, 2);
});

test("what is not on sale is forgotten, what is seen is not", () => {
  const board = createTruthBoard();
  board.put([record("a", VERIFIED, 10), record("b", VERIFIED, 10)]);
  board.seen(["b", "unknown"], 20);
  board.forget(10);
  assert.equal(board.finding("a").verdict, "verified");
  board.forget(11);
  assert.equal(board.finding("a").verdict, "new");
  assert.equal(board.finding("b").verdict, "verified");
});

test("a full board forgets what changed longest ago", () => {
  const board = createTruthBoard(2);
  board.put([record("a"), record("b")]);
  board.put([record("a")]);
  board.put([record("c")]);
  assert.deepEqual(
    ["a", "b", "c"].map((id) => board.finding(id).verdict),
    ["verified", "new", "verified"],
  );
});
