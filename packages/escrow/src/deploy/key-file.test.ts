import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { getAddressEncoder } from "@solana/kit";
import { AIMO_ESCROW_PROGRAM_ADDRESS } from "../generated/programs/aimoEscrow.ts";
import { makeKeyFile, readKeyFile } from "./key-file.ts";

const folder = mkdtempSync(join(tmpdir(), "aimo-key-file-"));
after(() => rmSync(folder, { recursive: true }));

function write(text: string): string {
  const path = join(folder, "key.json");
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

test("the key in git is that of the localnet's program", async () => {
  const { address } = await readKeyFile(join(import.meta.dirname, "../../localnet-program-id.json"));
  assert.equal(address, AIMO_ESCROW_PROGRAM_ADDRESS);
});

test("a router's identity is a key too", async () => {
  const { privateKey } = generateKeyPairSync("ed25519");
  const { address } = await readKeyFile(write(JSON.stringify(privateKey.export({ format: "jwk" }))));
  const { x } = privateKey.export({ format: "jwk" });
  assert.equal(Buffer.from(getAddressEncoder().encode(address)).toString("base64url"), x);
});

test("a new key is written once, for its owner alone", async () => {
  const path = join(folder, "new.json");
  const address = makeKeyFile(path);
  assert.equal((await readKeyFile(path)).address, address);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.throws(() => makeKeyFile(path), /EEXIST/);
  assert.equal((await readKeyFile(path)).address, address);
});

test("a key that others may read is refused with what to type", async () => {
  const path = join(folder, "open.json");
  makeKeyFile(path);
  for (const mode of [0o604, 0o620, 0o640]) {
    chmodSync(path, mode);
    await assert.rejects(readKeyFile(path), {
      message: `${path}: expected a key that only its owner may read, found mode ${mode.toString(8)}: chmod 600 ${path}`,
    });
  }
  for (const mode of [0o600, 0o400]) {
    chmodSync(path, mode);
    await readKeyFile(path);
  }
});

test("a file that holds no key is refused without a word of what it holds", async () => {
  const secret = "41, 42, 43";
  const full = Array.from({ length: 64 }, () => 7);
  for (const text of [
    "",
    `[${secret}`,
    `[${secret}]`,
    `{"key": [${secret}]}`,
    `{"d": "${secret}", "x": "${secret}"}`,
    "null",
    JSON.stringify([...full.slice(1), 256]),
  ]) {
    await assert.rejects(readKeyFile(write(text)), (error: Error) => {
      assert.match(error.message, /key\.json: expected a key as solana-keygen writes it/);
      return !error.message.includes("41") && error.cause === undefined;
    });
  }
  // 64 bytes whose second half is not the first one's public key.
  await assert.rejects(readKeyFile(write(JSON.stringify(full))));
});
