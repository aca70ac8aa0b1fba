// What user and provider need to prove what an answer was billed, as bytes that are the same everywhere (docs/receipts.md).
import { hex } from "@scure/base";
import { AimoError } from "./errors.ts";
import { generationId, readGenerationId, uuidTimeMs } from "./ids.ts";
import { joinPieces } from "./byte-pieces.ts";
import { saltedLeaf } from "./merkle.ts";
import { microUsdc, nanoUsdc } from "./money.ts";
import type { NanoUsdc } from "./money.ts";
import type { Price } from "./price.ts";
import { readAddress } from "./sign-in/sign-in-message.ts";
import type { Usage } from "./usage.ts";

/** The tokens that an answer is billed by. */
type BilledTokens = Pick<Usage, "promptTokens" | "completionTokens" | "cachedTokens" | "reasoningTokens">;

/** One answered request as it was billed; nothing of what was asked or answered. Wallets and router in base58. */
export interface Receipt extends BilledTokens {
  readonly routerId: string;
  /** The generation's UUID version 7: it begins with the moment of admission. */
  readonly id: string;
  readonly user: string;
  readonly provider: string;
  /** `author/slug`, as the ledger has it. */
  readonly model: string;
  /** At admission; an image or a request without a price costs nothing. */
  readonly price: Price;
  readonly imageCount: number;
  readonly cost: NanoUsdc;
  /** Bits of `RECEIPT_FLAGS`. */
  readonly flags: number;
  /** Empty where the answer was broken off before it said why it ended. */
  readonly finishReason: string;
}

/** The version of the bytes, and of the JSON that stands for them. */
export const RECEIPT_VERSION = 1;
/** Bytes of a model's name: 200 characters, which is what a ledger holds, of at most four bytes each. */
export const MODEL_BYTES_MAX = 800;
/** Bytes of a finish reason: the 40 characters that a ledger holds. */
export const FINISH_REASON_BYTES_MAX = 160;
/** Tokens of one side of an answer: what a column of the ledger holds. */
export const RECEIPT_TOKENS_MAX = 2 ** 31 - 1;
/** Images, and bits of flags: two bytes. */
export const RECEIPT_SHORT_MAX = 2 ** 16 - 1;

const LEAF_KIND = "aimo receipt v1";
const ADDRESS_BYTES = 32;
const ID_BYTES = 16;
const FIXED_BYTES = 182;

/** Refuses what no receipt says. */
function insist(holds: boolean, param: string, expected: string, found: string | number): asserts holds {
  if (holds) return;
  throw new AimoError("invalid_request", { expected, found: `${found}`.slice(0, 80), param });
}

function addressBytes(address: string, param: string): Uint8Array {
  const bytes = readAddress(address);
  insist(bytes !== undefined, param, "32 bytes in base58", address);
  return bytes;
}

function idBytes(id: string): Uint8Array {
  insist(readGenerationId(generationId(id)) !== undefined, "id", "a UUID version 7 in lower case", id);
  return hex.decode(id.replaceAll("-", ""));
}

/** UTF-8 with its length before it. */
function textBytes(text: string, param: string, bytesMax: number): Uint8Array {
  // Half a pair of UTF-16 has no UTF-8: two such texts would have the same bytes.
  insist(text.isWellFormed(), param, "text without halves of characters", "one that has some");
  const content = new TextEncoder().encode(text);
  insist(content.length <= bytesMax, param, `at most ${bytesMax} bytes of UTF-8`, content.length);
  const length = new Uint8Array(2);
  new DataView(length.buffer).setUint16(0, content.length);
  return joinPieces([length, content]);
}

function count(value: number, param: string, most: number): number {
  const isCount = Number.isInteger(value) && value >= 0 && value <= most;
  insist(isCount, param, `a whole number of at most ${most}`, value);
  return value;
}

/** The numbers between the addresses and the texts. */
function writeNumbers(receipt: Receipt, view: DataView): void {
  const { prompt, completion, inputCacheRead, image, request } = receipt.price;
  const promptTokens = count(receipt.promptTokens, "prompt_tokens", RECEIPT_TOKENS_MAX);
  const completionTokens = count(receipt.completionTokens, "completion_tokens", RECEIPT_TOKENS_MAX);
  view.setBigUint64(113, microUsdc(prompt));
  view.setBigUint64(121, microUsdc(completion));
  view.setUint8(129, inputCacheRead === undefined ? 0 : 1);
  view.setBigUint64(130, microUsdc(inputCacheRead ?? 0n));
  view.setBigUint64(138, microUsdc(image ?? 0n));
  view.setBigUint64(146, microUsdc(request ?? 0n));
  view.setUint32(154, promptTokens);
  view.setUint32(158, completionTokens);
  view.setUint32(162, count(receipt.cachedTokens, "cached_tokens", promptTokens));
  view.setUint32(166, count(receipt.reasoningTokens, "reasoning_tokens", completionTokens));
  view.setUint16(170, count(receipt.imageCount, "image_count", RECEIPT_SHORT_MAX));
  view.setUint16(172, count(receipt.flags, "flags", RECEIPT_SHORT_MAX));
  view.setBigUint64(174, nanoUsdc(receipt.cost));
}

/** The receipt's bytes, of which there is exactly one form; throws `invalid_request` for what no ledger holds. */
export function encodeReceipt(receipt: Receipt): Uint8Array {
  const fixed = new Uint8Array(FIXED_BYTES);
  fixed[0] = RECEIPT_VERSION;
  fixed.set(addressBytes(receipt.routerId, "router"), 1);
  fixed.set(idBytes(receipt.id), 1 + ADDRESS_BYTES);
  fixed.set(addressBytes(receipt.user, "user"), 1 + ADDRESS_BYTES + ID_BYTES);
  fixed.set(addressBytes(receipt.provider, "provider"), 1 + 2 * ADDRESS_BYTES + ID_BYTES);
  writeNumbers(receipt, new DataView(fixed.buffer));
  insist(receipt.model !== "", "model", "a name", "none");
  const model = textBytes(receipt.model, "model", MODEL_BYTES_MAX);
  return joinPieces([fixed, model, textBytes(receipt.finishReason, "finish_reason", FINISH_REASON_BYTES_MAX)]);
}

/** The leaf of a receipt in the tree of its batch. */
export function receiptLeaf(receipt: Receipt, salt: Uint8Array): Uint8Array {
  return saltedLeaf(LEAF_KIND, salt, encodeReceipt(receipt));
}

/** When its request was admitted, in milliseconds since 1970. */
export function admittedAtMs({ id }: Receipt): number {
  return uuidTimeMs(id);
}
