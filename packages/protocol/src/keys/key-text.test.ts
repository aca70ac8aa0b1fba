// Keys read back as they were written, and each malformed text has its own fault.
import assert from "node:assert/strict";
import { test } from "node:test";
import { base58 } from "@scure/base";
import fc from "fast-check";
import { isAimoError } from "../errors.ts";
import type { KeyFault } from "../errors.ts";
import { KEY_CHARS_MAX } from "../limits.ts";
import { microUsdc } from "../money.ts";
import type { KeyContent, KeyContentV1, KeyContentV2, Spending } from "./key-content.ts";
import { SCOPES } from "./key-content.ts";
import { formatIssuedKey, formatSignedKey, parseKey } from "./key-text.ts";
import { NEUTRAL_POINT } from "./__fixtures__/test-wallet.ts";
import { plainKey, rawBearer, rawBytes, tagExtension } from "./__fixtures__/raw-key.ts";
import type { RawKey } from "./__fixtures__/raw-key.ts";

const SIGNER = new Uint8Array(32).fill(2);
const SIGNATURE = Uint8Array.from({ length: 64 }, (_, index) => index);

function bytesOf(change: Partial<RawKey> = {}): Uint8Array {
  return rawBytes({ ...plainKey("any"), ...change }, SIGNER, SIGNATURE);
}

function faultOf(text: string): KeyFault {
  try {
    parseKey(text);
  } catch (error) {
    if (!isAimoError(error, "malformed_key")) throw error;
    assert.match(error.context.detail, /(Copy|Make|Use) /, "a detail says what to do");
    return error.context.fault;
  }
  assert.fail("the key was read");
}

const spending: fc.Arbitrary<Spending> = fc.oneof(
  fc.constant<Spending>({ kind: "unlimited" }),
  fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }).map((limit): Spending => ({ kind: "limited", limit: microUsdc(limit) })),
);
const createdAtMs = fc.integer({ min: 0, max: 8_000_000_000_000_000 });
const contentV1: fc.Arbitrary<KeyContentV1> = fc.record(
  {
    version: fc.constant(1 as const),
    tag: fc.stringMatching(/^[A-Za-z0-9_.é]{1,64}$/).filter((tag) => tag !== "u1"),
    createdAtMs,
    validForMs: fc.integer({ min: 1, max: 640_000_000_000_000 }),
    spending,
    scopes: fc.subarray(SCOPES.slice(0, 1)),
  },
  { noNullPrototype: true },
);
const contentV2: fc.Arbitrary<KeyContentV2> = fc
  .record(
    {
      version: fc.constant(2 as const),
      tag: fc.stringMatching(/^[a-z0-9_]{1,24}$/),
      createdAtMs,
      validForMs: fc.integer({ min: 1, max: 366 * 86_400_000 }),
      spending: fc.oneof(spending, fc.constant<Spending>({ kind: "earn_only" })),
      scopes: fc.subarray([...SCOPES]),
    },
    { requiredKeys: ["version", "createdAtMs", "validForMs", "spending", "scopes"], noNullPrototype: true },
  )
  .filter((content) => content.spending.kind !== "earn_only" || !content.scopes.includes("keys"));

test("a signed key of either version reads back as it was written", () => {
  fc.assert(
    fc.property(fc.oneof<fc.Arbitrary<KeyContent>[]>(contentV1, contentV2), (content) => {
      const text = formatSignedKey(content, SIGNER, SIGNATURE);
      const key = parseKey(text);
      assert(key.kind === "signed");
      const { kind: _, signer, signature, bytes, ...read } = key;
      assert.deepEqual(read, content);
      assert.deepEqual([...signer], [...SIGNER]);
      assert.deepEqual([...signature], [...SIGNATURE]);
      assert.equal(text, `aimo-sk-${content.version === 1 ? content.tag : "v2"}-${base58.encode(bytes)}`);
    }),
  );
});

