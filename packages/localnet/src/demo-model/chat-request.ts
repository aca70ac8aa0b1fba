// A chat completion request, read once at the edge into exactly what the demo model needs.

import { type ChatMessage, readMessages } from "./chat-messages.ts";
import { readTools, readToolChoice, type Tool, type ToolChoice } from "./chat-tools.ts";
import { CHOICES_MAX, OUTPUT_TOKENS_MAX, STOPS_MAX } from "./limits.ts";
import { type Fields, invalidField, readArray, readBoolean, readFields, readInteger } from "./request-fields.ts";

/** The form the client wants of the text: free, any JSON object, or JSON that satisfies a schema. */
export type ResponseFormat =
  | { readonly type: "text" }
  | { readonly type: "json_object" }
  | { readonly type: "json_schema"; readonly schema: Fields };

/** A request that can be answered. */
export interface ChatRequest {
  readonly messages: readonly ChatMessage[];
  readonly stream: boolean;
  readonly includeUsage: boolean;
  /** Tokens per choice; at most `OUTPUT_TOKENS_MAX`. */
  readonly tokensMax: number;
  /** Whether the client itself set a maximum. */
  readonly tokensLimited: boolean;
  readonly stops: readonly string[];
  readonly choices: number;
  readonly seed: number;
  readonly tools: readonly Tool[];
  readonly toolChoice: ToolChoice;
  readonly parallelTools: boolean;
  readonly format: ResponseFormat;
}

function readStops(body: Fields): readonly string[] {
  const stop = body["stop"];
  const stops: readonly unknown[] = typeof stop === "string" ? [stop] : readArray(body, "stop", STOPS_MAX);
  return stops.map((text) => {
    if (typeof text !== "string" || text === "") throw invalidField("stop", "strings that are not empty", text);
    return text;
  });
}

function readFormat(body: Fields): ResponseFormat {
  const format = readFields(body, "response_format");
  const type = format?.["type"];
  if (format === undefined || type === "text") return { type: "text" };
  if (type === "json_object") return { type };
  if (type !== "json_schema") {
    throw invalidField("response_format.type", "text, json_object or json_schema", type);
  }
  const definition = readFields(format, "json_schema", "response_format.json_schema") ?? {};
  const schema = readFields(definition, "schema", "response_format.json_schema.schema");
  if (schema === undefined) {
    throw invalidField("response_format.json_schema.schema", "a JSON Schema (an object)", undefined);
  }
  return { type, schema };
}

/** Reads a request body; throws `invalid_request` that names the field, what was expected and what was found. */
export function readChatRequest(body: Fields): ChatRequest {
  const tools = readTools(body);
  const anyNumber = Number.MAX_SAFE_INTEGER;
  const limit =
    readInteger(body, "max_completion_tokens", 1, anyNumber) ?? readInteger(body, "max_tokens", 1, anyNumber);
  const streamOptions = readFields(body, "stream_options") ?? {};
  return {
    messages: readMessages(body),
    stream: readBoolean(body, "stream", false),
    includeUsage: readBoolean(streamOptions, "include_usage", false, "stream_options.include_usage"),
    tokensMax: Math.min(limit ?? OUTPUT_TOKENS_MAX, OUTPUT_TOKENS_MAX),
    tokensLimited: limit !== undefined,
    stops: readStops(body),
    choices: readInteger(body, "n", 1, CHOICES_MAX) ?? 1,
    seed: readInteger(body, "seed", -anyNumber, anyNumber) ?? 0,
    tools,
    toolChoice: readToolChoice(body, tools),
    parallelTools: readBoolean(body, "parallel_tool_calls", true),
    format: readFormat(body),
  };
}
