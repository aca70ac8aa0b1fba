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

const TOKENS_MAX = 1_000_000_000; // a thousand times any model's context: more is no count, and would be no price

function count(value: unknown): number | undefined {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= TOKENS_MAX ? value : undefined;
}

/** The first of `names` that `fields` reports; undefined when a reported one is no count, null counts as absent. */
function read(fields: JsonObject, names: readonly string[]): number | undefined {
  const found = names.map((name) => fields[name]).find((value) => value !== undefined && value !== null);
  return found === undefined ? 0 : count(found);
}

function details(fields: JsonObject, names: readonly string[]): JsonObject {
  return names.map((name) => fields[name]).find(isJsonObject) ?? {};
}

/**
 * Reads one usage object: OpenAI's shape and its variants (DeepSeek's and Moonshot's cached tokens, the Responses
 * names). Undefined when the counts a bill needs are missing or hostile (negative, fractional, strings, above a thousand million).
 */
export function readUsage(value: unknown): Usage | undefined {
  if (!isJsonObject(value)) return undefined;
  const promptNames = ["prompt_tokens", "input_tokens"];
  const completionNames = ["completion_tokens", "output_tokens"];
  if (![...promptNames, ...completionNames].some((name) => typeof value[name] === "number")) return undefined;
  const promptTokens = read(value, promptNames);
  const completionTokens = read(value, completionNames);
  if (promptTokens === undefined || completionTokens === undefined) return undefined;
  const promptDetails = details(value, ["prompt_tokens_details", "input_tokens_details"]);
  const completionDetails = details(value, ["completion_tokens_details", "output_tokens_details"]);
  const cacheHits = [read(promptDetails, ["cached_tokens"]), read(value, ["prompt_cache_hit_tokens", "cached_tokens"])];
  const cached = cacheHits.find((tokens) => tokens !== undefined && tokens > 0) ?? 0;
  return {
    promptTokens,
    completionTokens,
    cachedTokens: Math.min(promptTokens, cached),
    reasoningTokens: Math.min(completionTokens, read(completionDetails, ["reasoning_tokens"]) ?? 0),
    promptAudioTokens: Math.min(promptTokens, read(promptDetails, ["audio_tokens"]) ?? 0),
    completionAudioTokens: Math.min(completionTokens, read(completionDetails, ["audio_tokens"]) ?? 0),
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
