// Answers in the shape clients know: the router's own id, model and cost put in, everything else byte-exact.
import { finishReasonOf } from "@aimo-network/protocol/finish-reason";
import type { JsonMember } from "@aimo-network/protocol/json-members";
import { jsonElements, jsonMembers, replaceMembers, rewriteObject } from "@aimo-network/protocol/json-members";
import type { JsonObject } from "@aimo-network/protocol/json-object";
import { isJsonObject } from "@aimo-network/protocol/json-object";
import { CHOICES_MAX } from "../../limits.ts";
import type { AnswerEvent } from "../../providers/answer-event.ts";
import type { Likeness } from "../../providers/like-events.ts";

/** What the router writes into every answer. */
export interface Envelope {
  /** The generation's id and the offer's model, `author/slug`, as JSON: they stand in every event. */
  readonly generationIdJson: string;
  readonly modelJson: string;
  /** The wallet of the provider that answers, as JSON; undefined where none does. */
  readonly providerJson?: string | undefined;
  /** Why it went where it went, as JSON; undefined where nobody asked. It stands in a whole answer and in a stream's last event. */
  readonly metadataJson?: string | undefined;
  /** Seconds since 1970, where the provider gives none. */
  readonly createdSeconds: number;
}

type ReadEvent = Pick<AnswerEvent, "text" | "value">;

interface Shape {
  readonly object: "chat.completion" | "chat.completion.chunk";
  /** The member of a choice that holds what it says. */
  readonly part: "message" | "delta";
}

const CHUNK: Shape = { object: "chat.completion.chunk", part: "delta" };
const WHOLE: Shape = { object: "chat.completion", part: "message" };

/** Choices of a stream whose role the client has been told; OpenAI's client refuses a choice without one. */
export type IntroducedChoices = Set<unknown>;

function lacksRole(part: unknown, index: unknown, introduced: IntroducedChoices): boolean {
  if (introduced.has(index)) return false;
  if (introduced.size < CHOICES_MAX) introduced.add(index);
  return !isJsonObject(part) || typeof part["role"] !== "string";
}

/** Why a choice ended: its own word for it, and the one that all clients know; none where it has not ended. */
function finishMembers(choice: JsonObject, topFinishReason: string | undefined): [name: string, json: string][] {
  const { finish_reason: own, native_finish_reason: told } = choice;
  const native = typeof own === "string" ? own : topFinishReason;
  if (native === undefined) return [];
  const members: [string, string][] = [];
  const reason = finishReasonOf(native);
  if (reason !== own) members.push(["finish_reason", `"${reason}"`]);
  if (typeof told !== "string") members.push(["native_finish_reason", JSON.stringify(native)]);
  return members;
}

/** What a choice lacks, as members to put into it: its index, its part, its role, and why it ended. */
function missingMembers(
  text: string,
  choice: JsonObject,
  position: number,
  { shape, topFinishReason, introduced }: Repair,
): Map<string, string> {
  const members = new Map<string, string>();
  const index = typeof choice["index"] === "number" ? choice["index"] : position;
  const part = choice[shape.part];
  if (choice["index"] !== index) members.set("index", String(index));
  if (lacksRole(part, index, introduced)) members.set(shape.part, withRole(text, part, shape));
  else if (part === undefined) members.set(shape.part, "{}");
  for (const [name, json] of finishMembers(choice, topFinishReason)) members.set(name, json);
  return members;
}

function withRole(text: string, part: unknown, shape: Shape): string {
  const member = isJsonObject(part) ? jsonMembers(text).findLast(({ key }) => key === shape.part) : undefined;
  const old = member === undefined ? "{}" : text.slice(member.valueStart, member.valueEnd);
  return replaceMembers(old, new Map([["role", '"assistant"']]));
}

interface Repair {
  readonly shape: Shape;
  readonly topFinishReason: string | undefined;
  readonly introduced: IntroducedChoices;
}

function isSound(choice: unknown, { shape, topFinishReason, introduced }: Repair): boolean {
  if (!isJsonObject(choice)) return true;
  const { index } = choice;
  return (
    typeof index === "number" &&
    introduced.has(index) &&
    choice[shape.part] !== undefined &&
    topFinishReason === undefined &&
    typeof choice["finish_reason"] !== "string"
  );
}

/** The choices with what they lack put in; undefined where they lack nothing, as in nearly every event. */
function choicesJson(
  { text, value }: ReadEvent,
  members: readonly JsonMember[],
  shape: Shape,
  introduced: IntroducedChoices,
): string | undefined {
  const { choices, finish_reason: top } = value;
  if (!Array.isArray(choices)) return undefined;
  const repair = { shape, topFinishReason: typeof top === "string" ? top : undefined, introduced };
  if (choices.every((choice) => isSound(choice, repair))) return undefined;
  const member = members.findLast(({ key }) => key === "choices");
  if (member === undefined) return undefined;
  const list = text.slice(member.valueStart, member.valueEnd);
  const repaired = jsonElements(list, 0).map(({ start, end }, position) => {
    const own = list.slice(start, end);
    const choice: unknown = choices[position];
    const missing = isJsonObject(choice) ? missingMembers(own, choice, position, repair) : new Map<string, string>();
    return missing.size === 0 ? own : replaceMembers(own, missing);
  });
  return `[${repaired.join(",")}]`;
}

