// Receipts as a ledger may hold them, for properties.
import { base58, hex } from "@scure/base";
import fc from "fast-check";
import { microUsdc, nanoUsdc } from "../money.ts";
import { RECEIPT_SHORT_MAX, RECEIPT_TOKENS_MAX } from "../receipt.ts";
import type { Receipt } from "../receipt.ts";

const someAddress = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => base58.encode(bytes));
const someId = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => {
  const digits = hex.encode(bytes.with(6, 0x70 | (bytes[6]! & 0x0f)).with(8, 0x80 | (bytes[8]! & 0x3f)));
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
});
const somePrice = fc
  .oneof(fc.constant(0n), fc.bigInt(0n, 20_000_000n), fc.bigInt(0n, 1_000_000_000_000n))
  .map((price) => microUsdc(price));
const someCount = fc.oneof(fc.nat(20), fc.nat(200_000), fc.nat(RECEIPT_TOKENS_MAX));
const someText = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 12 }),
  fc.constantFrom("stop", "length", "tool_calls"),
);

/** Any receipt; what it says of its cost need not be true. */
export const someReceipt: fc.Arbitrary<Receipt> = fc
  .record({
    routerId: someAddress,
    id: someId,
    user: someAddress,
    provider: someAddress,
    model: fc.oneof(
      fc.constant("qwen/qwen3-32b"),
      someText.filter((text) => text !== ""),
    ),
    price: fc.record(
      { prompt: somePrice, completion: somePrice, inputCacheRead: somePrice, image: somePrice, request: somePrice },
      { requiredKeys: ["prompt", "completion", "image", "request"], noNullPrototype: true },
    ),
    promptTokens: someCount,
    completionTokens: someCount,
    cachedPart: fc.double({ min: 0, max: 1, noNaN: true }),
    reasoningPart: fc.double({ min: 0, max: 1, noNaN: true }),
    imageCount: fc.oneof(fc.nat(3), fc.nat(RECEIPT_SHORT_MAX)),
    cost: fc.bigInt(0n, 2n ** 63n - 1n).map((cost) => nanoUsdc(cost)),
    flags: fc.nat(RECEIPT_SHORT_MAX),
    finishReason: someText,
  })
  .map(({ cachedPart, reasoningPart, ...receipt }) => ({
    ...receipt,
    cachedTokens: Math.floor(receipt.promptTokens * cachedPart),
    reasoningTokens: Math.floor(receipt.completionTokens * reasoningPart),
  }));
