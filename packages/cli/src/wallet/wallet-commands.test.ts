// Making, showing and importing a wallet.
import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { base58 } from "@scure/base";
import { formatKeyFile, keyOfSeed } from "@aimo-network/protocol/keys/wallet-key";
import type { Outcome, RunCommand } from "../command-spec.ts";
import type { CommandContext } from "../context.ts";
import { faultOf, openReadingBed } from "../test-bed/reading-bed.ts";
import { importWallet } from "./import-wallet.ts";
import { newWallet } from "./new-wallet.ts";
import { openWallet } from "./open-wallet.ts";
import { showWallet } from "./show-wallet.ts";

const NOTHING = { arguments: [], options: {} };
const KEY = await keyOfSeed(new Uint8Array(32).fill(5));
const ADDRESS = base58.encode(KEY.subarray(32));

async function run(command: RunCommand, context: CommandContext): Promise<Outcome> {
  const outcome = await command(context, NOTHING);
  assert.ok(outcome !== undefined);
  return outcome;
}

/** The surroundings with something piped in, or with an answer to the one question. */
function fed(context: CommandContext, piped: string | undefined, typed = ""): CommandContext {
  const asked = (_question: string, options?: { readonly isSecret?: boolean }): Promise<string> => {
    assert.equal(options?.isSecret, true, "a private key is asked for without showing it");
    return Promise.resolve(typed);
  };
  return { ...context, terminal: { ...context.terminal, readInput: () => Promise.resolve(piped), ask: asked } };
}

test("a new wallet is for its owner alone, is the address that is printed, and is never printed itself", async (t) => {
  const { context, home, said } = openReadingBed(t);
  const file = join(home, ".config/solana/id.json");
  const { data, text } = await run(newWallet, context);
  assert.deepEqual(data, { address: text, file });
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.equal(statSync(join(home, ".config/solana")).mode & 0o777, 0o700);
  assert.equal((await openWallet(context)).address, text);
  const secret = JSON.parse(readFileSync(file, "utf8")) as number[];
  const printed = JSON.stringify([data, text, said]);
  assert.ok(
    !printed.includes(secret.slice(0, 3).join(",")) && !printed.includes(base58.encode(Uint8Array.from(secret))),
  );
});

test("two wallets are never the same, and neither is written over", async (t) => {
  const bed = openReadingBed(t);
  const first = await run(newWallet, bed.context);
  const before = readFileSync(join(bed.home, ".config/solana/id.json"));
  const fault = await faultOf(run(newWallet, bed.context));
  assert.deepEqual([fault.reason, fault.code], ["wallet", "wallet_exists"]);
  assert.deepEqual(readFileSync(join(bed.home, ".config/solana/id.json")), before);
  const second = await run(newWallet, bed.with({ walletFile: "other.json" }));
  assert.notEqual(first.text, second.text);
});

test("a folder that is there keeps its mode, and one that cannot be made is told", async (t) => {
  const bed = openReadingBed(t);
  mkdirSync(join(bed.home, "open"), { mode: 0o755 });
  chmodSync(join(bed.home, "open"), 0o755);
  await run(newWallet, bed.with({ walletFile: "open/wallet.json" }));
  assert.equal(statSync(join(bed.home, "open")).mode & 0o777, 0o755);
  writeFileSync(join(bed.home, "file"), "");
  const fault = await faultOf(run(newWallet, bed.with({ walletFile: "file/wallet.json" })));
  assert.equal(fault.code, "wallet_unwritable");
});

test("show says address and file", async (t) => {
  const bed = openReadingBed(t);
  const { text: address } = await run(newWallet, bed.context);
  const { data, text } = await run(showWallet, bed.context);
  const file = join(bed.home, ".config/solana/id.json");
  assert.deepEqual(data, { address, file });
  assert.equal(text, `address  ${address}\nfile     ${file}`);
});

test("an exported key is imported from a pipe or a hidden prompt, in either form", async (t) => {
  for (const exported of [base58.encode(KEY), `${base58.encode(KEY)}\n`, formatKeyFile(KEY)]) {
    for (const isPiped of [true, false]) {
      const { context, home, said } = openReadingBed(t);
      const { text } = await run(importWallet, fed(context, isPiped ? exported : undefined, exported));
      const file = join(home, ".config/solana/id.json");
      assert.equal(text, ADDRESS);
      assert.equal(readFileSync(file, "utf8"), formatKeyFile(KEY));
      assert.equal(statSync(file).mode & 0o777, 0o600);
      assert.ok(!JSON.stringify(said).includes(base58.encode(KEY)));
    }
  }
});

test("what is no private key is not imported, and not repeated", async (t) => {
  const { context, home } = openReadingBed(t);
  const swapped = base58.encode(new Uint8Array([...KEY.subarray(0, 32), ...new Uint8Array(32).fill(1)]));
  for (const [text, why] of [
    ["", /nothing came in/],
    [ADDRESS, /expected 64 bytes/],
    [swapped, /two halves/],
    ["legal winner thank year wave sausage worth useful legal winner thank yellow", /recovery phrase/],
    [formatKeyFile(KEY).slice(0, 40), /expected 64 bytes/],
  ] as const) {
    const fault = await faultOf(run(importWallet, fed(context, text)));
    assert.match(fault.why ?? "", why);
    assert.ok(text === "" || !Object.values(fault).join(" ").includes(text.trim()));
  }
  assert.ok(!existsSync(join(home, ".config/solana/id.json")));
});

test("nobody is asked for a key that there is no place for", async (t) => {
  const { context } = openReadingBed(t);
  await run(newWallet, context);
  const fault = await faultOf(run(importWallet, context)); // this terminal throws whatever it is asked
  assert.equal(fault.code, "wallet_exists");
});