test("a version 2 key without a tag has the 130 bytes that first-generation programs read, with a tag 2 more than it", () => {
  const content: KeyContentV2 = {
    version: 2,
    createdAtMs: 1_795_417_200_000,
    validForMs: 1,
    spending: { kind: "unlimited" },
    scopes: ["completion_model"],
  };
  const plain = parseKey(formatSignedKey(content, SIGNER, SIGNATURE));
  const tagged = parseKey(formatSignedKey({ ...content, tag: "ci" }, SIGNER, SIGNATURE));
  assert.equal(plain.bytes.length, 130);
  assert.deepEqual([...plain.bytes], [...bytesOf({ validFor: 1n })]);
  assert.deepEqual([...tagged.bytes.subarray(130)], [1, 2, 0x63, 0x69]);
});

test("an issued key reads back as its 32 bytes", () => {
  const secret = Uint8Array.from({ length: 32 }, (_, index) => 255 - index);
  const text = formatIssuedKey(secret);
  assert.match(text, /^aimo-sk-u1-[1-9A-HJ-NP-Za-km-z]{43,44}$/);
  assert.deepEqual(parseKey(text), { kind: "issued", bytes: secret });
  assert.throws(() => formatIssuedKey(secret.subarray(1)), /32 bytes/);
});

test("an issued key has exactly 32 bytes", () => {
  assert.equal(faultOf(`aimo-sk-u1-${base58.encode(new Uint8Array(31).fill(9))}`), "length");
  assert.equal(faultOf(`aimo-sk-u1-${base58.encode(new Uint8Array(33).fill(9))}`), "length");
  assert.equal(faultOf(`aimo-sk-u1-${base58.encode(bytesOf())}`), "length");
});

test("an empty text is a missing key", () => {
  assert.throws(
    () => parseKey(""),
    (error) => isAimoError(error, "missing_key"),
  );
});

test("under the tag v2 the version byte decides", () => {
  const first = parseKey(rawBearer(bytesOf({ version: 1 })));
  const second = parseKey(rawBearer(bytesOf({ version: 2 })));
  assert(first.kind === "signed" && second.kind === "signed");
  assert.deepEqual([first.version, first.tag, second.version, second.tag], [1, "v2", 2, undefined]);
});

test("a text is refused for its prefix, its tag, its letters or its length, in this order", () => {
  const encoded = base58.encode(bytesOf());
  const first = base58.encode(bytesOf({ version: 1 }));
  assert.equal(faultOf("Bearer aimo-sk-v2-"), "prefix");
  assert.equal(faultOf("AIMO-SK-v2-1"), "prefix");
  assert.equal(faultOf(" aimo-sk-v2-1"), "prefix");
  assert.equal(faultOf(`aimo-sk-${encoded}`), "tag");
  assert.equal(faultOf(`aimo-sk-V2-${encoded}`), "tag");
  assert.equal(faultOf(`aimo-sk--${first}`), "tag");
  assert.equal(faultOf(`aimo-sk-a b-${first}`), "tag");
  assert.equal(faultOf(`aimo-sk-${"a".repeat(65)}-${first}`), "tag");
  assert.equal(faultOf(`aimo-sk-a-b-${first}`), "base58");
  assert.equal(faultOf(`aimo-sk-v2-${encoded} `), "base58");
  assert.equal(faultOf(`aimo-sk-v2-${encoded}l`), "base58");
  assert.equal(faultOf("aimo-sk-v2-"), "length");
  assert.equal(faultOf(`aimo-sk-v2-${base58.encode(bytesOf().subarray(0, 129))}`), "length");
  assert.equal(faultOf(`aimo-sk-v2-${encoded.slice(0, -1)}`), "length");
});

