// Which key reads: the one that is given where it may, else the wallet's, and never one of somebody else.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { base58 } from "@scure/base";
import { SCOPES } from "@aimo-network/protocol/keys/key-content";
import type { Scope } from "@aimo-network/protocol/keys/key-content";
import { parseKey } from "@aimo-network/protocol/keys/key-text";
import type { CommandContext } from "../context.ts";
import { faultOf, openReadingBed } from "../test-bed/reading-bed.ts";
import { ROUTER_ID, startScriptedRouter } from "../test-bed/scripted-router.ts";
import { makeWalletFile } from "../test-bed/wallet-file.ts";
import { openWalletFile } from "../wallet/open-wallet.ts";
import { findRouter } from "./find-router.ts";
import type { Router } from "./find-router.ts";
import { ownKey } from "./own-key.ts";
import { readingAccess } from "./reading-key.ts";

async function openCase(t: TestContext): Promise<{ context: CommandContext; router: Router; home: string }> {
  const { url } = await startScriptedRouter(t);
  const { context, home } = openReadingBed(t, { options: { router: url } });
  return { context, router: await findRouter(context), home };
}

function withKey(context: CommandContext, key: string, walletFile?: string): CommandContext {
  const options = { ...context.options, ...(walletFile !== undefined && { walletFile }) };
  return { ...context, options, environment: { ...context.environment, AIMO_API_KEY: key } };
}

async function keyOf(context: CommandContext, file: string, scopes: readonly Scope[]): Promise<string> {
  return await ownKey(context, ROUTER_ID, await openWalletFile(context, file), { scopes, isEarnOnly: false });
}

test("without a key the wallet signs one for this router that reads and cannot spend", async (t) => {
  const { context, router, home } = await openCase(t);
  const address = makeWalletFile(home);
  const { bearer, wallet } = await readingAccess(context, router);
  const key = parseKey(bearer);
  assert.ok(key.kind === "signed");
  assert.deepEqual([wallet, key.spending], [address, { kind: "earn_only" }]);
  assert.deepEqual(new Set(key.scopes), new Set<Scope>(["account", "completion_model"]));
});

test("a key that may read is taken, whoever issued it, and spaces around it are none of it", async (t) => {
  const { context, router, home } = await openCase(t);
  const file = `${home}/key.json`;
  const address = makeWalletFile(home, file);
  const signed = await keyOf(context, file, SCOPES);
  assert.deepEqual(await readingAccess(withKey(context, ` ${signed}\n`), router), { bearer: signed, wallet: address });
  const issued = `aimo-sk-u1-${base58.encode(new Uint8Array(32).fill(7))}`;
  assert.deepEqual(await readingAccess(withKey(context, issued), router), { bearer: issued, wallet: undefined });
});

test("a key for calling models gives way to its own wallet, and to no other", async (t) => {
  const { context, router, home } = await openCase(t);
  const file = `${home}/key.json`;
  makeWalletFile(home, file);
  const calling = await keyOf(context, file, ["completion_model"]);
  assert.match((await faultOf(readingAccess(withKey(context, calling), router))).why ?? "", /no wallet here/);
  makeWalletFile(home);
  const other = await faultOf(readingAccess(withKey(context, calling), router));
  assert.deepEqual([other.code, other.reason], ["scope_missing", "wallet"]);
  assert.match(other.why ?? "", /the wallet here is not the key's/);
  assert.equal((await readingAccess(withKey(context, calling), router, "completion_model")).bearer, calling);
  const { AIMO_API_KEY: _, ...rest } = withKey(context, calling).environment;
  const own = { ...withKey(context, calling), environment: { ...rest, AIMO_WALLET: file, AIMO_API_KEY: calling } };
  assert.notEqual((await readingAccess(own, router)).bearer, calling);
});

test("a wallet that is named counts more than a key that is set", async (t) => {
  const { context, router, home } = await openCase(t);
  const [file, named] = [`${home}/key.json`, `${home}/named.json`];
  makeWalletFile(home, file);
  const address = makeWalletFile(home, named);
  const access = await readingAccess(withKey(context, await keyOf(context, file, SCOPES), named), router);
  assert.equal(access.wallet, address);
});

test("what is no key is said so without a character of it", async (t) => {
  const { context, router } = await openCase(t);
  for (const text of ["secret-text", "aimo-sk-v2-secret0OIl", "aimo-sk- secret", "sécret"]) {
    const fault = await faultOf(readingAccess(withKey(context, text), router));
    assert.deepEqual([fault.code, fault.reason], ["malformed_key", "wallet"]);
    assert.doesNotMatch(JSON.stringify(fault), /secret|cret-text|sécret/);
  }
});
