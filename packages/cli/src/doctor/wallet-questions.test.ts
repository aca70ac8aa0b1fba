// When the doctor calls SOL enough: the limit from both sides.
import assert from "node:assert/strict";
import { test } from "node:test";
import { WALLET_LAMPORTS_LOW } from "../limits.ts";
import { solFinding } from "./wallet-questions.ts";

test("SOL is enough from the limit on", () => {
  assert.equal(solFinding(WALLET_LAMPORTS_LOW, "me").verdict, "good");
  assert.equal(solFinding(WALLET_LAMPORTS_LOW - 1n, "me").verdict, "bad");
  assert.match(solFinding(0n, "me").next ?? "", /Send SOL to me/);
});