test("a text is refused beyond the limit of characters before it is decoded", () => {
  const fits = `aimo-sk-v2-${"1".repeat(KEY_CHARS_MAX - "aimo-sk-v2-".length)}`;
  assert.equal(faultOf(fits), "version");
  assert.equal(faultOf(`${fits}1`), "length");
  assert.equal(faultOf(`aimo-sk-v2-${"0".repeat(KEY_CHARS_MAX)}`), "length");
});

test("a key whose last characters were not copied is told to be copied whole", () => {
  // Four digits of base58 less are three bytes less and other first bytes, here 2 and 247: a good version and no wallet.
  const text = rawBearer(bytesOf({ extensions: tagExtension("laptop") })).slice(0, -4);
  assert.throws(
    () => parseKey(text),
    (error) => isAimoError(error, "malformed_key") && error.context.detail.includes("Copy the whole key"),
  );
});

test("bytes are refused for version, wallet, signer, scope, extension, tag or validity", () => {
  const faults: readonly (readonly [KeyFault, Partial<RawKey>])[] = [
    ["version", { version: 0 }],
    ["version", { version: 3 }],
    ["version", { version: 255 }],
    ["length", { version: 1, extensions: [0] }],
    ["wallet", { wallet: 1 }],
    ["scope", { scopes: 8n }],
    ["scope", { scopes: 2n ** 63n }],
    ["scope", { version: 1, scopes: 2n }],
    ["scope", { usageLimit: 2n ** 64n - 1n, scopes: 4n }],
    ["extension", { extensions: [2, 1, 0] }],
    ["extension", { extensions: [...tagExtension("ci"), 2, 1, 0] }],
    ["extension", { extensions: [2, 1, 0, ...tagExtension("ci")] }],
    ["extension", { extensions: [...tagExtension("ci"), ...tagExtension("ci")] }],
    ["extension", { extensions: [1] }],
    ["extension", { extensions: [1, 3, 0x63, 0x69] }],
    ["tag", { extensions: [1, 0] }],
    ["tag", { extensions: tagExtension("a".repeat(25)) }],
    ["tag", { extensions: tagExtension("a-b") }],
    ["tag", { extensions: [1, 1, 0xff] }],
    ["validity", { validFor: 0n }],
    ["validity", { validFor: -1n }],
    ["validity", { validFor: 366n * 86_400_000n + 1n }],
    ["validity", { createdAt: -1n }],
    ["validity", { createdAt: 2n ** 63n - 1n, validFor: 1n }],
    ["validity", { version: 1, createdAt: 1n, validFor: 2n ** 63n - 1n }],
    ["validity", { version: 1, createdAt: -(2n ** 63n), validFor: 2n ** 63n - 1n }],
    ["validity", { version: 1, createdAt: 0n, validFor: 8_640_000_000_000_001n }],
    ["validity", { usageLimit: 2n ** 63n }],
    ["validity", { usageLimit: 2n ** 64n - 2n }],
    ["validity", { version: 1, usageLimit: 2n ** 64n - 1n }],
  ];
  for (const [fault, change] of faults) {
    assert.equal(
      faultOf(rawBearer(bytesOf(change))),
      fault,
      JSON.stringify(change, (_, value) => `${value}`),
    );
  }
  assert.equal(faultOf(rawBearer(rawBytes(plainKey("any"), NEUTRAL_POINT, SIGNATURE))), "wallet");
});

test("a version 1 key may be valid for longer than 366 days, up to the last time there is", () => {
  const key = parseKey(rawBearer(bytesOf({ version: 1, createdAt: 0n, validFor: 8_640_000_000_000_000n })));
  assert(key.kind === "signed");
  assert.equal(key.validForMs, 8_640_000_000_000_000);
});

test("all ones as the limit is earn only in version 2, and a key without a scope is a key", () => {
  const key = parseKey(rawBearer(bytesOf({ usageLimit: 2n ** 64n - 1n, scopes: 0n })));
  assert(key.kind === "signed");
  assert.deepEqual([key.spending, key.scopes], [{ kind: "earn_only" }, []]);
});

