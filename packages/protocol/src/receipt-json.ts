// Receipts as JSON, which is how routers give them and people keep them.
import type { Static } from "typebox";
import { Type } from "typebox";
import { Compile } from "typebox/compile";
import { AimoError } from "./errors.ts";
import { generationId, readGenerationId } from "./ids.ts";
import { formatNanoUsdc, microUsdc, parseNanoUsdc } from "./money.ts";
import { PricingSchema, formatPricing, parsePricing } from "./price.ts";
import {
  FINISH_REASON_BYTES_MAX,
  MODEL_BYTES_MAX,
  RECEIPT_SHORT_MAX,
  RECEIPT_TOKENS_MAX,
  RECEIPT_VERSION,
  admittedAtMs,
  encodeReceipt,
} from "./receipt.ts";
import type { Receipt } from "./receipt.ts";

const Address = Type.String({ pattern: "^[1-9A-HJ-NP-Za-km-z]{32,44}$" });
const Tokens = Type.Integer({ minimum: 0, maximum: RECEIPT_TOKENS_MAX });
const Short = Type.Integer({ minimum: 0, maximum: RECEIPT_SHORT_MAX });

/** A receipt in JSON: amounts are decimal strings of USDC, prices as offers have them. */
export const ReceiptSchema = Type.Object(
  {
    version: Type.Literal(RECEIPT_VERSION),
    router: Address,
    id: Type.String({ maxLength: 40, description: "`gen-` and a UUID version 7" }),
    admitted_at: Type.String({ maxLength: 40, description: "The moment that the id begins with" }),
    user: Address,
    provider: Address,
    model: Type.String({ minLength: 1, maxLength: MODEL_BYTES_MAX }),
    pricing: PricingSchema,
    prompt_tokens: Tokens,
    completion_tokens: Tokens,
    cached_tokens: Tokens,
    reasoning_tokens: Tokens,
    image_count: Short,
    cost: Type.String({ maxLength: 30 }),
    flags: Short,
    finish_reason: Type.Union([Type.Null(), Type.String({ minLength: 1, maxLength: FINISH_REASON_BYTES_MAX })]),
  },
  { additionalProperties: false }, // what is not in the bytes is not proven by them
);
export type ReceiptJson = Static<typeof ReceiptSchema>;

const shape = Compile(ReceiptSchema);
const PLACE_CHARS_MAX = 100; // a place names members, and a file may give one any name of any length

function refuse(expected: string, found: string, param: string): never {
  throw new AimoError("invalid_request", { expected, found, param });
}

function insistOnShape(json: unknown): asserts json is ReceiptJson {
  if (shape.Check(json)) return;
  const [fault] = shape.Errors(json);
  const place = fault === undefined || fault.instancePath === "" ? "/" : fault.instancePath.slice(0, PLACE_CHARS_MAX);
  refuse("a receipt of version 1", `one whose ${place} ${fault?.message ?? "does not fit"}`, "receipt");
}

const FREE = microUsdc(0n);

function admissionText(receipt: Receipt): string {
  return new Date(admittedAtMs(receipt)).toISOString();
}

/** Writes a receipt as JSON. */
export function formatReceipt(receipt: Receipt): ReceiptJson {
  const { image = FREE, request = FREE } = receipt.price;
  return {
    version: RECEIPT_VERSION,
    router: receipt.routerId,
    id: generationId(receipt.id),
    admitted_at: admissionText(receipt),
    user: receipt.user,
    provider: receipt.provider,
    model: receipt.model,
    pricing: formatPricing({ ...receipt.price, image, request }),
    prompt_tokens: receipt.promptTokens,
    completion_tokens: receipt.completionTokens,
    cached_tokens: receipt.cachedTokens,
    reasoning_tokens: receipt.reasoningTokens,
    image_count: receipt.imageCount,
    cost: formatNanoUsdc(receipt.cost),
    flags: receipt.flags,
    finish_reason: receipt.finishReason === "" ? null : receipt.finishReason,
  };
}

/**
 * Reads a receipt; throws `invalid_request` or `invalid_amount` for anything that has no bytes, and where the moment of
 * admission is not the id's own.
 */
export function parseReceipt(json: unknown): Receipt {
  insistOnShape(json);
  const id = readGenerationId(json.id) ?? refuse("`gen-` and a UUID version 7", json.id, "id");
  const receipt: Receipt = {
    routerId: json.router,
    id,
    user: json.user,
    provider: json.provider,
    model: json.model,
    price: parsePricing({ image: "0", request: "0", ...json.pricing }),
    promptTokens: json.prompt_tokens,
    completionTokens: json.completion_tokens,
    cachedTokens: json.cached_tokens,
    reasoningTokens: json.reasoning_tokens,
    imageCount: json.image_count,
    cost: parseNanoUsdc(json.cost),
    flags: json.flags,
    finishReason: json.finish_reason ?? "",
  };
  encodeReceipt(receipt); // refuses what the shape cannot
  const admittedAt = admissionText(receipt);
  if (json.admitted_at !== admittedAt)
    refuse(`${admittedAt}, which the id begins with`, json.admitted_at, "admitted_at");
  return receipt;
}
