// Makes the published receipts; run this file to print docs/vectors/receipts.json anew.
import { createHash } from "node:crypto";
import { base58, hex } from "@scure/base";
import { manualClock } from "../clock.ts";
import { uuidV7 } from "../ids.ts";
import { merkleTree } from "../merkle.ts";
import { microUsdc, nanoUsdc } from "../money.ts";
import type { Price } from "../price.ts";
import { seededRandom } from "../random.ts";
import { RECEIPT_FLAGS, owedFor } from "../receipt-cost.ts";
import { formatReceipt } from "../receipt-json.ts";
import type { ReceiptJson } from "../receipt-json.ts";
import { FINISH_REASON_BYTES_MAX, MODEL_BYTES_MAX, encodeReceipt, receiptLeaf } from "../receipt.ts";
import type { Receipt } from "../receipt.ts";

/** A receipt with everything that is computed of it, and its place in the tree of them all. */
export interface ReceiptVector {
  readonly name: string;
  readonly receipt: ReceiptJson;
  readonly owed_nano_usdc: string;
  readonly bytes: string;
  readonly salt: string;
  readonly leaf: string;
  readonly proof: { readonly index: number; readonly size: number; readonly path: readonly string[] };
}

/** The whole published file. */
export interface ReceiptVectorFile {
  readonly note: string;
  readonly receipts: readonly ReceiptVector[];
  readonly root: string;
  readonly roots: readonly { readonly size: number; readonly root: string }[];
  readonly reject: readonly { readonly name: string; readonly receipt: unknown }[];
}

const NOTE =
  "Receipts of docs/receipts.md. receipts: each one's JSON, what is owed for it in nano-USDC, its canonical bytes, a salt, its leaf, and its proof below `root`, which is that of a tree of all these leaves in this order. roots: of the first `size` of the leaves. reject: JSON that is no receipt. Bytes are lower-case hex; addresses are the SHA-256 of a name.";

/** An address that is nobody's. */
export function addressOf(name: string): string {
  return base58.encode(createHash("sha256").update(name).digest());
}

/** The salt of a vector. */
export function saltOf(name: string): Uint8Array {
  return createHash("sha256").update(`salt of ${name}`).digest().subarray(0, 16);
}

const PRICE: Price = {
  prompt: microUsdc(150_000n),
  completion: microUsdc(600_000n),
  inputCacheRead: microUsdc(75_000n),
  image: microUsdc(0n),
  request: microUsdc(0n),
};
const LEDGER_MAX = 2 ** 31 - 1;

/** The receipt of the request that came at this place, counted from 0. */
function receiptAt(place: number, changes: Partial<Receipt>): Receipt {
  const made: Receipt = {
    routerId: addressOf("a router"),
    id: uuidV7(manualClock(1_795_600_000_123 + place * 1_234), seededRandom(place)),
    user: addressOf("a user"),
    provider: addressOf("a provider"),
    model: "qwen/qwen3-32b",
    price: PRICE,
    promptTokens: 1_000,
    completionTokens: 500,
    cachedTokens: 400,
    reasoningTokens: 120,
    imageCount: 0,
    cost: nanoUsdc(0n),
    flags: RECEIPT_FLAGS.streamed,
    finishReason: "stop",
    ...changes,
  };
  return changes.cost === undefined ? { ...made, cost: nanoUsdc(owedFor(made).nano) } : made;
}

const NOTHING = { promptTokens: 0, completionTokens: 0, cachedTokens: 0, reasoningTokens: 0 };

const RECEIPTS: readonly (readonly [string, Partial<Receipt>])[] = [
  ["the worked example: a stream, with cached and reasoning tokens", {}],
  ["no price of cached tokens, and a cost that is rounded up", { price: unpriced(), promptTokens: 1_001 }],
  ["images and a price for each request", { price: mediaPrice(), imageCount: 3, flags: 0, finishReason: "length" }],
  ["the client left, and the usage is estimated", { flags: 1 | 2 | 8, finishReason: "", reasoningTokens: 0 }],
  ["broken off by the provider: nothing is charged", { flags: 1 | 16, finishReason: "error" }],
  ["no usage: nothing is charged", { ...NOTHING, price: mediaPrice(), flags: 32 }],
  ["charged late, and less than is owed", { cost: nanoUsdc(1n), flags: 64 | 4 }],
  ["a free offer", { price: { prompt: microUsdc(0n), completion: microUsdc(0n) }, flags: 0 }],
  [
    "as long and as large as it gets",
    {
      model: "🜂".repeat(MODEL_BYTES_MAX / 4),
      finishReason: "🜄".repeat(FINISH_REASON_BYTES_MAX / 4),
      promptTokens: LEDGER_MAX,
      cachedTokens: LEDGER_MAX,
      completionTokens: LEDGER_MAX,
      reasoningTokens: LEDGER_MAX,
      imageCount: 65_535,
      flags: 65_535 & ~(16 | 32),
      cost: nanoUsdc(2n ** 63n - 1n),
      price: dearest(),
    },
  ],
];

