// First-generation keys, times, bindings and damage: what verifies and why the rest does not.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { base58 } from "@scure/base";
import fc from "fast-check";
import { isAimoError } from "../errors.ts";
import type { ErrorCode, KeyFault } from "../errors.ts";
import { formatIssuedKey } from "./key-text.ts";
import { verifyKey } from "./verify-key.ts";
import { plainKey, rawBearer, rawBytes, rawMessage, signText, tagExtension } from "./__fixtures__/raw-key.ts";
import type { RawKey } from "./__fixtures__/raw-key.ts";
import { respellSignature, signatureWithNeutralR, walletFromSeed } from "./__fixtures__/test-wallet.ts";

interface FirstGenerationKey {
  readonly tag: string;
  readonly wallet: string;
  readonly key: string;
  readonly created_at: number;
  readonly valid_for: number;
  readonly usage_limit: number;
}

interface FirstGenerationFile {
  readonly valid: readonly FirstGenerationKey[];
  readonly expired_at_once: FirstGenerationKey;
  readonly reject: readonly { readonly why: string; readonly key: string }[];
}

const FIRST_GENERATION = JSON.parse(
  readFileSync(new URL("./__fixtures__/first-generation-keys.json", import.meta.url), "utf8"),
) as FirstGenerationFile;

const wallet = await walletFromSeed("AiMo Network public test seed 01");
const routerId = (await walletFromSeed("AiMo Network public test seed 02")).address;
const otherRouterId = (await walletFromSeed("AiMo Network public test seed 03")).address;
const CREATED_AT_MS = Date.UTC(2026, 10, 23, 7);

async function refuses(text: string, nowMs: number, code: ErrorCode, fault?: KeyFault, name = text): Promise<void> {
  let reason = "verified";
  try {
    await verifyKey(text, { routerId, nowMs });
  } catch (error) {
    if (!isAimoError(error)) throw error;
    reason = isAimoError(error, "malformed_key") ? `${error.code} ${error.context.fault}` : error.code;
  }
  assert.equal(reason, fault === undefined ? code : `${code} ${fault}`, name);
}

async function signedBytes(raw: RawKey): Promise<Uint8Array> {
  return rawBytes(raw, wallet.publicKey, await signText(wallet, rawMessage(raw)));
}

for (const vector of FIRST_GENERATION.valid) {
  test(`the first-generation key \`${vector.tag}\` verifies from its creation until its end, and not at its end`, async () => {
    const endMs = vector.created_at + vector.valid_for;
    const middleMs = vector.created_at + Math.floor(vector.valid_for / 2);
    for (const nowMs of [vector.created_at - 300_000, vector.created_at, vector.created_at + 1, middleMs, endMs - 1]) {
      const { id, ...key } = await verifyKey(vector.key, { routerId, nowMs });
      assert.match(id, /^[0-9a-f]{32}$/);
      assert.deepEqual(key, {
        version: 1,
        wallet: vector.wallet,
        scopes: ["completion_model"],
        spending:
          vector.usage_limit === 0 ? { kind: "unlimited" } : { kind: "limited", limit: BigInt(vector.usage_limit) },
        createdAtMs: vector.created_at,
        expiresAtMs: endMs,
        boundTo: "any",
      });
    }
    await refuses(vector.key, endMs, "key_expired");
    await refuses(vector.key, endMs + 1, "key_expired");
    await refuses(vector.key, vector.created_at - 300_001, "malformed_key", "from_future");
  });
}

test("the first-generation key that is valid for no time is refused at every time", async () => {
  const { key, created_at: createdAt } = FIRST_GENERATION.expired_at_once;
  for (const nowMs of [createdAt - 1, createdAt, createdAt + 1]) await refuses(key, nowMs, "malformed_key", "validity");
});

test("each damaged first-generation key is refused for its own reason", async () => {
  const reasons: Readonly<Record<string, readonly [ErrorCode, KeyFault?]>> = {
    "signature bit flipped": ["bad_signature"],
    "signer bit flipped": ["bad_signature"],
    "usage_limit bit flipped": ["bad_signature"],
    "created_at bit flipped": ["bad_signature"],
    "version 0": ["malformed_key", "version"],
    "wallet kind 1": ["malformed_key", "wallet"],
    "unknown scope bit": ["malformed_key", "scope"],
    truncated: ["malformed_key", "length"],
    "version 1 with a trailing byte": ["malformed_key", "length"],
    "character outside base58": ["malformed_key", "base58"],
    "no tag": ["malformed_key", "tag"],
    empty: ["malformed_key", "length"],
  };
  const prod = FIRST_GENERATION.valid.find(({ tag }) => tag === "prod");
  assert(prod !== undefined);
  assert.deepEqual(
    FIRST_GENERATION.reject.map(({ why }) => why),
    Object.keys(reasons),
  );
  for (const { why, key } of FIRST_GENERATION.reject) {
    const [code, fault] = reasons[why] ?? ["internal"];
    await refuses(key, prod.created_at + 1, code, fault, why);
  }
});

