// One provider's model at a price, as it crosses the link.
import type { Static } from "typebox";
import { Type } from "typebox";
import { PricingSchema } from "../price.ts";
import { DisplayNameSchema } from "./display-name.ts";

/** Input and output kinds a model can declare. */
export const MODALITIES = ["text", "image", "audio", "video", "file"] as const;
/** Number formats a model's weights can have (OpenRouter's list). */
export const QUANTIZATIONS = [
  "int4",
  "int8",
  "fp4",
  "mxfp4",
  "nvfp4",
  "fp6",
  "fp8",
  "mxfp8",
  "fp16",
  "bf16",
  "fp32",
  "unknown",
] as const;
/**
 * What a model can do beyond plain chat, as offers declare it; images and other inputs are in `input_modalities`. All but the
 * first four are OpenRouter's names of request parameters that not every server knows.
 */
export const CAPABILITIES = [
  "tools",
  "json_schema",
  "json_object",
  "reasoning",
  "parallel_tool_calls",
  "logprobs",
  "logit_bias",
  "top_k",
  "min_p",
  "top_a",
  "repetition_penalty",
  "prediction",
  "verbosity",
  "web_search_options",
] as const;
/** The endpoints a proxy can serve; each is a path below its upstream's `api_base`. */
export const ENDPOINTS = ["/chat/completions"] as const;

/** Whether a provider may learn from prompts and answers, or give them to others. */
export const DATA_COLLECTION = ["allow", "deny"] as const;

const modality = Type.Enum(MODALITIES);
const tokens = Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000_000 }));

/** An offer's `name` and the slug of its model: `author/slug` is made of it (wire.md). */
export const OFFER_NAME_PATTERN = "^[A-Za-z0-9._-]{1,64}$";

/** An offer as a proxy sends it; prices in USDC per million tokens, `image` per image. */
export const OfferSchema = Type.Object({
  name: Type.String({ pattern: OFFER_NAME_PATTERN }),
  display_name: DisplayNameSchema,
  provider_name: Type.Optional(Type.String({ pattern: OFFER_NAME_PATTERN })),
  context_length: tokens,
  max_completion_tokens: tokens,
  input_modalities: Type.Array(modality, { minItems: 1, maxItems: 8 }),
  output_modalities: Type.Array(modality, { minItems: 1, maxItems: 8 }),
  capabilities: Type.Array(Type.String({ maxLength: 40 }), { maxItems: 40 }),
  endpoints: Type.Array(Type.Enum(ENDPOINTS), { minItems: 1, maxItems: 8 }),
  quantization: Type.Optional(Type.Enum(QUANTIZATIONS)),
  data_policy: Type.Optional(Type.String({ maxLength: 200 })),
  data_collection: Type.Optional(Type.Enum(DATA_COLLECTION)),
  /** Nothing is kept when the answer has ended. */
  zdr: Type.Optional(Type.Boolean()),
  /** May be asked at the same time as another offer: the one that answers later is cancelled and not paid. */
  hedge: Type.Optional(Type.Boolean()),
  pricing: PricingSchema,
  max_tokens_per_image: tokens,
  max_tokens_per_audio: tokens,
  max_tokens_per_video: tokens,
  max_tokens_per_file: tokens,
  max_concurrency: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
});
export type Offer = Static<typeof OfferSchema>;

/** What an offer says about the tokens its answers and their prompts can have. */
export type OfferBounds = Pick<
  Offer,
  | "context_length"
  | "max_completion_tokens"
  | "max_tokens_per_image"
  | "max_tokens_per_audio"
  | "max_tokens_per_video"
  | "max_tokens_per_file"
>;

/** The kinds of content parts whose tokens nobody can tell from their bytes. */
export const MEDIA = ["image", "audio", "video", "file"] as const;
/** One of them. */
export type Medium = (typeof MEDIA)[number];

const IMAGE_TOKENS_DEFAULT = 3_000; // more than the large image of any well-known model; recordings and files have no such size

/** The tokens that one part of a kind counts for at most; undefined where the offer does not say and nobody could tell. */
export function mediaTokensMax(offer: OfferBounds, medium: Medium): number | undefined {
  return offer[`max_tokens_per_${medium}`] ?? (medium === "image" ? IMAGE_TOKENS_DEFAULT : undefined);
}
