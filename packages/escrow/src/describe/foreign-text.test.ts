import assert from "node:assert/strict";
import { test } from "node:test";
import { solText, solWords } from "./foreign-text.ts";

test("SOL is told to the last lamport, without zeros behind it", () => {
  assert.deepEqual([0n, 1n, 10n ** 9n, 1_500_000_000n].map(solText), ["0", "0.000000001", "1", "1.5"]);
  assert.equal(solWords(5_000n), "0.000005 SOL");
});
