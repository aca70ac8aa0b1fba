// What is held of an answer: counted at what it takes, refused at its bounds, and given back whole.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isAimoError } from "@aimo-network/protocol/errors";
import { ANSWER_BYTES_MAX, ANSWER_UNCOUNTED_BYTES } from "../limits.ts";
import { createByteBudget } from "./byte-budget.ts";
import { HeldAnswer } from "./held-answer.ts";

const isOverloaded = (error: unknown): boolean => isAimoError(error, "overloaded");
const isProviders = (error: unknown): boolean =>
  isAimoError(error, "provider_error") && error.context.provider === "wallet";

describe("pieces of an answer", () => {
  test("are counted, and joined again", () => {
    const budget = createByteBudget(10_000);
    const held = new HeldAnswer(budget, "wallet");
    for (const piece of ["a", "", "é".repeat(2), "c"]) held.add(Buffer.from(piece));
    assert.equal(held.text(), "aééc");
    assert.equal(held.bytes, 6);
    assert.equal(budget.usedBytes, 6);
    held.clear();
    assert.deepEqual([held.text(), held.bytes, budget.usedBytes], ["", 0, 0]);
  });

  test("fill the process exactly, and not one byte more", () => {
    const budget = createByteBudget(10);
    const held = new HeldAnswer(budget, "wallet");
    held.add(Buffer.alloc(4));
    assert.throws(() => held.add(Buffer.alloc(7)), isOverloaded);
    held.add(Buffer.alloc(6));
    assert.equal(held.bytes, 10);
    held.clear();
    assert.equal(budget.usedBytes, 0);
  });

  test("are copies: what else the socket read with them can be forgotten", () => {
    const held = new HeldAnswer(createByteBudget(10_000), "wallet");
    const read = Buffer.from("answer, and frames of others");
    held.add(read.subarray(0, 6));
    read.fill("x");
    assert.equal(held.text(), "answer");
  });
});

describe("an event that has not ended", () => {
  test("costs nothing while it is short, and all of it when it is long", () => {
    const budget = createByteBudget(1_000_000);
    const held = new HeldAnswer(budget, "wallet");
    held.countEvent(ANSWER_UNCOUNTED_BYTES);
    assert.equal(budget.usedBytes, 0);
    held.countEvent(ANSWER_UNCOUNTED_BYTES + 1);
    assert.equal(budget.usedBytes, ANSWER_UNCOUNTED_BYTES + 1);
    held.countEvent(500_000);
    assert.equal(budget.usedBytes, 500_000);
    held.countEvent(12);
    assert.equal(budget.usedBytes, 0);
    held.countEvent(700_000);
    held.clear();
    assert.equal(budget.usedBytes, 0);
  });

  test("is held where the process has room for exactly it, and refused one byte longer", () => {
    const held = new HeldAnswer(createByteBudget(500_000), "wallet");
    held.countEvent(500_000);
    assert.throws(() => held.countEvent(500_001), isOverloaded);
  });

  test("is at most as large as an answer", () => {
    const held = new HeldAnswer(createByteBudget(2 * ANSWER_BYTES_MAX), "wallet");
    held.countEvent(ANSWER_BYTES_MAX);
    assert.throws(() => held.countEvent(ANSWER_BYTES_MAX + 1), isProviders);
  });
});
