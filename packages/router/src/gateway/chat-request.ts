// A chat completion request as the router needs to understand it: what it asks for, and what providers are sent.
import { isUtf8 } from "node:buffer";
import { ArrivingJson } from "@aimo-network/protocol/arriving-json";
import { AimoError } from "@aimo-network/protocol/errors";
import type { JsonObject } from "@aimo-network/protocol/json-object";
import { isJsonObject } from "@aimo-network/protocol/json-object";
import { replaceMembers } from "@aimo-network/protocol/json-members";
import type { JsonSkeleton } from "@aimo-network/protocol/json-skeleton";
import { CHOICES_MAX, MESSAGES_MAX } from "../limits.ts";
import { checkJsonBounds } from "./json-bounds.ts";
import type { RequestBody } from "./read-body.ts";

/** What a client asks for. */
export interface ChatRequest {
  readonly model: string;
  readonly stream: boolean;
  /** Output tokens the client allows; undefined where it leaves them to the offer. */
  readonly maxTokens: number | undefined;
  readonly imageCount: number;
  /** Input kinds beside text. */
  readonly inputModalities: ReadonlySet<string>;
  /** The body for a provider that knows the model by `offerName`. */
  bodyFor(offerName: string): readonly Uint8Array[];
}

/** The router's own fields: a provider never sees them (http-api.md). */
const ROUTER_FIELDS = ["provider", "models", "route", "plugins", "transforms", "usage"] as const;

/** Content parts that need an input kind beside text. */
const PART_MODALITIES: ReadonlyMap<unknown, string> = new Map([
  ["image_url", "image"],
  ["input_audio", "audio"],
  ["file", "file"],
  ["video_url", "video"],
]);

function invalid(expected: string, found: string, param?: string): AimoError {
  return new AimoError("invalid_request", { expected, found, ...(param !== undefined && { param }) });
}

function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return value.length === 0 ? "an empty array" : "an array";
  if (typeof value === "object") return "an object";
  const text = JSON.stringify(value);
  return text.length > 60 ? `a ${typeof value} of ${text.length} characters` : text;
}

/** A body's text, and its bytes once the text has been changed. */
type BodyText = Pick<JsonSkeleton, "text" | "pieces">;

function textOf(body: RequestBody): BodyText {
  if (body instanceof ArrivingJson) return body.skeleton();
  if (body.length === 0) throw invalid("a JSON object", "an empty body");
  if (!isUtf8(body)) throw invalid("a JSON object in UTF-8", "bytes that are not UTF-8");
  return { text: body.toString(), pieces: (text) => [Buffer.from(text)] };
}

function parseText(text: string): JsonObject {
  checkJsonBounds(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    // The parser's own words quote the body, which may be a prompt: they stay out of the message.
    throw new AimoError("invalid_request", { expected: "a JSON object", found: "text that is not JSON" }, { cause });
  }
  if (!isJsonObject(value)) throw invalid("a JSON object", describe(value));
  return value;
}

function readCount(fields: JsonObject, name: string, most: number): number | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number" || !Number.isInteger(value) || value < 1 || value > most) {
    throw invalid(`a whole number from 1 to ${most}`, describe(value), name);
  }
  return value;
}

function readStream(fields: JsonObject): boolean {
  const { stream } = fields;
  if (stream !== undefined && stream !== null && typeof stream !== "boolean") {
    throw invalid("true or false", describe(stream), "stream");
  }
  return stream === true;
}

function readModel(fields: JsonObject): string {
  const { model } = fields;
  if (typeof model !== "string" || model === "" || model.length > 200) {
    throw invalid("a model such as `author/slug`", describe(model), "model");
  }
  return model;
}

function countParts(messages: readonly unknown[]): { imageCount: number; inputModalities: Set<string> } {
  const inputModalities = new Set<string>();
  let imageCount = 0;
  for (const [index, message] of messages.entries()) {
    if (!isJsonObject(message) || typeof message["role"] !== "string") {
      throw invalid("an object with a `role`", describe(message), `messages[${index}]`);
    }
    const { content } = message;
    if (!Array.isArray(content)) continue;
    for (const part of content as readonly unknown[]) {
      const modality = isJsonObject(part) ? PART_MODALITIES.get(part["type"]) : undefined;
      if (modality === undefined) continue;
      inputModalities.add(modality);
      if (modality === "image") imageCount += 1;
    }
  }
  return { imageCount, inputModalities };
}

function refuseUnsupported(fields: JsonObject): void {
  const asksNothing = (value: unknown): boolean =>
    value === undefined || value === null || (typeof value === "object" && Object.keys(value).length === 0);
  for (const param of ["provider", "models", "route", "plugins", "transforms"]) {
    if (asksNothing(fields[param])) continue;
    const advice =
      "Leave it out: this router chooses by price among healthy providers, or name one as `<wallet>:<slug>`.";
    throw new AimoError("unsupported_parameter", { param, advice });
  }
}

const TOKENS_MAX = 2 ** 31; // no model comes near; keeps every product in range

/**
 * Reads a request body; throws `invalid_request` or `unsupported_parameter` with what was expected and found. Of a large
 * one the long strings are not looked at: no field that is read here can be among them (decision 7).
 */
export function readChatRequest(body: RequestBody): ChatRequest {
  const { text, pieces } = textOf(body);
  const fields = parseText(text);
  const model = readModel(fields);
  const { messages } = fields;
  if (!Array.isArray(messages) || messages.length === 0 || messages.length > MESSAGES_MAX) {
    throw invalid(`an array of 1 to ${MESSAGES_MAX} messages`, describe(messages), "messages");
  }
  readCount(fields, "n", CHOICES_MAX);
  const maxCompletionTokens = readCount(fields, "max_completion_tokens", TOKENS_MAX);
  const maxTokens = readCount(fields, "max_tokens", TOKENS_MAX);
  refuseUnsupported(fields);
  return {
    model,
    stream: readStream(fields),
    maxTokens: maxCompletionTokens ?? maxTokens,
    ...countParts(messages as readonly unknown[]),
    bodyFor(offerName) {
      const changes = new Map<string, string | undefined>(ROUTER_FIELDS.map((name) => [name, undefined]));
      changes.set("model", JSON.stringify(offerName));
      return pieces(replaceMembers(text, changes));
    },
  };
}
