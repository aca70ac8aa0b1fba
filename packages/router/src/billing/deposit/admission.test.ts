import assert from "node:assert/strict";
import { test } from "node:test";
import { microUsdc } from "@aimo-network/protocol/money";
import type { AdmissionFacts } from "./admission.ts";
import { admissionStop, collectableNano } from "./admission.ts";
import { blindMsMax } from "./deadlines.ts";

const OWN = { totalMs: 600_000, settleAgeMs: 600_000 }; // a horizon of 1,440 seconds
const CONFIG = {
  userExitDelay: 86_400n,
  allowanceNotice: 43_200n,
  settlerWindow: 3_600n,
  windowCap: microUsdc(64_000_000n),
  windowRoom: microUsdc(10_000_000n),
  isSettlePaused: false,
};
const FINE: AdmissionFacts = {
  own: OWN,
  config: CONFIG,
  isSettlerOurs: true,
  unseenMs: 0,
  exposure: 0n,
  isShort: false,
};
const stop = (facts: Partial<AdmissionFacts>): string | undefined => admissionStop({ ...FINE, ...facts });

test("where everything is as it has to be, requests are admitted", () => {
  assert.equal(admissionStop(FINE), undefined);
});

test("before the router's config was seen nothing is promised", () => {
  assert.match(stop({ config: undefined })!, /was not seen yet/);
});

test("where the chain has less than is owed nothing is promised", () => {
  assert.match(stop({ isShort: true })!, /less than the ledger owes/);
});

test("while settling is paused nothing is promised", () => {
  assert.match(stop({ config: { ...CONFIG, isSettlePaused: true } })!, /paused/);
});

test("where another key may settle, or none, nothing is promised", () => {
  assert.match(stop({ isSettlerOurs: false })!, /another key/);
});

test("where the delays became too short nothing is promised", () => {
  assert.equal(stop({ config: { ...CONFIG, userExitDelay: 1_441n, allowanceNotice: 2_880n } }), undefined);
  assert.match(stop({ config: { ...CONFIG, userExitDelay: 1_440n } })!, /user_exit_delay/);
  assert.match(stop({ config: { ...CONFIG, allowanceNotice: 2_879n } })!, /allowance_notice/);
});

test("a chain that was not seen for long stops everything, and not before", () => {
  const limitMs = blindMsMax(OWN, CONFIG);
  assert.equal(stop({ unseenMs: limitMs }), undefined);
  assert.match(stop({ unseenMs: limitMs + 1 })!, /not seen for too long/);
  assert.match(stop({ unseenMs: Infinity })!, /not seen for too long/);
});

test("no more is promised than the window lets through in time", () => {
  assert.equal(stop({ exposure: 10_000_000_000n }), undefined);
  assert.match(stop({ exposure: 10_000_000_001n })!, /window/);
});

test("what can be collected is what the window has left, and every whole window after it within the horizon", () => {
  const at = (settlerWindow: bigint): bigint => collectableNano(OWN, { ...CONFIG, settlerWindow });
  assert.equal(at(1_441n), 10_000_000_000n);
  assert.equal(at(1_440n), 74_000_000_000n);
  assert.equal(at(721n), 74_000_000_000n);
  assert.equal(at(720n), 138_000_000_000n);
  assert.equal(at(0n), 10_000_000_000n);
});
