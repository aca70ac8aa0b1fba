// The transaction of a sign-in is what the router reads as one, and nothing else is taken for it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { readMemoTransaction } from "@aimo-network/protocol/sign-in/memo-transaction";
import { insistMemoSigned, memoTransaction } from "./memo-sign-in.ts";
import { scriptedKey } from "./test-bed/scripted-wallet.ts";
import { signedBy } from "./test-wallet/test-wallet.ts";

const TEXT = `a text\n${"of many lines\n".repeat(20)}é`;
const key = await scriptedKey();
const other = await scriptedKey();
const asked = { publicKey: key.publicKey, text: TEXT };

test("it says the text, for the account, and can never land", () => {
  const read = readMemoTransaction(memoTransaction(key.address, TEXT));
  assert.deepEqual([read.text, read.signer], [TEXT, key.publicKey]);
});

test("signed it is taken", async () => {
  await insistMemoSigned("Glow", await signedBy(key, memoTransaction(key.address, TEXT)), asked);
});

for (const [what, given] of [
  ["unsigned", memoTransaction(key.address, TEXT)],
  ["of another text", await signedBy(key, memoTransaction(key.address, "another"))],
  ["of another account", await signedBy(other, memoTransaction(other.address, TEXT))],
  ["that is none", Uint8Array.of(1, 2, 3)],
] as const) {
  test(`one ${what} is not`, async () => {
    await assert.rejects(insistMemoSigned("Glow", given, asked), { kind: "unsound" });
  });
}
