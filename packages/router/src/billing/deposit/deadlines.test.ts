import assert from "node:assert/strict";
import { test } from "node:test";
import { BLOCKHASH_LIFE_MS, LOCK_GRACE_MS } from "../limits.ts";
import { blindMsMax, horizonMs, timeFaults } from "./deadlines.ts";

const OWN = { totalMs: 600_000, settleAgeMs: 600_000 };
const HORIZON_S = 1_440n; // 600 + 60 + 600 + 2 × 90

test("the horizon is a lock's life, the wait for a batch, and two transactions", () => {
  assert.equal(horizonMs(OWN), 600_000 + LOCK_GRACE_MS + 600_000 + 2 * BLOCKHASH_LIFE_MS);
  assert.equal(BigInt(horizonMs(OWN) / 1_000), HORIZON_S);
  assert.equal(horizonMs({ totalMs: 1, settleAgeMs: 2 }) - horizonMs({ totalMs: 0, settleAgeMs: 0 }), 3);
});

test("the exit's delay is longer than the horizon, not as long", () => {
  const given = { allowanceNotice: 2n * HORIZON_S, userExitDelay: HORIZON_S + 1n };
  assert.deepEqual(timeFaults(OWN, given), []);
  const [fault, ...others] = timeFaults(OWN, { ...given, userExitDelay: HORIZON_S });
  assert.deepEqual(others, []);
  assert.match(fault!, /user_exit_delay on chain to be more than 1440 s .*AIMO_TOTAL_TIMEOUT_MS.*found 1440 s/);
});

test("the allowance's notice is twice the horizon or longer", () => {
  const given = { allowanceNotice: 2n * HORIZON_S, userExitDelay: 10_000n };
  assert.deepEqual(timeFaults(OWN, given), []);
  const [fault, ...others] = timeFaults(OWN, { ...given, allowanceNotice: 2n * HORIZON_S - 1n });
  assert.deepEqual(others, []);
  assert.match(fault!, /allowance_notice on chain to be at least 2880 s .*AIMO_SETTLE_AGE_MS.*found 2879 s/);
});

test("both faults are told at once, and a part of a second counts as a whole one", () => {
  assert.equal(timeFaults(OWN, { allowanceNotice: 0n, userExitDelay: 0n }).length, 2);
  const own = { ...OWN, settleAgeMs: 600_001 };
  assert.equal(timeFaults(own, { allowanceNotice: 2n * HORIZON_S, userExitDelay: HORIZON_S + 1n }).length, 2);
  assert.deepEqual(timeFaults(own, { allowanceNotice: 2n * HORIZON_S + 2n, userExitDelay: HORIZON_S + 2n }), []);
});

test("the chain may be unseen for half of what the shorter delay leaves beyond the horizon", () => {
  assert.equal(blindMsMax(OWN, { userExitDelay: HORIZON_S + 600n, allowanceNotice: 10_000n }), 300_000);
  assert.equal(blindMsMax(OWN, { userExitDelay: 10_000n, allowanceNotice: HORIZON_S + 400n }), 200_000);
  assert.equal(blindMsMax(OWN, { userExitDelay: 1n, allowanceNotice: 10_000n }), 0);
});