test("another unsigned tag leaves a first-generation key and its id as they are", async () => {
  for (const { key, tag, created_at: nowMs } of FIRST_GENERATION.valid) {
    const renamed = key.replace(`aimo-sk-${tag}-`, "aimo-sk-v2-");
    assert.deepEqual(await verifyKey(renamed, { routerId, nowMs }), await verifyKey(key, { routerId, nowMs }));
  }
});

test("a key bound to the router says so, an any key says any, and another router's key is refused", async () => {
  const at = { routerId, nowMs: CREATED_AT_MS };
  const bound = await verifyKey(rawBearer(await signedBytes(plainKey(routerId))), at);
  const unbound = await verifyKey(rawBearer(await signedBytes(plainKey("any"))), at);
  assert.deepEqual([bound.boundTo, unbound.boundTo], [routerId, "any"]);
  const elsewhere = rawBearer(await signedBytes(plainKey(otherRouterId)));
  assert.equal((await verifyKey(elsewhere, { ...at, routerId: otherRouterId })).boundTo, otherRouterId);
  await refuses(elsewhere, CREATED_AT_MS, "key_for_other_router");
});

test("an expired key is refused as expired whatever its signature, and one from the future as that", async () => {
  const bytes = rawBytes(plainKey(otherRouterId), wallet.publicKey, new Uint8Array(64));
  const endMs = CREATED_AT_MS + 90 * 86_400_000;
  await refuses(rawBearer(bytes), endMs, "key_expired");
  await refuses(rawBearer(bytes), CREATED_AT_MS - 300_001, "malformed_key", "from_future");
  await refuses(rawBearer(bytes), endMs - 1, "bad_signature");
});

test("the refusal of an expired key says when it expired", async () => {
  const text = rawBearer(await signedBytes(plainKey(routerId)));
  await assert.rejects(
    verifyKey(text, { routerId, nowMs: CREATED_AT_MS + 90 * 86_400_000 }),
    (error) => isAimoError(error, "key_expired") && error.context.expiredAt === "2027-02-21T07:00:00.000Z",
  );
});

test("a signature respelled with S + L, or with an R of low order, is refused before any engine sees it", async () => {
  const raw = plainKey(routerId);
  const respelled = respellSignature(await signText(wallet, rawMessage(raw)));
  const neutral = await signatureWithNeutralR(wallet, rawMessage(raw));
  await refuses(rawBearer(rawBytes(raw, wallet.publicKey, respelled)), CREATED_AT_MS, "bad_signature");
  await refuses(rawBearer(rawBytes(raw, wallet.publicKey, neutral)), CREATED_AT_MS, "bad_signature");
});

test("a wallet-signed verification refuses an issued key, and a router that has no id is a programmer's error", async () => {
  await refuses(formatIssuedKey(new Uint8Array(32).fill(7)), CREATED_AT_MS, "malformed_key", "prefix");
  const text = rawBearer(await signedBytes(plainKey("any")));
  await assert.rejects(verifyKey(text, { routerId: "any", nowMs: CREATED_AT_MS }), /assertion failed/);
});

const FLIPPED: readonly (readonly [string, RawKey])[] = [
  [
    "bound to the router with a tag and every scope",
    { ...plainKey(routerId), scopes: 7n, extensions: tagExtension("ci") },
  ],
  ["for any router", plainKey("any")],
];
for (const [name, plain] of FLIPPED) {
  test(`a key ${name} fails with any one bit flipped`, async () => {
    const tagged = plain.extensions.length > 0;
    const words = { ...plain.words, ...(tagged && { tag: "ci", scopes: "completion_model, account, keys" }) };
    const raw: RawKey = { ...plain, words };
    const bytes = await signedBytes(raw);
    await verifyKey(rawBearer(bytes), { routerId, nowMs: CREATED_AT_MS });
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = bytes.map((byte, index) => (index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
      await assert.rejects(
        verifyKey(rawBearer(flipped), { routerId, nowMs: CREATED_AT_MS }),
        (error) => isAimoError(error),
        `bit ${bit & 7} of byte ${bit >> 3}`,
      );
    }
  });
}

test("a first-generation key fails with any one bit flipped", async () => {
  const [vector] = FIRST_GENERATION.valid;
  assert(vector !== undefined);
  const bytes = base58.decode(vector.key.slice("aimo-sk-dev-".length));
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = bytes.map((byte, index) => (index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
    const text = `aimo-sk-dev-${base58.encode(flipped)}`;
    await assert.rejects(
      verifyKey(text, { routerId, nowMs: vector.created_at }),
      (error) => isAimoError(error),
      `bit ${bit & 7} of byte ${bit >> 3}`,
    );
  }
});

test("verification of arbitrary content at an arbitrary time throws nothing but AimoError", async () => {
  const nowMs = fc.oneof(fc.integer({ min: 0 }), fc.constantFrom(0, CREATED_AT_MS, 8_640_000_000_000_000));
  const tails = fc.uint8Array({ minLength: 32, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(1, 2), tails, nowMs, async (version, tail, timeMs) => {
      const bytes = Uint8Array.from([version, 0, ...wallet.publicKey, ...new Uint8Array(64), ...tail]);
      await assert.rejects(verifyKey(rawBearer(bytes), { routerId, nowMs: timeMs }), (error) => isAimoError(error));
    }),
  );
});
