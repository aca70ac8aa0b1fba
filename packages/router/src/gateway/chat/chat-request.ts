// A chat completion request as the router needs to understand it: what it asks for, and what providers are sent.
import { isUtf8 } from "node:buffer";
import { assert } from "@aimo-network/protocol/assert";
import { ArrivingJson } from "@aimo-network/protocol/arriving-json";
import { AimoError } from "@aimo-network/protocol/errors";
import type { JsonObject } from "@aimo-network/protocol/json-object";
import { isJsonObject } from "@aimo-network/protocol/json-object";
import { jsonMembers, replaceMembers } from "@aimo-network/protocol/json-members";
import type { JsonSkeleton } from "@aimo-network/protocol/json-skeleton";
import { checkMemberNames } from "@aimo-network/protocol/member-names";
import type { Medium } from "@aimo-network/protocol/wire/offer";
import type { RequestSize } from "../../billing/ceiling.ts";
import { CHOICES_MAX, MESSAGES_MAX } from "../../limits.ts";
import { countMedia, mediaDataBytes, mediaOf } from "./content-parts.ts";
import { describe } from "../describe-json.ts";
import { checkJsonBounds } from "../json-bounds.ts";
import type { AskedProbabilities } from "../models/probabilities.ts";
import { askedProbabilities } from "../models/probabilities.ts";
import type { RequestBody } from "../read-body.ts";

/** What a client asks for. */
export interface ChatRequest extends RequestSize {
  readonly model: string;
  readonly stream: boolean;
  /** Input kinds beside text. */
  readonly inputModalities: ReadonlySet<Medium>;
  readonly probabilities: AskedProbabilities;
  /** The body for a provider that knows the model by `offerName` and may write `maxOutput` tokens for each choice. */
  bodyFor(offerName: string, maxOutput: number): readonly Uint8Array[];
}

/** The router's own fields: a provider never sees them (http-api.md). */
const ROUTER_FIELDS = ["provider", "models", "route", "plugins", "transforms", "usage"] as const;

/**
 * Members that decide what is paid, or who answers: in another letter case or twice, a provider's parser could read
 * others than those that were read here. `stream_options` asks for the usage that is charged.
 */
const DECISIVE_MEMBERS: ReadonlySet<string> = new Set([
  ...["model", "messages", "stream", "stream_options", "n", "max_tokens", "max_completion_tokens"],
  ...ROUTER_FIELDS,
]);

/** Models whose API refuses `max_tokens`, OpenAI's that reason: they know its new name alone. */
const NEW_NAME_ONLY = /^(?:o\d|gpt-5)/i;

function invalid(expected: string, found: string, param?: string): AimoError {
  return new AimoError("invalid_request", { expected, found, ...(param !== undefined && { param }) });
}

function textOf(body: RequestBody): JsonSkeleton {
  if (body instanceof ArrivingJson) return body.skeleton();
  if (body.length === 0) throw invalid("a JSON object", "an empty body");
  if (!isUtf8(body)) throw invalid("a JSON object in UTF-8", "bytes that are not UTF-8");
  return { text: body.toString(), pieces: (text) => [Buffer.from(text)], shortened: () => undefined };
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

/** Where the messages begin; throws `invalid_request` for members that parsers may disagree about. */
function findMessages(text: string): number {
  const members = jsonMembers(text);
  checkMemberNames(members, { own: DECISIVE_MEMBERS, others: "any" });
  const messages = members.find(({ key }) => key === "messages");
  assert(messages !== undefined, "messages that were read stand in the text");
  return messages.valueStart;
}

/** The members with which the client bounds the output. */
function outputMembers(fields: JsonObject): readonly string[] {
  return ["max_completion_tokens", "max_tokens"].filter((name) => typeof fields[name] === "number");
}

/** The member that bounds the output where the client used none. */
function usualOutputMember(offerName: string): string {
  return NEW_NAME_ONLY.test(offerName) ? "max_completion_tokens" : "max_tokens";
}

/**
 * Reads a request body; throws `invalid_request` or `unsupported_parameter` with what was expected and found. Of a large
 * one the long strings are not looked at: no field that is read here can be among them (decision 7).
 */
export function readChatRequest(body: RequestBody): ChatRequest {
  const { text, pieces, shortened } = textOf(body);
  const fields = parseText(text);
  const model = readModel(fields);
  const { messages } = fields;
  if (!Array.isArray(messages) || messages.length === 0 || messages.length > MESSAGES_MAX) {
    throw invalid(`an array of 1 to ${MESSAGES_MAX} messages`, describe(messages), "messages");
  }
  const messagesAt = findMessages(text);
  const choices = readCount(fields, "n", CHOICES_MAX) ?? 1;
  const maxCompletionTokens = readCount(fields, "max_completion_tokens", TOKENS_MAX);
  const maxTokens = readCount(fields, "max_tokens", TOKENS_MAX);
  refuseUnsupported(fields);
  const media = countMedia(messages as readonly unknown[]);
  const inputModalities = mediaOf(media);
  const bounding = outputMembers(fields);
  return {
    model,
    stream: readStream(fields),
    probabilities: askedProbabilities(fields),
    maxTokens: maxCompletionTokens ?? maxTokens,
    choices,
    messageCount: messages.length,
    media,
    inputModalities,
    textBytes: body.length - (inputModalities.size === 0 ? 0 : mediaDataBytes(text, messagesAt, shortened)),
    bodyFor(offerName, maxOutput) {
      const changes = new Map<string, string | undefined>(ROUTER_FIELDS.map((name) => [name, undefined]));
      changes.set("model", JSON.stringify(offerName));
      for (const name of bounding.length > 0 ? bounding : [usualOutputMember(offerName)])
        changes.set(name, String(maxOutput));
      return pieces(replaceMembers(text, changes));
    },
  };
}
