// Keys that fresh wallets sign, and wallets that sign something else.
import assert from "node:assert/strict";
import { test } from "node:test";
import { base58 } from "@scure/base";
import { isAimoError } from "../errors.ts";
import { microUsdc } from "../money.ts";
import type { KeyContentV1, KeyContentV2 } from "./key-content.ts";
import { ANY_ROUTER } from "./key-message.ts";
import type { Wallet } from "./sign-key.ts";
import { signFirstGenerationKey, signKey } from "./sign-key.ts";
import { verifyKey } from "./verify-key.ts";

const routerId = "HYuUE11tAS3QhCAioazawLSp96MJDQcTTeQhD74nZcPG";
const otherRouterId = "72fsFocqfWsrHtzujTb4AddVre2QxypiBgPYRxv5SFM6";
const createdAtMs = Date.UTC(2026, 10, 23, 7);

const content: KeyContentV2 = {
  version: 2,
  createdAtMs,
  validForMs: 90 * 86_400_000,
  spending: { kind: "limited", limit: microUsdc(25_000_000n) },
  scopes: ["completion_model", "account", "keys"],
  tag: "laptop",
};

async function newWallet(): Promise<Wallet & { signed: string[] }> {
  const pair = await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
  assert("privateKey" in pair);
  const signed: string[] = [];
  return {
    signed,
    publicKey: new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)),
    async sign(message) {
      signed.push(new TextDecoder().decode(message));
      return new Uint8Array(await crypto.subtle.sign("Ed25519", pair.privateKey, new Uint8Array(message)));
    },
  };
}

test("a key that a new wallet signs for a router verifies there with all it says, and nowhere else", async () => {
  const wallet = await newWallet();
  const text = await signKey(wallet, content, routerId);
  const { id: _, ...key } = await verifyKey(text, { routerId, nowMs: createdAtMs });
  assert.deepEqual(key, {
    version: 2,
    wallet: base58.encode(wallet.publicKey),
    scopes: content.scopes,
    spending: content.spending,
    tag: "laptop",
    createdAtMs,
    expiresAtMs: createdAtMs + content.validForMs,
    boundTo: routerId,
  });
  await assert.rejects(verifyKey(text, { routerId: otherRouterId, nowMs: createdAtMs }), (error) =>
    isAimoError(error, "key_for_other_router"),
  );
});

test("a key for any router verifies at every router", async () => {
  const text = await signKey(await newWallet(), { ...content, spending: { kind: "unlimited" } }, ANY_ROUTER);
  for (const id of [routerId, otherRouterId]) {
    assert.equal((await verifyKey(text, { routerId: id, nowMs: createdAtMs })).boundTo, ANY_ROUTER);
  }
});

test("an earn-only provider key and a first-generation key verify", async () => {
  const wallet = await newWallet();
  const earning: KeyContentV2 = { ...content, spending: { kind: "earn_only" }, scopes: ["completion_model"] };
  const provider = await verifyKey(await signKey(wallet, earning, routerId), { routerId, nowMs: createdAtMs });
  assert.deepEqual(provider.spending, { kind: "earn_only" });
  const { version: _, ...rest } = content;
  const old: KeyContentV1 = { ...rest, version: 1, tag: "dev", scopes: ["completion_model"] };
  const text = await signFirstGenerationKey(wallet, old);
  assert.match(text, /^aimo-sk-dev-/);
  const first = await verifyKey(text, { routerId, nowMs: createdAtMs });
  assert.deepEqual([first.version, first.boundTo, first.tag], [1, ANY_ROUTER, undefined]);
});

test("a wallet is never asked to sign what no key may say", async () => {
  const wallet = await newWallet();
  await assert.rejects(signKey(wallet, { ...content, validForMs: 0 }, routerId), (error) =>
    isAimoError(error, "invalid_request"),
  );
  await assert.rejects(signKey(wallet, content, "not a router"), (error) => isAimoError(error, "invalid_request"));
  assert.deepEqual(wallet.signed, []);
});

test("a wallet that signs another text or for another account yields no key", async () => {
  const wallet = await newWallet();
  const stranger = await newWallet();
  const wrapped: Wallet = { ...wallet, sign: (message) => wallet.sign(Uint8Array.from([0xff, ...message])) };
  const mistaken: Wallet = { ...wallet, sign: (message) => stranger.sign(message) };
  for (const wrong of [wrapped, mistaken]) {
    await assert.rejects(signKey(wrong, content, routerId), (error) => isAimoError(error, "bad_signature"));
  }
});

test("a wallet whose owner declines passes the refusal on", async () => {
  const wallet: Wallet = { ...(await newWallet()), sign: () => Promise.reject(new Error("declined")) };
  await assert.rejects(signKey(wallet, content, routerId), /declined/);
});
