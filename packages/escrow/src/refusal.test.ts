// Refusals carry the program's name and its description's advice.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isAimoError } from "@aimo-network/protocol/errors";
import { ESCROW_ERROR_CODES } from "./error-codes.ts";
import type { EscrowErrorName } from "./error-codes.ts";
import { insist, refusal } from "./refusal.ts";

const FAULTY_ARGUMENTS = ["BadInstruction", "ZeroAmount", "AmountTooLarge", "BatchEmpty", "BatchTooLarge"];

test("a refusal says what was expected, what was found and what to do, under every name of the program", () => {
  for (const name of Object.keys(ESCROW_ERROR_CODES) as EscrowErrorName[]) {
    const error = refusal(name, { found: "something else" });
    const { expected, advice } = error.context;
    assert.equal(
      error.message,
      `The escrow program refuses this (${name}): expected ${expected}, found something else; ${advice}`,
    );
    assert.match(advice, /^.{8,}\.$/);
    assert.equal(error.status, FAULTY_ARGUMENTS.includes(name) ? 400 : 409);
  }
});

test("insist refuses only what does not hold, in the more exact words it is given", () => {
  const words = { expected: "at least 1.00 USDC", found: "0.50 USDC" };
  const [less, more] = [1n, 2n];
  insist(less < more, "BelowMinDeposit", () => words);
  assert.throws(
    () => insist(more < less, "BelowMinDeposit", () => words),
    (error) => isAimoError(error, "escrow_refused") && error.context.expected === "at least 1.00 USDC",
  );
});
