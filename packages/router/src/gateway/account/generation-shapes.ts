// Generations in OpenRouter's shape, with what only this network knows beside it.
import { finishReasonOf } from "@aimo-network/protocol/finish-reason";
import type { Static } from "typebox";
import { Type } from "typebox";
import { formatNanoUsdc, formatPicoUsdc } from "@aimo-network/protocol/money";
import type { Generation, NamedApp } from "../../activity/generation-record.ts";
import { exactNumber } from "../json-number.ts";

const Count = Type.Integer({ minimum: 0 });
const Milliseconds = Type.Union([Count, Type.Null()], { description: "Milliseconds" });
const Usdc = Type.Number({ description: "USDC, exactly as charged" });

/** What OpenRouter's clients may read and a router does not know; null or empty, so that they find every name. */
const UnknownShape = Type.Object({
  upstream_id: Type.Null(),
  upstream_inference_cost: Type.Null(),
  moderation_latency: Type.Null(),
  service_tier: Type.Null(),
  native_tokens_completion_images: Type.Null(),
  num_input_audio_prompt: Type.Null(),
  num_media_completion: Type.Null(),
  num_search_results: Type.Null(),
  num_fetches: Type.Null(),
  web_search_engine: Type.Null(),
  origin: Type.Literal(""),
  external_user: Type.Null(),
  preset_id: Type.Null(),
  router: Type.Null(),
  provider_responses: Type.Null(),
  user_agent: Type.Null(),
  workspace_id: Type.Null(),
  session_id: Type.Null(),
  request_id: Type.Null(),
});

const UNKNOWN: Static<typeof UnknownShape> = {
  upstream_id: null,
  upstream_inference_cost: null,
  moderation_latency: null,
  service_tier: null,
  native_tokens_completion_images: null,
  num_input_audio_prompt: null,
  num_media_completion: null,
  num_search_results: null,
  num_fetches: null,
  web_search_engine: null,
  origin: "",
  external_user: null,
  preset_id: null,
  router: null,
  provider_responses: null,
  user_agent: null,
  workspace_id: null,
  session_id: null,
  request_id: null,
};

/** The app that a request said it came from. */
export const AppShape = Type.Object({
  app_id: Type.Union([Type.Integer(), Type.Null()], { description: "The app's number in the rankings" }),
  app_name: Type.Union([Type.String(), Type.Null()]),
  http_referer: Type.Union([Type.String(), Type.Null()], { description: "The app's address, without its query" }),
});

/** Writes it; all null where there is none. */
export function appJson(app: NamedApp | undefined): Static<typeof AppShape> {
  if (app === undefined) return { app_id: null, app_name: null, http_referer: null };
  return { app_id: app.id, app_name: app.title === "" ? null : app.title, http_referer: app.url };
}

/** One answered request. */
export const GenerationShape = Type.Object({
  id: Type.String(),
  created_at: Type.String({ format: "date-time" }),
  model: Type.String(),
  provider_name: Type.String({ description: "The provider's wallet" }),
  key_id: Type.String({ description: "The key that asked" }),
  api_type: Type.Literal("completions"),
  streamed: Type.Boolean(),
  cancelled: Type.Boolean({ description: "The client left before the end" }),
  interrupted: Type.Boolean({ description: "The provider broke the answer off: nothing was charged" }),
  usage_adjusted: Type.Boolean({ description: "The provider's usage was not plausible and was clamped" }),
  usage_estimated: Type.Boolean({ description: "No usage came: the tokens are estimated from what was delivered" }),
  usage_replayed: Type.Boolean({
    description: "The router died before the charge: it was made from what the provider told afterwards, within bounds",
  }),
  usage_missing: Type.Boolean({ description: "The provider reported no usage: nothing was charged" }),
  finish_reason: Type.Union([
    Type.String({ description: "stop, length, tool_calls, content_filter or error" }),
    Type.Null(),
  ]),
  native_finish_reason: Type.Union([Type.String({ description: "The provider's own word for it" }), Type.Null()]),
  latency: Milliseconds,
  generation_time: Milliseconds,
  tokens_prompt: Count,
  tokens_completion: Count,
  native_tokens_prompt: Count,
  native_tokens_completion: Count,
  native_tokens_reasoning: Count,
  native_tokens_cached: Count,
  num_media_prompt: Count,
  total_cost: Usdc,
  usage: Usdc,
  cost: Type.String({ description: "The same as a decimal string" }),
  cache_discount: Type.Union([Usdc, Type.Null()]),
  is_byok: Type.Literal(false),
  data_region: Type.Literal("global"),
  ...AppShape.properties,
  ...UnknownShape.properties,
});

/** Writes a generation; costs are numbers that only `JSON.stringify` writes. */
export function generationJson(generation: Generation): object {
  const { promptTokens, completionTokens, cacheDiscountPico: discount, finishReason } = generation;
  const cost = formatNanoUsdc(generation.cost);
  return {
    id: generation.id,
    created_at: new Date(generation.createdAtMs).toISOString(),
    model: generation.model,
    provider_name: generation.provider,
    key_id: generation.keyId,
    api_type: "completions",
    streamed: generation.isStreamed,
    cancelled: generation.isCancelled,
    interrupted: generation.isInterrupted,
    usage_adjusted: generation.isUsageAdjusted,
    usage_estimated: generation.isUsageEstimated,
    usage_replayed: generation.isUsageReplayed,
    usage_missing: generation.hasNoUsage,
    finish_reason: finishReason === null ? null : finishReasonOf(finishReason),
    native_finish_reason: finishReason,
    latency: generation.firstOutputMs,
    generation_time: generation.durationMs,
    tokens_prompt: promptTokens,
    tokens_completion: completionTokens,
    native_tokens_prompt: promptTokens,
    native_tokens_completion: completionTokens,
    native_tokens_reasoning: generation.reasoningTokens,
    native_tokens_cached: generation.cachedTokens,
    num_media_prompt: generation.imageCount,
    total_cost: exactNumber(cost),
    usage: exactNumber(cost),
    cost,
    cache_discount: discount === null ? null : exactNumber(formatPicoUsdc(discount)),
    is_byok: false,
    data_region: "global",
    ...appJson(generation.app),
    ...UNKNOWN,
  };
}
