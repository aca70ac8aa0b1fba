// Which wallet a command opens, and each way in which there is none.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { verifyText } from "@aimo-network/protocol/keys/ed25519";
import { formatKeyFile, keyOfSeed } from "@aimo-network/protocol/keys/wallet-key";
import { faultOf, openReadingBed } from "../test-bed/reading-bed.ts";
import { base58 } from "@scure/base";
import { openWallet } from "./open-wallet.ts";

const KEYS = await Promise.all([1, 2, 3].map((byte) => keyOfSeed(new Uint8Array(32).fill(byte))));

function put(file: string, key: Uint8Array | undefined, mode = 0o600): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, formatKeyFile(key!), { mode });
  chmodSync(file, mode);
  return file;
}

test("the option comes before the variable, and that before Solana's own file", async (t) => {
  const bed = openReadingBed(t);
  const usual = put(join(bed.home, ".config/solana/id.json"), KEYS[0]);
  const named = put(join(bed.home, "named.json"), KEYS[1]);
  put(join(bed.home, "some folder/wallet.json"), KEYS[2]);
  const first = await openWallet(bed.context);
  assert.equal(first.file, usual);
  const environment = { ...bed.context.environment, AIMO_WALLET: named };
  const second = await openWallet({ ...bed.context, environment });
  assert.equal(second.file, named);
  const third = await openWallet({ ...bed.with({ walletFile: "some folder/wallet.json" }), environment });
  assert.equal(third.file, join(bed.home, "some folder/wallet.json"));
  assert.equal(new Set([first.address, second.address, third.address]).size, 3);
  const signature = await third.wallet.sign(new TextEncoder().encode("words"));
  assert.equal(await verifyText(third.wallet.publicKey, "words", signature), true);
});

test("without a wallet it is told how to make one there", async (t) => {
  const bed = openReadingBed(t);
  const usual = await faultOf(openWallet(bed.context));
  assert.deepEqual([usual.reason, usual.code], ["wallet", "wallet_missing"]);
  assert.match(usual.what, /There is no wallet at .*id\.json/);
  assert.match(usual.next ?? "", /^aimo wallet new makes one/);
  const named = await faultOf(openWallet(bed.with({ walletFile: "it's mine.json" })));
  assert.match(named.next ?? "", /^aimo wallet new --id '.*\/it'\\''s mine\.json' makes one/);
});

test("a wallet that others may read is refused with the command that mends it, whichever others", async (t) => {
  const bed = openReadingBed(t);
  const file = put(join(bed.home, ".config/solana/id.json"), KEYS[0]);
  for (const mode of [0o640, 0o620, 0o610, 0o604, 0o602, 0o601, 0o644, 0o777]) {
    chmodSync(file, mode);
    const fault = await faultOf(openWallet(bed.context));
    assert.equal(fault.next, `chmod 600 ${file}`);
    assert.match(fault.why ?? "", new RegExp(`its mode is ${mode.toString(8)};`));
  }
  // A link has a mode of its own; what counts is that of the file behind it.
  const link = join(bed.home, "link.json");
  symlinkSync(file, link);
  assert.equal((await faultOf(openWallet(bed.with({ walletFile: link })))).code, "wallet_open_to_others");
  chmodSync(file, 0o400);
  await openWallet(bed.with({ walletFile: link }));
});

test("a file that is no wallet is refused without a word of what it holds", async (t) => {
  const bed = openReadingBed(t);
  const file = put(join(bed.home, ".config/solana/id.json"), KEYS[0]);
  const text = readFileSync(file, "utf8");
  const swapped = JSON.stringify([...KEYS[0]!.subarray(0, 32), ...KEYS[1]!.subarray(32)]);
  for (const wrong of ["", "correct horse battery staple", text.slice(0, -2), `${text}${" ".repeat(5_000)}`, swapped]) {
    writeFileSync(file, wrong);
    const fault = await faultOf(openWallet(bed.context));
    assert.deepEqual([fault.reason, fault.code], ["wallet", "wallet_malformed"]);
    const words = Object.values(fault).join(" ");
    assert.doesNotMatch(words, /horse/);
    for (const part of wrong.match(/\d+,\d+/g) ?? []) assert.ok(!words.includes(part));
  }
});

test("a folder and a pipe are no wallets: neither is waited for, and no folder is locked by what is to be typed", async (t) => {
  const bed = openReadingBed(t);
  const [folder, pipe] = [join(bed.home, "folder"), join(bed.home, "pipe.json")];
  mkdirSync(folder, { mode: 0o755 });
  execFileSync("mkfifo", ["-m", "600", pipe]);
  for (const walletFile of [folder, pipe, "/dev/null"]) {
    const fault = await faultOf(openWallet(bed.with({ walletFile })));
    assert.deepEqual([fault.reason, fault.code], ["wallet", "wallet_unreadable"]);
    assert.match(fault.why ?? "", /a folder, a pipe or a device/);
    assert.doesNotMatch(fault.next ?? "", /chmod/);
  }
});

test("a private key in place of its file is told without a digit of it", async (t) => {
  const bed = openReadingBed(t);
  for (const text of [formatKeyFile(KEYS[0]!), base58.encode(KEYS[0]!)]) {
    const environment = { ...bed.context.environment, AIMO_WALLET: text };
    for (const context of [bed.with({ walletFile: text }), { ...bed.context, environment }]) {
      const fault = await faultOf(openWallet(context));
      assert.match(fault.what, /A private key stands where its file is expected/);
      assert.ok(!JSON.stringify(fault).includes(text.slice(10, 20)));
    }
  }
});
