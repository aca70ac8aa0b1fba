// Answers in the shape clients know: the router's own id, model and cost put in, everything else byte-exact.
import { jsonElements, jsonMembers, replaceMembers } from "@aimo-network/protocol/json-members";
import type { AnswerEvent, JsonObject } from "../providers/answer-event.ts";
import { isJsonObject } from "../providers/answer-event.ts";

/** What the router writes into every answer. */
export interface Envelope {
  readonly generationId: string;
  /** The offer's model, `author/slug`. */
  readonly model: string;
  /** Seconds since 1970, where the provider gives none. */
  readonly createdSeconds: number;
}

interface Shape {
  readonly object: "chat.completion" | "chat.completion.chunk";
  /** The member of a choice that holds what it says. */
  readonly part: "message" | "delta";
}

const CHUNK: Shape = { object: "chat.completion.chunk", part: "delta" };
const WHOLE: Shape = { object: "chat.completion", part: "message" };

function needsRepair(choice: unknown, shape: Shape, topFinishReason: unknown): boolean {
  if (!isJsonObject(choice)) return false;
  return typeof choice["index"] !== "number" || choice[shape.part] === undefined || topFinishReason !== undefined;
}

/** Adds what a choice lacks: its index, an empty part, and the `finish_reason` that stood at top level. */
function repairChoice(text: string, choice: JsonObject, index: number, shape: Shape, topFinishReason: unknown): string {
  const changes = new Map<string, string | undefined>();
  if (typeof choice["index"] !== "number") changes.set("index", String(index));
  if (choice[shape.part] === undefined) changes.set(shape.part, "{}");
  if (typeof choice["finish_reason"] !== "string" && topFinishReason !== undefined) {
    changes.set("finish_reason", JSON.stringify(topFinishReason));
  }
  return replaceMembers(text, changes);
}

function choicesJson(event: AnswerEvent, shape: Shape): string | undefined {
  const { choices, finish_reason: top } = event.value;
  if (!Array.isArray(choices)) return shape === CHUNK ? "[]" : undefined;
  const topFinishReason: unknown = typeof top === "string" ? top : undefined;
  if (!choices.some((choice) => needsRepair(choice, shape, topFinishReason))) return undefined;
  const member = jsonMembers(event.text).findLast(({ key }) => key === "choices");
  if (member === undefined) return undefined;
  const list = event.text.slice(member.valueStart, member.valueEnd);
  const repaired = jsonElements(list, 0).map(({ start, end }, index) => {
    const element = list.slice(start, end);
    const choice: unknown = choices[index];
    return isJsonObject(choice) ? repairChoice(element, choice, index, shape, topFinishReason) : element;
  });
  return `[${repaired.join(",")}]`;
}

function envelop(event: AnswerEvent, envelope: Envelope, shape: Shape, usage: string | undefined): string {
  const { created } = event.value;
  const changes = new Map<string, string | undefined>([
    ["id", JSON.stringify(envelope.generationId)],
    ["object", JSON.stringify(shape.object)],
    ["created", String(typeof created === "number" && Number.isInteger(created) ? created : envelope.createdSeconds)],
    ["model", JSON.stringify(envelope.model)],
    ["usage", usage],
    ["x_groq", undefined],
    ["finish_reason", undefined],
  ]);
  const choices = choicesJson(event, shape);
  if (choices !== undefined) changes.set("choices", choices);
  return replaceMembers(event.text, changes);
}

/** A whole JSON answer; `usage` is JSON text, undefined where the provider reported none. */
export function answerJson(event: AnswerEvent, envelope: Envelope, usage: string | undefined): string {
  return envelop(event, envelope, WHOLE, usage);
}

/** One event of a stream, or undefined where it has nothing to show but the usage, which comes at the end. */
export function chunkJson(event: AnswerEvent, envelope: Envelope): string | undefined {
  const { choices } = event.value;
  if (!Array.isArray(choices) || choices.length === 0) return undefined;
  return envelop(event, envelope, CHUNK, undefined);
}

/** The event that ends a stream's accounts: no choices, and the usage with its cost. */
export function usageChunkJson(envelope: Envelope, usage: string): string {
  const { generationId, model, createdSeconds } = envelope;
  const head = JSON.stringify({ id: generationId, object: CHUNK.object, created: createdSeconds, model, choices: [] });
  return `${head.slice(0, -1)},"usage":${usage}}`;
}

/** The event that tells a client that its answer failed half-way; no `[DONE]` follows (http-api.md). */
export function errorChunkJson(envelope: Envelope, error: object): string {
  const { generationId, model, createdSeconds } = envelope;
  return JSON.stringify({
    id: generationId,
    object: CHUNK.object,
    created: createdSeconds,
    model,
    choices: [{ index: 0, delta: { content: "" }, finish_reason: "error" }],
    error,
  });
}
