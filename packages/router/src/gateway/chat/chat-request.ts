// A chat completion request as the router needs to understand it: what it asks for, and what providers are sent.
import { isUtf8 } from "node:buffer";
import { assert } from "@aimo-network/protocol/assert";
import { ArrivingJson } from "@aimo-network/protocol/arriving-json";
import { AimoError } from "@aimo-network/protocol/errors";
import type { JsonObject } from "@aimo-network/protocol/json-object";
import { isJsonObject } from "@aimo-network/protocol/json-object";
import type { JsonMember } from "@aimo-network/protocol/json-members";
import { jsonMembers, rewriteObject } from "@aimo-network/protocol/json-members";
import type { JsonSkeleton } from "@aimo-network/protocol/json-skeleton";
import { checkMemberNames } from "@aimo-network/protocol/member-names";
import type { Medium } from "@aimo-network/protocol/wire/offer";
import type { RequestSize } from "../../billing/ceiling.ts";
import { CHOICES_MAX, MESSAGES_MAX } from "../../limits.ts";
import { askedParameters } from "../../market/parameters.ts";
import type { Preferences } from "../../market/preferences.ts";
import { NO_PREFERENCES } from "../../market/preferences.ts";
import { readModels } from "./asked-models.ts";
import { countMedia, mediaDataBytes, mediaOf } from "./content-parts.ts";
import { conversationPrefix } from "./conversation-prefix.ts";
import { readPreferences } from "./provider-preferences.ts";
import { describe } from "../describe-json.ts";
import { checkJsonBounds } from "../json-bounds.ts";
import type { AskedProbabilities } from "../models/probabilities.ts";
import { askedProbabilities } from "../models/probabilities.ts";
import type { RequestBody } from "../read-body.ts";

/** What a client asks for. */
export interface ChatRequest extends RequestSize {
  /** The first of `models`. */
  readonly model: string;
  /** The model that is asked for, and those that may answer in its place, in this order. */
  readonly models: readonly string[];
  readonly preferences: Preferences;
  /** Parameters that decide the answer and that not every offer supports. */
  readonly parameters: ReadonlySet<string>;
  /** What the requests of its conversation have in common: only to be hashed. */
  readonly prefix: string;
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

function asksNothing(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === "object" && Object.keys(value).length === 0);
}

function isTurnedOff(plugin: unknown): boolean {
  return isJsonObject(plugin) && plugin["enabled"] === false;
}

function refuseUnsupported({ plugins, transforms, route }: JsonObject): void {
  if (!asksNothing(plugins) && !(Array.isArray(plugins) && plugins.every(isTurnedOff))) {
    const advice = "Leave it out: this router passes requests on and answers back, and adds nothing to either.";
    throw new AimoError("unsupported_parameter", { param: "plugins", advice });
  }
  if (!asksNothing(transforms)) {
    const advice = "Leave it out: this router changes no prompt. Shorten what is longer than the model's context.";
    throw new AimoError("unsupported_parameter", { param: "transforms", advice });
  }
  if (route !== undefined && route !== null && route !== "fallback") {
    throw invalid('"fallback" or null', describe(route), "route");
  }
}

const TOKENS_MAX = 2 ** 31; // no model comes near; keeps every product in range

/** The members of the body; throws `invalid_request` for those that parsers may disagree about. */
function membersOf(text: string): readonly JsonMember[] {
  const members = jsonMembers(text);
  checkMemberNames(members, { own: DECISIVE_MEMBERS, others: "any" });
  return members;
}

function find(members: readonly JsonMember[], name: string): JsonMember {
  const member = members.find(({ key }) => key === name);
  assert(member !== undefined, "a member that was read stands in the text");
  return member;
}

function textAt(text: string, members: readonly JsonMember[], name: string): string {
  const { valueStart, valueEnd } = find(members, name);
  return text.slice(valueStart, valueEnd);
}

/** Members that bound the output. */
interface Bounding {
  readonly names: readonly string[];
  /** What no provider is sent as the client wrote it, where they do. */
  readonly replaced: ReadonlySet<string>;
}

function boundedBy(...names: readonly string[]): Bounding {
  return { names, replaced: new Set([...ROUTER_FIELDS, "model", ...names]) };
}

const NEWER = boundedBy("max_completion_tokens");
const OLDER = boundedBy("max_tokens");
const BOTH = boundedBy("max_completion_tokens", "max_tokens");

/** The members with which the client bounds the output; undefined where it does not. */
function boundingOf({ max_completion_tokens: newer, max_tokens: older }: JsonObject): Bounding | undefined {
  if (typeof newer === "number") return typeof older === "number" ? BOTH : NEWER;
  return typeof older === "number" ? OLDER : undefined;
}

/** Those that bound the output where the client used none. */
function usualBounding(offerName: string): Bounding {
  return NEW_NAME_ONLY.test(offerName) ? NEWER : OLDER;
}

/**
 * Reads a request body; throws `invalid_request` or `unsupported_parameter` with what was expected and found. Of a large
 * one the long strings are not looked at: no field that is read here can be among them (decision 7).
 */
export function readChatRequest(body: RequestBody): ChatRequest {
  const { text, pieces, shortened } = textOf(body);
  const fields = parseText(text);
  const [model, ...fallbacks] = readModels(fields);
  const { messages } = fields;
  if (!Array.isArray(messages) || messages.length === 0 || messages.length > MESSAGES_MAX) {
    throw invalid(`an array of 1 to ${MESSAGES_MAX} messages`, describe(messages), "messages");
  }
  const members = membersOf(text);
  const choices = readCount(fields, "n", CHOICES_MAX) ?? 1;
  const maxCompletionTokens = readCount(fields, "max_completion_tokens", TOKENS_MAX);
  const maxTokens = readCount(fields, "max_tokens", TOKENS_MAX);
  refuseUnsupported(fields);
  const preferences = asksNothing(fields["provider"])
    ? NO_PREFERENCES
    : readPreferences(textAt(text, members, "provider"));
  const media = countMedia(messages as readonly unknown[]);
  const inputModalities = mediaOf(media);
  const bounding = boundingOf(fields);
  return {
    model,
    models: [model, ...fallbacks],
    preferences,
    parameters: askedParameters(fields),
    prefix: conversationPrefix(messages as readonly unknown[]),
    stream: readStream(fields),
    probabilities: askedProbabilities(fields),
    maxTokens: maxCompletionTokens ?? maxTokens,
    choices,
    messageCount: messages.length,
    media,
    inputModalities,
    textBytes:
      body.length -
      (inputModalities.size === 0 ? 0 : mediaDataBytes(text, find(members, "messages").valueStart, shortened)),
    bodyFor(offerName, maxOutput) {
      const { names, replaced } = bounding ?? usualBounding(offerName);
      let first = `"model":${JSON.stringify(offerName)}`;
      for (const name of names) first += `,"${name}":${maxOutput}`;
      return pieces(rewriteObject(text, first, replaced, members));
    },
  };
}
