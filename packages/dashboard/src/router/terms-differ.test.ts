import assert from "node:assert/strict";
import { test } from "node:test";
import { announcedRows, placeRows, termRows } from "./terms-differ.ts";

const SAID = {
  ...{ program_id: "P", config: "C", vault: "V", mint: "M" },
  fee_bps: 250,
  min_deposit: "0.01",
  user_exit_delay: 3_600,
  provider_exit_delay: 1,
  allowance_notice: 1_800,
};
const TERMS = {
  feeBps: 250n,
  minDeposit: 10_000n,
  userExitDelay: 3_600n,
  providerExitDelay: 1n,
  allowanceNotice: 1_800n,
};

test("where both agree the terms are told once", () => {
  const rows = termRows(TERMS, SAID);
  assert.deepEqual(
    rows.map(({ words }) => words),
    ["2.5 %", "0.01 USDC", "1 hour", "1 second", "30 minutes"],
  );
  assert.ok(rows.every(({ said }) => said === undefined));
});

test("each of the terms is held against the chain, whose word counts", () => {
  const others = [
    { feeBps: 300n },
    { minDeposit: 10_001n },
    { userExitDelay: 7_200n },
    { providerExitDelay: 2n },
    { allowanceNotice: 0n },
  ];
  for (const [index, other] of others.entries()) {
    const rows = termRows({ ...TERMS, ...other }, SAID);
    assert.deepEqual(
      rows.map(({ said }) => said !== undefined),
      rows.map((_row, at) => at === index),
    );
  }
  const [fee] = termRows({ ...TERMS, feeBps: 300n }, SAID);
  assert.deepEqual([fee?.words, fee?.said], ["3 %", "2.5 %"]);
});

test("without the chain the router's word stands alone", () => {
  assert.deepEqual(
    termRows(undefined, SAID).map(({ words, said }) => [words, said]),
    termRows(TERMS, SAID).map(({ words }) => [words, undefined]),
  );
});

test("what is announced is told where it changes something", () => {
  assert.deepEqual(announcedRows(TERMS, TERMS), []);
  assert.deepEqual(
    announcedRows(TERMS, { ...TERMS, feeBps: 500n }).map(({ name, words }) => [name, words]),
    [["Fee", "5 %"]],
  );
});

test("addresses that the router tells wrongly are told", () => {
  const reading = { programId: "P", config: "C", vault: "W", mint: "M" };
  assert.deepEqual(placeRows(reading, SAID), [
    { name: "Program", address: "P", said: undefined },
    { name: "Config", address: "C", said: undefined },
    { name: "Vault", address: "W", said: "V" },
    { name: "Mint", address: "M", said: undefined },
  ]);
  assert.equal(placeRows(undefined, SAID)[2]?.address, "V");
});
