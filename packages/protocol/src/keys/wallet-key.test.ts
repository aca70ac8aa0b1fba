// Private keys of wallets: read as Solana's tools and browser wallets write them, and refused without a word of what they hold.
import assert from "node:assert/strict";
import { test } from "node:test";
import { base58 } from "@scure/base";
import { verifyText } from "./ed25519.ts";
import { formatKeyFile, isOpenToOthers, keyOfSeed, parseExportedKey, parseKeyFile, walletOfKey } from "./wallet-key.ts";
import { walletFromSeed } from "./__fixtures__/test-wallet.ts";

// RFC 8032, section 7.1, test 1.
const SEED = Buffer.from("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "hex");
const PUBLIC = Buffer.from("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "hex");
const KEY = new Uint8Array([...SEED, ...PUBLIC]);

test("a seed makes the key that RFC 8032 says", async () => {
  assert.deepEqual(await keyOfSeed(new Uint8Array(SEED)), KEY);
});

test("a key file is written and read as Solana's tools do, and its wallet signs", async () => {
  const text = formatKeyFile(KEY);
  assert.deepEqual(JSON.parse(text), [...KEY]);
  for (const spelled of [text, JSON.stringify([...KEY], undefined, 2), ` ${text}\n`]) {
    assert.deepEqual(parseKeyFile(spelled), KEY);
  }
  const wallet = await walletOfKey(KEY);
  assert.ok(wallet !== undefined);
  assert.equal(wallet.address, base58.encode(PUBLIC));
  assert.deepEqual(Buffer.from(wallet.publicKey), PUBLIC);
  const same = await walletFromSeed("the seed of another wallet......");
  const signature = await wallet.sign(new TextEncoder().encode("some words"));
  assert.equal(await verifyText(wallet.publicKey, "some words", signature), true);
  assert.equal(await verifyText(same.publicKey, "some words", signature), false);
  assert.equal(await verifyText(wallet.publicKey, "other words", signature), false);
});

test("what a browser wallet exports is read too, whole or not at all", () => {
  const exported = base58.encode(KEY);
  for (const text of [exported, `  ${exported}\n`, formatKeyFile(KEY)]) assert.deepEqual(parseExportedKey(text), KEY);
  const address = base58.encode(PUBLIC);
  for (const text of ["", " ", exported.slice(4), `${exported}1`, address, "word ".repeat(12), `${exported} x`]) {
    assert.equal(parseExportedKey(text), undefined);
  }
});

test("no text that is no key file is taken for one, and none throws", () => {
  const numbers = [...KEY];
  for (const value of [
    numbers.slice(1),
    [...numbers, 0],
    [...numbers.slice(1), 256],
    [...numbers.slice(1), -1],
    [...numbers.slice(1), 1.5],
    [...numbers.slice(1), "1"],
    [...numbers.slice(1), null],
    { secret: numbers },
    null,
    7,
  ]) {
    assert.equal(parseKeyFile(JSON.stringify(value)), undefined);
  }
  for (const text of [
    "",
    "[",
    "no JSON",
    formatKeyFile(KEY).slice(0, -3),
    `${formatKeyFile(KEY)}${" ".repeat(1_024)}`,
  ]) {
    assert.equal(parseKeyFile(text), undefined);
  }
});

test("one bit that is flipped in either half makes no wallet", async () => {
  for (let bit = 0; bit < KEY.length * 8; bit += 1) {
    const flipped = KEY.map((byte, index) => (index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
    assert.equal(await walletOfKey(flipped), undefined, `bit ${bit}`);
  }
  assert.equal(await walletOfKey(KEY.subarray(0, 63)), undefined);
  assert.equal(await walletOfKey(new Uint8Array()), undefined);
});

test("a file is its owner's alone only where no bit of its mode says otherwise", () => {
  for (const mode of [0o600, 0o400, 0o700, 0o100600]) assert.equal(isOpenToOthers(mode), false);
  for (let bit = 0; bit < 6; bit += 1) assert.equal(isOpenToOthers(0o100600 | (1 << bit)), true);
});
