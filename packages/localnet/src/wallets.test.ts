import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { verifyText } from "@aimo-network/protocol/keys/ed25519";
import { loadWallet } from "./wallets.ts";

function place(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "aimo-wallets-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return join(folder, "wallets", "user.json");
}

test("a demo wallet is made once, for its owner alone, and signs", async (t) => {
  const file = place(t);
  const made = loadWallet(file);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const again = loadWallet(file);
  assert.equal(again.address, made.address);
  assert.equal(await verifyText(made.publicKey, "words", await again.sign(new TextEncoder().encode("words"))), true);
});

test("a demo wallet that others may read, or that is none, is refused without a word of the file", (t) => {
  const file = place(t);
  loadWallet(file);
  chmodSync(file, 0o644);
  assert.throws(() => loadWallet(file), {
    message: `${file}: expected a key that only its owner may read, found mode 644: chmod 600 ${file}`,
  });
  chmodSync(file, 0o600);
  const bytes = JSON.parse(readFileSync(file, "utf8")) as number[];
  const other = [...bytes.slice(0, 63), (bytes[63]! + 1) % 256];
  for (const wrong of ["secret words", "[]", JSON.stringify(bytes.slice(1)), JSON.stringify(other)]) {
    writeFileSync(file, wrong);
    assert.throws(() => loadWallet(file), {
      message: `${file}: expected a key as solana-keygen writes it, found something else.`,
    });
  }
});
