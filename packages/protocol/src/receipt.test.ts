// A receipt's bytes beside a reader of its own, and the leaf that stands for them.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { base58, hex } from "@scure/base";
import fc from "fast-check";
import { isAimoError } from "./errors.ts";
import { microUsdc, nanoUsdc } from "./money.ts";
import type { MicroUsdc, NanoUsdc } from "./money.ts";
import {
  FINISH_REASON_BYTES_MAX,
  MODEL_BYTES_MAX,
  RECEIPT_SHORT_MAX,
  RECEIPT_TOKENS_MAX,
  admittedAtMs,
  encodeReceipt,
  receiptLeaf,
} from "./receipt.ts";
import type { Receipt } from "./receipt.ts";
import { someReceipt } from "./test-bed/some-receipt.ts";

const [sample] = fc.sample(someReceipt, { seed: 1, numRuns: 1 }) as [Receipt];

/** Reads the bytes by the table of docs/receipts.md, without the encoder's words for anything. */
function readBytes(bytes: Uint8Array): Receipt {
  const buffer = Buffer.from(bytes);
  let at = 0;
  const take = (length: number): Buffer => buffer.subarray(at, (at += length));
  const number = (length: number): bigint => BigInt(`0x${take(length).toString("hex")}`);
  const text = (): string => take(Number(number(2))).toString("utf8");
  assert.equal(number(1), 1n);
  const routerId = base58.encode(take(32));
  const id = take(16)
    .toString("hex")
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  const [user, provider] = [base58.encode(take(32)), base58.encode(take(32))];
  const [prompt, completion] = [microUsdc(number(8)), microUsdc(number(8))];
  const [hasCached, cached] = [number(1), microUsdc(number(8))];
  assert.ok(hasCached === 1n || (hasCached === 0n && cached === 0n));
  const [image, request] = [microUsdc(number(8)), microUsdc(number(8))];
  const price = { prompt, completion, ...(hasCached === 1n && { inputCacheRead: cached }), image, request };
  const [promptTokens = 0, completionTokens = 0, cachedTokens = 0, reasoningTokens = 0] = [4, 4, 4, 4].map((length) =>
    Number(number(length)),
  );
  const [imageCount, flags] = [Number(number(2)), Number(number(2))];
  const cost = nanoUsdc(number(8));
  const [model, finishReason] = [text(), text()];
  assert.equal(at, bytes.length);
  const tokens = { promptTokens, completionTokens, cachedTokens, reasoningTokens };
  return { routerId, id, user, provider, model, price, ...tokens, imageCount, flags, cost, finishReason };
}

test("a receipt can be read from its bytes, so no two have the same", () => {
  fc.assert(fc.property(someReceipt, (receipt) => assert.deepEqual(readBytes(encodeReceipt(receipt)), receipt)));
});

test("prices of images and requests that are not there are zero, and no price of cached tokens is not zero", () => {
  const { prompt, completion } = sample.price;
  const bare = { ...sample, price: { prompt, completion } };
  const [free, zero] = [microUsdc(0n), encodeReceipt(bare)];
  assert.deepEqual(encodeReceipt({ ...bare, price: { ...bare.price, image: free, request: free } }), zero);
  assert.notDeepEqual(encodeReceipt({ ...bare, price: { ...bare.price, inputCacheRead: free } }), zero);
});

test("the leaf is the hash of kind, salt and bytes", () => {
  fc.assert(
    fc.property(someReceipt, fc.uint8Array({ minLength: 16, maxLength: 16 }), (receipt, salt) => {
      const hash = createHash("sha256").update("\0aimo receipt v1\0").update(salt).update(encodeReceipt(receipt));
      assert.equal(hex.encode(receiptLeaf(receipt, salt)), hash.digest("hex"));
    }),
  );
  assert.throws(
    () => receiptLeaf(sample, new Uint8Array(15)),
    (error) => isAimoError(error, "invalid_request"),
  );
});

test("the moment of admission is the id's", () => {
  assert.equal(admittedAtMs({ ...sample, id: "019c0000-0001-7000-8000-000000000000" }), 0x019c_0000_0001);
});

const claimed = (amount: bigint): NanoUsdc & MicroUsdc => amount as NanoUsdc & MicroUsdc;

test("every field is held to its bounds, on both sides", () => {
  const refused = (changes: Partial<Receipt>, code: "invalid_request" | "invalid_amount", param?: string): void =>
    assert.throws(
      () => encodeReceipt({ ...sample, ...changes }),
      (error) =>
        isAimoError(error, code) &&
        (param === undefined || ("param" in error.context && error.context.param === param)),
      JSON.stringify(Object.keys(changes)),
    );
  const taken = (changes: Partial<Receipt>): void => void encodeReceipt({ ...sample, ...changes });
  for (const text of [
    "",
    "O0Il",
    base58.encode(new Uint8Array(31).fill(1)),
    base58.encode(new Uint8Array(33).fill(1)),
  ]) {
    refused({ routerId: text }, "invalid_request", "router");
    refused({ user: text }, "invalid_request", "user");
    refused({ provider: text }, "invalid_request", "provider");
  }
  for (const id of ["", sample.id.toUpperCase(), `gen-${sample.id}`, sample.id.replace(/-7/, "-4")])
    if (id !== sample.id) refused({ id }, "invalid_request", "id");
  taken({ model: "a".repeat(MODEL_BYTES_MAX) });
  for (const model of ["", "a".repeat(MODEL_BYTES_MAX + 1), "é".repeat(MODEL_BYTES_MAX / 2 + 1), "\ud800", "\udc00a"])
    refused({ model }, "invalid_request", "model");
  taken({ finishReason: "a".repeat(FINISH_REASON_BYTES_MAX) });
  for (const finishReason of ["a".repeat(FINISH_REASON_BYTES_MAX + 1), "\ud800"])
    refused({ finishReason }, "invalid_request", "finish_reason");
  const most = { promptTokens: RECEIPT_TOKENS_MAX, completionTokens: RECEIPT_TOKENS_MAX };
  taken({ ...most, cachedTokens: RECEIPT_TOKENS_MAX, reasoningTokens: RECEIPT_TOKENS_MAX });
  for (const odd of [-1, 0.5, Number.NaN, RECEIPT_TOKENS_MAX + 1]) {
    refused({ promptTokens: odd }, "invalid_request", "prompt_tokens");
    refused({ completionTokens: odd }, "invalid_request", "completion_tokens");
    refused({ ...most, cachedTokens: odd }, "invalid_request", "cached_tokens");
    refused({ ...most, reasoningTokens: odd }, "invalid_request", "reasoning_tokens");
  }
  refused({ promptTokens: 5, cachedTokens: 6 }, "invalid_request", "cached_tokens");
  refused({ completionTokens: 5, reasoningTokens: 6 }, "invalid_request", "reasoning_tokens");
  taken({ imageCount: RECEIPT_SHORT_MAX, flags: RECEIPT_SHORT_MAX });
  for (const odd of [-1, 1.5, RECEIPT_SHORT_MAX + 1]) {
    refused({ imageCount: odd }, "invalid_request", "image_count");
    refused({ flags: odd }, "invalid_request", "flags");
  }
  for (const amount of [claimed(-1n), claimed(2n ** 63n)]) {
    refused({ cost: amount }, "invalid_amount");
    for (const name of ["prompt", "completion", "inputCacheRead", "image", "request"] as const)
      refused({ price: { ...sample.price, [name]: amount } }, "invalid_amount");
  }
});
