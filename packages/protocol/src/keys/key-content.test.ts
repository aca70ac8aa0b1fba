// The published version 2 vectors against the code, and against their maker.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { base58, hex } from "@scure/base";
import { isAimoError } from "../errors.ts";
import type { ErrorCode, KeyFault } from "../errors.ts";
import { verifyText } from "./ed25519.ts";
import { keyMessage, revocationMessage } from "./key-message.ts";
import { formatSignedKey, parseKey } from "./key-text.ts";
import { verifyKey } from "./verify-key.ts";
import { makeVectors } from "./__fixtures__/version-2-vectors.ts";
import type { VectorFile } from "./__fixtures__/version-2-vectors.ts";

const FILE = new URL("../../../../docs/vectors/api-keys-v2.json", import.meta.url);
const vectors = JSON.parse(readFileSync(FILE, "utf8")) as VectorFile;
const routerId = vectors.router_id;

const REASONS: readonly ErrorCode[] = ["missing_key", "bad_signature", "key_for_other_router", "key_expired"];
const FAULTS: readonly KeyFault[] = [
  "prefix",
  "tag",
  "base58",
  "length",
  "version",
  "wallet",
  "scope",
  "extension",
  "validity",
  "from_future",
];

test("the published vectors are the ones that their maker makes", async () => {
  assert.deepEqual(vectors, await makeVectors());
});

test("the published vectors hold every kind of valid key and every reason to refuse one", () => {
  assert.deepEqual(
    new Set(vectors.valid.map(({ spending }) => spending)),
    new Set(["unlimited", "limited", "earn_only"]),
  );
  assert.deepEqual(new Set(vectors.valid.map(({ bound_to: boundTo }) => boundTo)), new Set([routerId, "any"]));
  assert.deepEqual(new Set(vectors.reject.map(({ code, fault }) => fault ?? code)), new Set([...REASONS, ...FAULTS]));
});

for (const vector of vectors.valid) {
  test(`the published key ${vector.name} verifies as it says and is written and worded anew from what was read`, async () => {
    const endMs = vector.created_at + vector.valid_for;
    for (const nowMs of [vector.created_at - 300_000, vector.created_at, endMs - 1]) {
      const { spending, ...key } = await verifyKey(vector.key, { routerId, nowMs });
      assert.deepEqual(key, {
        id: vector.key_id,
        version: 2,
        wallet: vectors.wallet,
        scopes: vector.scopes,
        ...(vector.tag !== null && { tag: vector.tag }),
        createdAtMs: vector.created_at,
        expiresAtMs: endMs,
        boundTo: vector.bound_to,
      });
      assert.equal(spending.kind, vector.spending);
      if (spending.kind === "limited") assert.equal(spending.limit, BigInt(vector.usage_limit));
    }
    await assert.rejects(verifyKey(vector.key, { routerId, nowMs: endMs }), (error) =>
      isAimoError(error, "key_expired"),
    );
    const key = parseKey(vector.key);
    assert(key.kind === "signed" && key.version === 2);
    assert.equal(hex.encode(key.bytes), vector.bytes);
    assert.equal(keyMessage(key, vector.bound_to), vector.message);
    assert.equal(formatSignedKey(key, key.signer, key.signature), vector.key);
  });
}

for (const vector of vectors.reject) {
  test(`the published text is refused: ${vector.name}`, async () => {
    await assert.rejects(verifyKey(vector.key, { routerId, nowMs: vector.at }), (error) => {
      if (!isAimoError(error)) return false;
      assert.equal(error.code, vector.code);
      assert.equal(isAimoError(error, "malformed_key") ? error.context.fault : null, vector.fault);
      return true;
    });
  });
}

test("the published revocation has its message and a good signature", async () => {
  const { key_id: keyId, date: dateMs, message, signature } = vectors.revocation;
  assert.equal(revocationMessage({ keyId, routerId, dateMs }), message);
  assert.equal(await verifyText(base58.decode(vectors.wallet), message, hex.decode(signature)), true);
});
