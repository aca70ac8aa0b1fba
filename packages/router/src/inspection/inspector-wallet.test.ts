import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import { parseKey } from "@aimo-network/protocol/keys/key-text";
import { verifySignedKey } from "@aimo-network/protocol/keys/verify-key";
import type { Caller } from "../accounts/caller.ts";
import { createInspectorPayer } from "./inspector-payer.ts";
import { loadInspectorWallet } from "./inspector-wallet.ts";

const ROUTER_ID = "11111111111111111111111111111112";
const CALLER: Caller = {
  ...{ id: "key", kind: "signed", wallet: "w", scopes: [], isEarnOnly: false, expiresAtMs: Infinity },
  ...{ allowedModels: undefined, keyNumber: 1, userNumber: 1 },
};
const DAY_MS = 24 * 3_600_000;

function folder(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), "aimo-wallet-"));
  t.after(() => rmSync(directory, { recursive: true }));
  return join(directory, "data");
}

test("the wallet is made once, for its owner alone, and read by whatever reads Solana's key files", (t) => {
  const directory = folder(t);
  const made = loadInspectorWallet(directory);
  const file = join(directory, "inspector.json");
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(directory), ["inspector.json"]);
  assert.equal(loadInspectorWallet(directory).address, made.address);
  assert.equal((JSON.parse(readFileSync(file, "utf8")) as unknown[]).length, 64);
});

test("a file that others may read, or that is no key, is refused without its words", (t) => {
  const directory = folder(t);
  loadInspectorWallet(directory);
  const file = join(directory, "inspector.json");
  const text = readFileSync(file, "utf8");
  chmodSync(file, 0o644);
  assert.throws(() => loadInspectorWallet(directory), {
    message: `${file}: expected a key that only its owner may read, found mode 644: chmod 600 ${file}`,
  });
  chmodSync(file, 0o600);
  const bytes = JSON.parse(text) as number[];
  const other = [...bytes.slice(0, 63), (bytes[63]! + 1) % 256];
  for (const wrong of ["secret words", "[]", "{}", JSON.stringify(bytes.slice(1)), JSON.stringify(other)]) {
    writeFileSync(file, wrong);
    assert.throws(() => loadInspectorWallet(directory), {
      message: /expected a key as solana-keygen writes it, found something else/,
    });
  }
  writeFileSync(file, text);
  loadInspectorWallet(directory);
});

test("its key is one that everybody could have, lives for two days, and is made anew each day", async (t) => {
  const clock = manualClock(Date.parse("2026-03-01T23:59:00Z"));
  const wallet = loadInspectorWallet(folder(t));
  const bearers: string[] = [];
  const payer = createInspectorPayer({
    ...{ clock, routerId: ROUTER_ID, wallet },
    authenticate(bearer) {
      bearers.push(bearer);
      return Promise.resolve(CALLER);
    },
  });
  await payer();
  await payer();
  clock.advance(60_000);
  await payer();
  assert.equal(bearers[0], bearers[1]);
  assert.notEqual(bearers[1], bearers[2]);
  const key = parseKey(bearers[2]!);
  assert.ok(key.kind !== "issued");
  const verified = await verifySignedKey(key, { routerId: ROUTER_ID, nowMs: clock.now() });
  assert.equal(verified.expiresAtMs, clock.now() + 2 * DAY_MS);
  assert.deepEqual(verified.scopes, ["completion_model"]);
});
