// Connecting again when the page opens: without a question, for the account that is signed in, also where the wallet comes late.
import assert from "node:assert/strict";
import { test } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import type { Wallet } from "@wallet-standard/base";
import { findLink } from "./auto-reconnect.ts";
import { accountOf, scriptedKey, scriptedWallet } from "./test-bed/scripted-wallet.ts";

const key = await scriptedKey();
const other = await scriptedKey();
const lost = { name: "Scripted wallet", address: key.address };
const here = (...wallets: readonly Wallet[]): Parameters<typeof findLink>[1] => ({
  wallets: () => wallets,
  watch: () => () => undefined,
});

test("the account that is signed in is linked, and the wallet was asked silently", async () => {
  const inputs: unknown[] = [];
  const accounts = [accountOf(other), accountOf(key)];
  const connect = (input: unknown): unknown => {
    inputs.push(input);
    return { accounts };
  };
  const { wallet } = scriptedWallet(key, { script: { connect }, accounts });
  const found = await findLink(manualClock(), here(scriptedWallet(other, { name: "Another" }).wallet, wallet), lost);
  assert.equal(found.kind === "linked" && found.linked.account.address, key.address);
  assert.deepEqual(inputs, [{ silent: true }]);
});

test("a wallet that is on another account now has changed; one that gives nothing unasked has not", async () => {
  const { wallet } = scriptedWallet(key, { accounts: [accountOf(other)] });
  assert.deepEqual(await findLink(manualClock(), here(wallet), lost), { kind: "changed" });
  const locked = scriptedWallet(key, { accounts: [] });
  assert.deepEqual(await findLink(manualClock(), here(locked.wallet), lost), { kind: "nothing" });
  const refusing = scriptedWallet(key, { script: { connect: () => Promise.reject(new Error("rejected")) } });
  assert.deepEqual(await findLink(manualClock(), here(refusing.wallet), lost), { kind: "nothing" });
});

test("a wallet that registers itself late is waited for", async () => {
  const { wallet } = scriptedWallet(key);
  const wallets: Wallet[] = [];
  let tell = (): void => undefined;
  const watch = (listener: () => void): (() => void) => {
    tell = listener;
    return () => undefined;
  };
  const finding = findLink(manualClock(), { wallets: () => wallets, watch }, lost);
  tell();
  wallets.push(wallet);
  tell();
  assert.equal((await finding).kind, "linked");
});

test("a wallet that does not answer is not waited for", async () => {
  const clock = manualClock();
  const { wallet } = scriptedWallet(key, { script: { connect: () => new Promise(() => undefined) } });
  const finding = findLink(clock, here(wallet), lost);
  await new Promise((resolve) => setImmediate(resolve));
  clock.advance(10_000);
  assert.deepEqual(await finding, { kind: "nothing" });
});
