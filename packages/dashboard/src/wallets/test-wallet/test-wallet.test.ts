// The localnet's wallet keeps its key in this browser, and does by the standard what any wallet does.
import assert from "node:assert/strict";
import { test } from "node:test";
import { verifyBytes } from "@aimo-network/protocol/keys/ed25519";
import { parseSignInMessage } from "@aimo-network/protocol/sign-in/sign-in-message";
import { askAccounts, askSignIn, askSignature } from "../wallet-call.ts";
import { isSolanaWallet, safeIcon } from "../wallet-shape.ts";
import { openTestKey } from "./test-key.ts";
import { createTestWallet, signedBy } from "./test-wallet.ts";

function keptStore(): Parameters<typeof createTestWallet>[1] & { readonly kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
}
const asking = { signal: new AbortController().signal };

test("the key is made once, is another in another browser, and is made anew where what was kept is none", async () => {
  const store = keptStore();
  const key = await openTestKey(store);
  assert.equal((await openTestKey(store)).address, key.address);
  assert.notEqual((await openTestKey(keptStore())).address, key.address);
  assert.ok(await verifyBytes(key.publicKey, Uint8Array.of(1), await key.sign(Uint8Array.of(1))));
  store.setItem("aimo-test-wallet", "nonsense");
  assert.notEqual((await openTestKey(store)).address, key.address);
});

test("it is a wallet that connects, is silent only for who has connected before, and disconnects", async () => {
  const store = keptStore();
  const wallet = createTestWallet(await openTestKey(store), store);
  assert.ok(isSolanaWallet(wallet));
  assert.ok(safeIcon(wallet.icon));
  assert.deepEqual(await askAccounts(wallet, { ...asking, isSilent: true }), []);
  assert.equal((await askAccounts(wallet, { ...asking, isSilent: false })).length, 1);
  const again = createTestWallet(await openTestKey(store), store);
  assert.equal((await askAccounts(again, { ...asking, isSilent: true })).length, 1);
  const changes: unknown[] = [];
  const features = again.features as Record<
    string,
    { on(event: string, listener: (change: unknown) => void): void; disconnect(): Promise<void> }
  >;
  features["standard:events"]?.on("change", (change) => changes.push(change));
  await features["standard:disconnect"]?.disconnect();
  assert.deepEqual([changes, again.accounts], [[{ accounts: [] }], []]);
});

test("it signs people in, messages, and transactions in which it has a place", async () => {
  const store = keptStore();
  const key = await openTestKey(store);
  const wallet = createTestWallet(key, store);
  const [account] = await askAccounts(wallet, { ...asking, isSilent: false });
  assert.ok(account !== undefined);
  const linked = { wallet, account };
  const { message } = await askSignIn(linked, { domain: "router.example", address: key.address }, asking);
  assert.equal(parseSignInMessage(new TextDecoder().decode(message)).address, key.address);
  assert.equal((await askSignature(linked, Uint8Array.of(7), asking)).length, 64);
  await assert.rejects(signedBy(key, Uint8Array.of(0, 1, 0, 0, 0)), /does not want the signature/);
});
