import assert from "node:assert/strict";
import { test } from "node:test";
import { comparedAmounts, rootFinding, solvencyVerdict } from "./solvency-verdict.ts";

const FACTS = { held: 130_000_000n, users: 129_998_957n, providers: 1_017n, fees: 26n };
const CLAIM = { vault_amount: "130", liabilities: { users: "129.998957", providers: "0.001017", fees: "0.000026" } };

test("a vault that holds all that is owed covers it, to the last unit", () => {
  assert.deepEqual(solvencyVerdict(FACTS), { kind: "covered", held: "130", owed: "130", surplus: "0" });
  assert.deepEqual(solvencyVerdict({ ...FACTS, held: 130_000_001n }), {
    kind: "covered",
    held: "130.000001",
    owed: "130",
    surplus: "0.000001",
  });
});

test("one unit less does not cover it", () => {
  assert.deepEqual(solvencyVerdict({ ...FACTS, held: 129_999_999n }), {
    kind: "short",
    held: "129.999999",
    owed: "130",
    shortfall: "0.000001",
  });
});

test("without a vault nothing can be told", () => {
  assert.equal(solvencyVerdict({ ...FACTS, held: undefined }).kind, "unknown");
});

test("each amount stands beside what the router says of it", () => {
  const same = comparedAmounts(FACTS, CLAIM);
  assert.deepEqual(
    same.map(({ isSame }) => isSame),
    [true, true, true, true],
  );
  assert.equal(same[1]?.onChain, "129.998957");
  const other = comparedAmounts(FACTS, { ...CLAIM, vault_amount: "130.000001" });
  assert.deepEqual(
    other.map(({ isSame }) => isSame),
    [false, true, true, true],
  );
  assert.equal(comparedAmounts({ ...FACTS, held: undefined }, CLAIM)[0]?.isSame, false);
});

test("a router that is not heard contradicts nothing", () => {
  assert.ok(comparedAmounts(FACTS, undefined).every(({ isSame, said }) => isSame && said === undefined));
});

test("the root's total, which has nine places, is held against the vault's six", () => {
  assert.deepEqual(rootFinding("130", 130_000_000n), { kind: "held", total: "130" });
  assert.deepEqual(rootFinding("130.000000001", 130_000_000n), {
    kind: "beyond",
    total: "130.000000001",
    missing: "0.000000001",
  });
  assert.deepEqual(rootFinding(undefined, 1n), { kind: "none" });
  assert.deepEqual(rootFinding("1", undefined), { kind: "none" });
});
