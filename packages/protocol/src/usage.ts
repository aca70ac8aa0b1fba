// What an answer used, read from the many shapes in which OpenAI-compatible servers report it.
import type { JsonObject } from "./json-object.ts";
import { isJsonObject } from "./json-object.ts";

/** Tokens of one answer; cached tokens are within the prompt, reasoning and audio tokens within their sides. */
export interface Usage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cachedTokens: number;
  readonly reasoningTokens: number;
  readonly promptAudioTokens: number;
  readonly completionAudioTokens: number;
}

/** No tokens at all. */
export const NO_USAGE: Usage = {
  promptTokens: 0,
  completionTokens: 0,
  cachedTokens: 0,
  reasoningTokens: 0,
  promptAudioTokens: 0,
  completionAudioTokens: 0,
};

/** Tokens that one side of an answer can have: a thousand times any model's context. More is no count, and would be no price. */
export const USAGE_TOKENS_MAX = 1_000_000_000;

function count(value: unknown): number | undefined {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= USAGE_TOKENS_MAX
    ? value
    : undefined;
}

/** The first of two values that is there: null counts as absent. */
function either(one: unknown, other: unknown): unknown {
  return one ?? other;
}

/** What is reported, 0 where nothing is; undefined when it is no count. */
function reported(value: unknown): number | undefined {
  return value === undefined || value === null ? 0 : count(value);
}

const NO_DETAILS: JsonObject = {};

function details(one: unknown, other: unknown): JsonObject {
  if (isJsonObject(one)) return one;
  return isJsonObject(other) ? other : NO_DETAILS;
}

/** Cached tokens where they are reported and above zero: in the details, or beside them as DeepSeek and Moonshot have it. */
function cachedIn(value: JsonObject, prompt: JsonObject): number {
  const within = reported(prompt["cached_tokens"]) ?? 0;
  if (within > 0) return within;
  return reported(either(value["prompt_cache_hit_tokens"], value["cached_tokens"])) ?? 0;
}

/**
 * Reads one usage object: OpenAI's shape and its variants (DeepSeek's and Moonshot's cached tokens, the Responses
 * names). Undefined when the counts a bill needs are missing or hostile (negative, fractional, strings, above a thousand million).
 */
export function readUsage(value: unknown): Usage | undefined {
  if (!isJsonObject(value)) return undefined;
  const prompt = either(value["prompt_tokens"], value["input_tokens"]);
  const completion = either(value["completion_tokens"], value["output_tokens"]);
  if (typeof prompt !== "number" && typeof completion !== "number") return undefined;
  const promptTokens = reported(prompt);
  const completionTokens = reported(completion);
  if (promptTokens === undefined || completionTokens === undefined) return undefined;
  const promptDetails = details(value["prompt_tokens_details"], value["input_tokens_details"]);
  const completionDetails = details(value["completion_tokens_details"], value["output_tokens_details"]);
  return {
    promptTokens,
    completionTokens,
    cachedTokens: Math.min(promptTokens, cachedIn(value, promptDetails)),
    reasoningTokens: Math.min(completionTokens, reported(completionDetails["reasoning_tokens"]) ?? 0),
    promptAudioTokens: Math.min(promptTokens, reported(promptDetails["audio_tokens"]) ?? 0),
    completionAudioTokens: Math.min(completionTokens, reported(completionDetails["audio_tokens"]) ?? 0),
  };
}

/**
 * Finds the usage an answer or a stream event reports: top level, Groq's `x_groq`, or inside the first choice.
 * A stream's usage is the last one found, never a sum.
 */
export function findUsage(answer: unknown): Usage | undefined {
  if (!isJsonObject(answer)) return undefined;
  const choices = answer["choices"];
  const first: unknown = Array.isArray(choices) ? choices[0] : undefined;
  for (const place of [answer, answer["x_groq"], first]) {
    const usage = isJsonObject(place) ? readUsage(place["usage"]) : undefined;
    if (usage !== undefined) return usage;
  }
  return undefined;
}