function unpriced(): Price {
  const { completion } = PRICE;
  return { prompt: microUsdc(1n), completion, image: microUsdc(0n), request: microUsdc(0n) };
}

function mediaPrice(): Price {
  return { ...PRICE, image: microUsdc(1_500n), request: microUsdc(250n) };
}

function dearest(): Price {
  const most = microUsdc(1_000_000n * 1_000_000n);
  return { prompt: most, completion: most, inputCacheRead: most, image: most, request: most };
}

/** Changes of the worked example's JSON that make it no receipt. */
const REJECT: readonly (readonly [string, object])[] = [
  ["another version", { version: 2 }],
  ["a member that is not in the bytes", { note: "paid" }],
  ["a router that is no address", { router: "1111" }],
  ["an address of 33 bytes", { user: base58.encode(new Uint8Array(33).fill(1)) }],
  ["an id without gen-", { id: "019c0000-0000-7000-8000-000000000000" }],
  ["an id of another version", { id: "gen-019c0000-0000-4000-8000-000000000000" }],
  ["another moment than the id's", { admitted_at: "2026-11-25T00:00:00.000Z" }],
  ["an empty model", { model: "" }],
  ["a model of 801 bytes", { model: "a".repeat(801) }],
  ["half a character", { model: "\ud83d" }],
  ["a negative price", { pricing: { prompt: "-1", completion: "1" } }],
  ["a price of seven decimals", { pricing: { prompt: "0.0000001", completion: "1" } }],
  ["tokens beyond four bytes", { prompt_tokens: 2 ** 32 }],
  ["a negative count", { completion_tokens: -1 }],
  ["half a token", { completion_tokens: 0.5 }],
  ["more cached tokens than prompt", { cached_tokens: 1_001 }],
  ["more reasoning tokens than completion", { reasoning_tokens: 501 }],
  ["a cost that is a number", { cost: 0.0004 }],
  ["a cost with a sign", { cost: "-0.0004" }],
  ["a cost with an exponent", { cost: "4e-4" }],
  ["a cost of ten decimals", { cost: "0.0000000001" }],
  ["flags beyond two bytes", { flags: 65_536 }],
  ["an empty finish reason", { finish_reason: "" }],
  ["no finish reason", { finish_reason: undefined }],
];

/** Makes the whole file, always the same. */
export function makeReceiptVectors(): ReceiptVectorFile {
  const made = RECEIPTS.map(([name, changes], place) => ({
    name,
    receipt: receiptAt(place, changes),
    salt: saltOf(name),
  }));
  const leaves = made.map(({ receipt: each, salt }) => receiptLeaf(each, salt));
  const size = leaves.length;
  const receipts = made.map(({ name, receipt: each, salt }, index): ReceiptVector => {
    const path = merkleTree(leaves)
      .proofOf(index)
      .map((hash) => hex.encode(hash));
    return {
      name,
      receipt: formatReceipt(each),
      owed_nano_usdc: `${owedFor(each).nano}`,
      bytes: hex.encode(encodeReceipt(each)),
      salt: hex.encode(salt),
      leaf: hex.encode(leaves[index] ?? salt),
      proof: { index, size, path },
    };
  });
  const rootOf = (count: number): string => hex.encode(merkleTree(leaves.slice(0, count)).root);
  return {
    note: NOTE,
    receipts,
    root: rootOf(size),
    roots: Array.from({ length: size + 1 }, (_, count) => ({ size: count, root: rootOf(count) })),
    reject: REJECT.map(([name, changes]) => ({ name, receipt: { ...receipts[0]?.receipt, ...changes } })),
  };
}

if (import.meta.main) process.stdout.write(`${JSON.stringify(makeReceiptVectors(), null, 2)}\n`);