/** Where an explanation stands; no provider's word is taken for one. */
const METADATA = "aimo_metadata";

/** What the router writes itself, or takes away because it has written it somewhere else. */
const OWN_MEMBERS: ReadonlySet<string> = new Set([
  ...["id", "object", "created", "model", "provider", "usage", METADATA],
  ...["x_groq", "finish_reason"],
]);
const OWN_MEMBERS_AND_CHOICES: ReadonlySet<string> = new Set([...OWN_MEMBERS, "choices"]);

function headJson(envelope: Envelope, { object }: Shape, createdSeconds: number): string {
  const { generationIdJson, modelJson, providerJson } = envelope;
  const head = `"id":${generationIdJson},"object":"${object}","created":${createdSeconds},"model":${modelJson}`;
  return providerJson === undefined ? head : `${head},"provider":${providerJson}`;
}

function envelop(
  event: ReadEvent,
  envelope: Envelope,
  shape: Shape,
  more: { usage: string | undefined; introduced: IntroducedChoices },
): string {
  const { created } = event.value;
  const createdSeconds = typeof created === "number" && Number.isInteger(created) ? created : envelope.createdSeconds;
  let own = headJson(envelope, shape, createdSeconds);
  if (more.usage !== undefined) own += `,"usage":${more.usage}`;
  if (shape === WHOLE) own += metadataMember(envelope);
  const members = jsonMembers(event.text);
  const choices = choicesJson(event, members, shape, more.introduced);
  if (choices === undefined) return rewriteObject(event.text, own, OWN_MEMBERS, members);
  return rewriteObject(event.text, `${own},"choices":${choices}`, OWN_MEMBERS_AND_CHOICES, members);
}

/** A whole JSON answer; `usage` is JSON text, undefined where the provider reported none. */
export function answerJson(event: AnswerEvent, envelope: Envelope, usage: string | undefined): string {
  return envelop(event, envelope, WHOLE, { usage, introduced: new Set() });
}

function metadataMember({ metadataJson }: Envelope): string {
  return metadataJson === undefined ? "" : `,"${METADATA}":${metadataJson}`;
}

/** One event of a stream, or undefined where it has nothing to show but the usage, which comes at the end. */
export function chunkJson(event: ReadEvent, envelope: Envelope, introduced: IntroducedChoices): string | undefined {
  const { choices } = event.value;
  if (!Array.isArray(choices) || choices.length === 0) return undefined;
  const chunk = envelop(event, envelope, CHUNK, { usage: undefined, introduced });
  // The data of an event may have had several lines; between JSON's tokens a space means the same as a line break.
  return chunk.includes("\n") ? chunk.replaceAll("\n", " ") : chunk;
}

/** No JSON text has this character: where it stands in what is written, the text of an event would. */
const SAID_HERE = "\u0001";

/** What is written before and after the text of every event with one likeness. */
export interface WrittenAround extends Likeness {
  readonly likeness: Likeness;
}

/** What `chunkJson` writes around an event's text, where that text is all in which events differ; undefined where it is not. */
export function writtenAround(
  event: AnswerEvent,
  envelope: Envelope,
  introduced: IntroducedChoices,
): WrittenAround | undefined {
  const { likeness, value } = event;
  if (likeness === undefined) return undefined;
  const text = `${likeness.before}${SAID_HERE}${likeness.after}`;
  const [before, after, more] = chunkJson({ text, value }, envelope, introduced)?.split(SAID_HERE) ?? [];
  return before === undefined || after === undefined || more !== undefined ? undefined : { likeness, before, after };
}

function chunkHead(envelope: Envelope): string {
  return headJson(envelope, CHUNK, envelope.createdSeconds);
}

/**
 * The event that ends a stream's accounts: no choices, and the usage with its cost, where the provider reported one;
 * undefined where there is nothing to say.
 */
export function lastChunkJson(envelope: Envelope, usage: string | undefined): string | undefined {
  if (usage === undefined && envelope.metadataJson === undefined) return undefined;
  const shownUsage = usage === undefined ? "" : `,"usage":${usage}`;
  return `{${chunkHead(envelope)},"choices":[]${shownUsage}${metadataMember(envelope)}}`;
}

/** The event that tells a client that its answer failed half-way; no `[DONE]` follows (http-api.md). */
export function errorChunkJson(envelope: Envelope, error: object): string {
  const ended = '"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}]';
  return `{${chunkHead(envelope)},${ended},"error":${JSON.stringify(error)}${metadataMember(envelope)}}`;
}
