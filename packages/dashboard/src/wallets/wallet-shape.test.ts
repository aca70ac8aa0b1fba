// Which objects are wallets and accounts, and which pictures and texts of them may be shown.
import assert from "node:assert/strict";
import { test } from "node:test";
import { scriptedKey, scriptedWallet } from "./test-bed/scripted-wallet.ts";
import { isSolanaWallet, safeIcon, solanaAccounts, walletText } from "./wallet-shape.ts";

const key = await scriptedKey();
const { wallet, account } = scriptedWallet(key);

test("a wallet has a name, a Solana chain, connect, and something that signs", () => {
  assert.equal(isSolanaWallet(wallet), true);
  const { "standard:connect": connect, ...others } = wallet.features;
  for (const [what, broken] of [
    ["no name", { ...wallet, name: "" }],
    ["a name of nothing that is seen", { ...wallet, name: "\u200b" }],
    ["another chain", { ...wallet, chains: ["ethereum:1"] }],
    ["no chains", { ...wallet, chains: undefined }],
    ["no connect", { ...wallet, features: others }],
    ["a connect that is none", { ...wallet, features: { ...others, "standard:connect": { version: "1.0.0" } } }],
    ["nothing that signs", { ...wallet, features: { "standard:connect": connect } }],
    ["nothing at all", null],
    ["a text", "wallet"],
  ] as const) {
    assert.equal(isSolanaWallet(broken), false, what);
  }
  const throwing = {
    get name(): string {
      throw new Error("no");
    },
  };
  assert.equal(isSolanaWallet(throwing), false);
});

test("an account's address is its public key's, and each is there once", () => {
  assert.deepEqual(solanaAccounts([account, account]), [account]);
  for (const broken of [
    { ...account, address: "11111111111111111111111111111111" },
    { ...account, publicKey: account.publicKey.slice(1) },
    { ...account, chains: ["ethereum:1"] },
    { ...account, features: undefined },
    { ...account, address: 1 },
    null,
  ]) {
    assert.deepEqual(solanaAccounts([broken]), []);
  }
  assert.deepEqual(solanaAccounts(undefined), []);
  assert.deepEqual(solanaAccounts({ length: 1, 0: account }), []);
});

test("an icon is shown where it is a picture in the page itself, and nothing is loaded for one", () => {
  for (const icon of ["data:image/svg+xml;base64,AAAA", "data:image/png;base64,AA=="])
    assert.equal(safeIcon(icon), icon);
  for (const icon of [
    "https://wallet.example/icon.png",
    "data:image/svg+xml,<svg/>",
    "data:text/html;base64,AAAA",
    "javascript:alert(1)",
    " data:image/png;base64,AAAA",
    `data:image/png;base64,${"A".repeat(300_000)}`,
    undefined,
  ]) {
    assert.equal(safeIcon(icon), undefined);
  }
});

test("a wallet's text is one short line without what is not seen or turns the writing around", () => {
  assert.equal(walletText("a\nb\u202ec"), "a b c");
  assert.equal(walletText("x".repeat(1_000)).length, 160);
  assert.equal(walletText(undefined), "");
});
