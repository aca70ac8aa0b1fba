import assert from "node:assert/strict";
import { test } from "node:test";
import { microUsdc, nanoUsdc } from "@aimo-network/protocol/money";
import type { Receipt } from "@aimo-network/protocol/receipt";
import { costAccount } from "./cost-lines.ts";

const RECEIPT: Receipt = {
  routerId: "FuhgCKDxRT6qxr4bYCQUdAuaq9UGUr4voMUk6bvmfhpX",
  id: "01a21219-a47b-7fe6-812a-c6054307eea6",
  user: "4o8oGSRYCQTvuirbtQYg9EdPMbxZ4824XY3xi7KRMz2R",
  provider: "6YhiWa9pnVLSCHsPdGenxTgZMUfFx7zJbwgEHbKdjdQC",
  model: "qwen/qwen3-32b",
  price: {
    prompt: microUsdc(150_000n),
    completion: microUsdc(600_000n),
    inputCacheRead: microUsdc(75_000n),
    image: microUsdc(0n),
    request: microUsdc(0n),
  },
  promptTokens: 1_000,
  completionTokens: 500,
  cachedTokens: 400,
  reasoningTokens: 120,
  imageCount: 0,
  cost: nanoUsdc(420_000n),
  flags: 1,
  finishReason: "stop",
};

test("the receipt of docs/receipts.md comes to 0.00042 USDC, factor by factor", () => {
  const { lines, sum, owed, charged, isPartly } = costAccount(RECEIPT);
  assert.deepEqual(
    lines.map(({ what, count, price, amount }) => [what, count, price, amount]),
    [
      ["Prompt tokens", 600, "0.15", "0.00009"],
      ["Cached prompt tokens", 400, "0.075", "0.00003"],
      ["Completion tokens", 500, "0.6", "0.0003"],
    ],
  );
  assert.deepEqual([sum, owed, charged, isPartly], ["0.00042", "0.00042", "0.00042", false]);
});

test("without a price of their own cached tokens are prompt tokens; images and the request are counted each", () => {
  const { inputCacheRead: _, ...price } = RECEIPT.price;
  const { lines, sum, owed, isPartly } = costAccount({
    ...RECEIPT,
    price: { ...price, prompt: microUsdc(1n), image: microUsdc(2_000n), request: microUsdc(7n) },
    completionTokens: 0,
    imageCount: 3,
  });
  assert.deepEqual(
    lines.map(({ what, count, amount }) => [what, count, amount]),
    [
      ["Prompt tokens", 1_000, "0.000000001"],
      ["Images", 3, "0.006"],
      ["Request", 1, "0.000007"],
    ],
  );
  assert.deepEqual([sum, owed, isPartly], ["0.006007001", "0.006007001", true]);
});

test("the sum is rounded up once, and an answer that was broken off is free", () => {
  const odd = {
    ...RECEIPT,
    price: { ...RECEIPT.price, prompt: microUsdc(1n) },
    cachedTokens: 0,
    promptTokens: 1,
    completionTokens: 0,
  };
  const { sum, owed } = costAccount(odd);
  assert.deepEqual([sum, owed], ["0.000000000001", "0.000000001"]);
  const free = costAccount({ ...odd, flags: 16, cost: nanoUsdc(0n) });
  assert.deepEqual([free.owed, free.charged, free.free], ["0", "0", "interrupted"]);
});