test("no message about a key holds a piece of it", () => {
  const encoded = base58.encode(bytesOf());
  for (const text of [`aimo-sk-v2-${encoded}0`, `aimo-sk-${encoded}`, `aimo-sk-x-${encoded}`, `sk-${encoded}`]) {
    assert.throws(
      () => parseKey(text),
      (error) => isAimoError(error) && !error.message.includes(encoded.slice(0, 6)),
    );
  }
});

test("arbitrary text, bytes and tags throw nothing but AimoError", () => {
  const texts = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: "binary", maxLength: 300 }).map((tail) => `aimo-sk-${tail}`),
    fc
      .tuple(fc.constantFrom("v2", "u1", "dev", ""), fc.uint8Array({ maxLength: 200 }))
      .map(([tag, bytes]) => `aimo-sk-${tag}-${base58.encode(bytes)}`),
    fc
      .tuple(fc.constantFrom(1, 2), fc.uint8Array({ minLength: 128, maxLength: 160 }))
      .map(([version, bytes]) => rawBearer(Uint8Array.from([version, 0, ...bytes]))),
  );
  fc.assert(
    fc.property(texts, (text) => {
      try {
        parseKey(text);
      } catch (error) {
        if (!isAimoError(error)) throw error;
      }
    }),
    { numRuns: 1000 },
  );
});

test("bytes near a key are refused as malformed, or read as one key that is written back as it came", () => {
  const edges = [0n, 1n, 2n ** 53n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n, 8_640_000_000_000_000n];
  const near = (max: bigint): fc.Arbitrary<bigint> =>
    fc.oneof(
      { weight: 4, arbitrary: fc.bigInt({ min: 1n, max }) },
      { weight: 1, arbitrary: fc.constantFrom(...edges) },
    );
  const extension = fc.oneof(
    fc.constant([]),
    fc.stringMatching(/^[a-z0-9_]{0,26}$/).map(tagExtension),
    fc.array(fc.nat(255), { maxLength: 30 }),
  );
  const parts = fc.record({
    version: fc.constantFrom(1, 2, 2, 2, 3),
    wallet: fc.constantFrom(0, 0, 0, 0, 1),
    createdAt: near(8_000_000_000_000_000n).map((value) => BigInt.asIntN(64, value)),
    validFor: near(366n * 86_400_000n).map((value) => BigInt.asIntN(64, value)),
    usageLimit: near(2n ** 63n - 1n),
    scopes: fc.bigInt({ min: 0n, max: 4n }),
    extensions: extension,
  });
  let read = 0;
  fc.assert(
    fc.property(parts, (fields) => {
      const text = rawBearer(bytesOf(fields));
      try {
        const key = parseKey(text);
        assert(key.kind === "signed");
        read += 1;
        assert.equal(formatSignedKey(key, key.signer, key.signature), text);
      } catch (error) {
        if (!isAimoError(error, "malformed_key")) throw error;
      }
    }),
    { numRuns: 2_000 },
  );
  assert.ok(read > 100, `${read} of 2000 were read`);
});

test("a signed key is written only with a sound signer and a whole signature", () => {
  const content: KeyContent = {
    version: 2,
    createdAtMs: 0,
    validForMs: 1,
    spending: { kind: "unlimited" },
    scopes: [],
  };
  const refuses = (make: () => string, param: string): void =>
    assert.throws(make, (error) => isAimoError(error, "invalid_request") && error.context.param === param);
  refuses(() => formatSignedKey(content, NEUTRAL_POINT, SIGNATURE), "signer");
  refuses(() => formatSignedKey(content, SIGNER.subarray(1), SIGNATURE), "signer");
  refuses(() => formatSignedKey(content, SIGNER, SIGNATURE.subarray(1)), "signature");
  refuses(() => formatSignedKey({ ...content, validForMs: 0 }, SIGNER, SIGNATURE), "valid_for");
});
