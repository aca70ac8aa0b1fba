import assert from "node:assert/strict";
import { test } from "node:test";
import { solText, withdrawalLamports } from "./network-fee.ts";

test("the first withdrawal also pays for the account that it opens", () => {
  assert.equal(solText(withdrawalLamports(false)), "0.00001");
  assert.equal(solText(withdrawalLamports(true)), "0.00204928");
});

test("lamports are told as SOL to the last one", () => {
  assert.deepEqual([0n, 1n, 1_000_000_000n, 12_345_000_000n].map(solText), ["0", "0.000000001", "1", "12.345"]);
});
