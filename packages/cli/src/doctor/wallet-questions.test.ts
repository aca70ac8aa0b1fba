// When the doctor calls SOL enough: the limit from both sides.
import assert from "node:assert/strict";
import { test } from "node:test";
import { WALLET_LAMPORTS_LOW } from "../limits.ts";
import { solFinding, solText } from "./wallet-questions.ts";

test("SOL is enough from the limit on, and told to the last lamport", () => {
  assert.equal(solFinding(WALLET_LAMPORTS_LOW, "me").verdict, "good");
  assert.equal(solFinding(WALLET_LAMPORTS_LOW - 1n, "me").verdict, "bad");
  assert.match(solFinding(0n, "me").next ?? "", /Send SOL to me/);
  assert.deepEqual([0n, 1n, 10n ** 9n, 1_500_000_000n].map(solText), ["0", "0.000000001", "1", "1.5"]);
});
