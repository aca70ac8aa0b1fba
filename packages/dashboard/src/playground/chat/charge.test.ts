import assert from "node:assert/strict";
import { test } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import { CHARGE_POLL_MS, CHARGE_TRIES_MAX, CLOCKS_APART_MS } from "../limits.ts";
import { askedAnswer } from "./answer.ts";
import type { ChargedGeneration, ListGenerations } from "./charge.ts";
import { isChargeUnknown, learnCharge } from "./charge.ts";

const ASKED_AT = 1_795_420_800_000;
const iso = (ms: number): string => new Date(ms).toISOString();
const generation = (id: string, more: Partial<ChargedGeneration> = {}): ChargedGeneration => ({
  ...{ id, created_at: iso(ASKED_AT + 500), cancelled: true, cost: "0.01" },
  ...more,
});

async function learn(list: ListGenerations, generationId: string | undefined, others: readonly string[] = []) {
  const clock = manualClock(ASKED_AT);
  const answer = { ...askedAnswer(0), phase: "stopped" as const, generationId };
  const uncharged = { answer, model: "acme/one", askedAt: ASKED_AT, others: new Set(others) };
  const learned = learnCharge(clock, list, uncharged, new AbortController().signal);
  for (let polls = 0; polls < CHARGE_TRIES_MAX * 2; polls += 1) {
    clock.advance(CHARGE_POLL_MS);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return await learned;
}

test("the charge is found by the answer's id, once the router lists it", async () => {
  let asked = 0;
  const found = await learn(() => {
    asked += 1;
    return Promise.resolve(
      asked < 3 ? [generation("other")] : [generation("other"), generation("gen-1", { cost: "0.002" })],
    );
  }, "gen-1");
  assert.deepEqual([found?.cost, asked], ["0.002", 3]);
});

test("an answer stopped before it had an id is the one that was left since then, and no other", async () => {
  const list =
    (generations: readonly ChargedGeneration[]): ListGenerations =>
    () =>
      Promise.resolve(generations);
  const early = generation("early", { created_at: iso(ASKED_AT - CLOCKS_APART_MS - 1) });
  const whole = generation("whole", { cancelled: false });
  assert.equal(
    (await learn(list([whole, generation("known"), early, generation("mine")]), undefined, ["known"]))?.id,
    "mine",
  );
  assert.equal(await learn(list([whole, early, generation("known")]), undefined, ["known"]), undefined);
});

test("a router that never lists it, or cannot be asked, leaves the charge unknown", async () => {
  let asked = 0;
  assert.equal(await learn(() => Promise.resolve(((asked += 1), [])), "gen-1"), undefined);
  assert.equal(asked, CHARGE_TRIES_MAX);
  assert.equal(await learn(() => Promise.reject(new TypeError("gone")), "gen-1"), undefined);
});

test("what was refused is not looked for, what was stopped or broke off is", () => {
  const answer = askedAnswer(0);
  assert.equal(isChargeUnknown({ ...answer, phase: "broken" }), false);
  assert.equal(isChargeUnknown({ ...answer, phase: "broken", generationId: "gen-1" }), true);
  assert.equal(isChargeUnknown({ ...answer, phase: "stopped" }), true);
  assert.equal(isChargeUnknown({ ...answer, phase: "whole", generationId: "gen-1", cost: "0.1" }), false);
});
