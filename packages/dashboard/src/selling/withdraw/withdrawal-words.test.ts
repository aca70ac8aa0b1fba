import assert from "node:assert/strict";
import { test } from "node:test";
import type { Withdrawal } from "../answers.ts";
import { madeWithdrawal } from "../test-bed/made-answers.ts";
import { endsWords, openWithdrawal, withdrawalState } from "./withdrawal-words.ts";

const withdrawal = (state: Withdrawal["state"], more: Partial<Withdrawal> = {}) => madeWithdrawal({ state, ...more });

test("every state has its own word", () => {
  const words = (["requested", "router-signed", "submitted", "confirmed", "expired"] as const).map(
    (state) => withdrawalState(withdrawal(state)).word,
  );
  assert.equal(new Set(words).size, 5);
});

test("one that ended tells whether it was ever signed, and why it failed", () => {
  assert.equal(withdrawalState(withdrawal("expired")).word, "Ended unsigned");
  assert.equal(withdrawalState(withdrawal("expired", { signature: "5x" })).word, "Did not land");
  const late = { failure: "it was not signed in time" };
  assert.equal(withdrawalState(withdrawal("expired", late)).word, "Ended unsigned");
  const failed = withdrawalState(withdrawal("expired", { signature: "5x", failure: "the program is paused" }));
  assert.deepEqual([failed.word, failed.meaning.slice(0, 33)], ["Failed", "The program is paused. Nothing wa"]);
});

test("the open one is found among those that have ended", () => {
  const open = withdrawal("submitted");
  assert.equal(openWithdrawal([withdrawal("expired"), open, withdrawal("confirmed")]), open);
  assert.equal(openWithdrawal([withdrawal("expired"), withdrawal("confirmed")]), undefined);
});

test("an open one says when it ends, as long as that is known", () => {
  const open = withdrawal("router-signed", { expires_at: "2026-11-26T12:01:00.000Z" });
  assert.equal(endsWords(open, Date.UTC(2026, 10, 26, 12, 0, 29, 500)), "It ends in about 31 s.");
  assert.match(endsWords(open, Date.UTC(2026, 10, 26, 12, 1)), /any moment/);
  assert.equal(endsWords(withdrawal("requested"), 0), "");
});
