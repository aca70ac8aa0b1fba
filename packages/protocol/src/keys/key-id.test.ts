// What a key's id and hash depend on, and what not.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { bearerHash, keyId } from "./key-id.ts";
import { formatIssuedKey, parseKey } from "./key-text.ts";
import { plainKey, rawBearer, rawBytes } from "./__fixtures__/raw-key.ts";

const SIGNER = new Uint8Array(32).fill(2);

async function idOf(text: string): Promise<string> {
  return await keyId(parseKey(text));
}

test("a key id is the first 16 bytes of the SHA-256 of everything but the signature", async () => {
  const bytes = rawBytes(plainKey("any"), SIGNER, new Uint8Array(64).fill(5));
  const expected = createHash("sha256").update(bytes.subarray(0, 34)).update(bytes.subarray(98)).digest("hex");
  assert.equal(await idOf(rawBearer(bytes)), expected.slice(0, 32));
});

test("another signature or another unsigned tag is the same key, another content is not", async () => {
  const first = { ...plainKey("any"), version: 1 };
  const bearer = rawBearer(rawBytes(first, SIGNER, new Uint8Array(64).fill(5)));
  const id = await idOf(bearer);
  assert.equal(await idOf(rawBearer(rawBytes(first, SIGNER, new Uint8Array(64).fill(6)))), id);
  assert.equal(await idOf(bearer.replace("-v2-", "-prod-")), id);
  assert.notEqual(await idOf(rawBearer(rawBytes({ ...first, usageLimit: 1n }, SIGNER, new Uint8Array(64)))), id);
});

test("an issued key has an id and a hash of its whole bearer, and neither is the other", async () => {
  const secret = new Uint8Array(32).fill(9);
  const bearer = formatIssuedKey(secret);
  assert.equal(await idOf(bearer), createHash("sha256").update(secret).digest("hex").slice(0, 32));
  assert.equal(await bearerHash(bearer), createHash("sha256").update(bearer).digest("hex"));
});
