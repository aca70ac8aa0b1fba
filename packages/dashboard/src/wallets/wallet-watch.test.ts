// When the linked account is taken away: by the wallet's own word, or because the wallet itself is gone.
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import type { Wallet } from "@wallet-standard/base";
import { linkWallet, unlinkWallet } from "./linked-wallet.ts";
import { accountOf, scriptedKey, scriptedWallet } from "./test-bed/scripted-wallet.ts";
import { watchLink } from "./wallet-watch.ts";

const key = await scriptedKey();
const other = await scriptedKey();
let end: () => void = () => undefined;
afterEach(() => {
  end();
  unlinkWallet();
});

function watched(wallets: () => readonly Wallet[]): { readonly losses: string[]; comeAndGo(): void } {
  const losses: string[] = [];
  const listeners = new Set<() => void>();
  const watch = (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  end = watchLink({ wallets, watch }, (loss) => void losses.push(loss));
  const comeAndGo = (): void => {
    for (const listener of listeners) listener();
  };
  return { losses, comeAndGo };
}

test("a wallet that goes to another account, or gives none, is told of", () => {
  const linked = scriptedWallet(key);
  const { losses } = watched(() => [linked.wallet]);
  linkWallet(linked);
  linked.become([accountOf(other), accountOf(key)]);
  assert.deepEqual(losses, [], "the account is still there");
  linked.become([accountOf(other)]);
  linked.become([]);
  assert.deepEqual(losses, ["changed", "gone"]);
});

test("what a wallet does that is linked no more is nobody's business", () => {
  const [first, second] = [scriptedWallet(key), scriptedWallet(key)];
  const { losses } = watched(() => [first.wallet, second.wallet]);
  linkWallet(first);
  linkWallet(second);
  first.become([]);
  assert.deepEqual(losses, []);
  unlinkWallet();
  second.become([]);
  assert.deepEqual(losses, []);
});

test("a wallet that cannot be told to be silent is not heard any more", () => {
  const { wallet, account } = scriptedWallet(key);
  let tell: (change: object) => void = () => undefined;
  const on = (_event: string, listener: typeof tell): void => void (tell = listener);
  const stubborn = { ...wallet, features: { ...wallet.features, "standard:events": { version: "1.0.0", on } } };
  const { losses } = watched(() => [stubborn]);
  linkWallet({ wallet: stubborn, account });
  unlinkWallet();
  tell({ accounts: [] });
  assert.deepEqual(losses, []);
});

test("a wallet that is taken from the browser is told of", () => {
  const linked = scriptedWallet(key);
  let wallets = [linked.wallet];
  const { losses, comeAndGo } = watched(() => wallets);
  linkWallet(linked);
  comeAndGo();
  assert.deepEqual(losses, []);
  wallets = [];
  comeAndGo();
  assert.deepEqual(losses, ["gone"]);
});

test("a wallet whose events throw, or that has none, is a wallet all the same", () => {
  const { wallet, account } = scriptedWallet(key);
  const throwing = { ...wallet, features: { ...wallet.features, "standard:events": {} } };
  const { "standard:events": _events, ...silent } = wallet.features;
  watched(() => []);
  linkWallet({ wallet: throwing, account });
  linkWallet({ wallet: { ...wallet, features: silent }, account });
});
