// What one event of a provider's stream, or its whole JSON answer, says: output, end, usage or error.
import { AimoError } from "@aimo-network/protocol/errors";
import { keptFinishReason } from "@aimo-network/protocol/finish-reason";
import { exceededJsonBound } from "@aimo-network/protocol/json-bounds";
import type { JsonObject } from "@aimo-network/protocol/json-object";
import { isJsonObject } from "@aimo-network/protocol/json-object";
import type { Usage } from "@aimo-network/protocol/usage";
import { findUsage } from "@aimo-network/protocol/usage";
import { ANSWER_DEPTH_MAX, ANSWER_VALUES_MAX, CHOICES_MAX, EVENT_LINES_MAX } from "../limits.ts";
import type { Likeness } from "./like-events.ts";
import { outputBytes } from "./output-bytes.ts";
import { failureInAnswer } from "./provider-failure.ts";

/** One event of an answer, with its text so that it can be passed on byte-exactly. */
export interface AnswerEvent {
  readonly text: string;
  readonly value: JsonObject;
  /** Whether it shows the client anything: content, reasoning, a tool call, a refusal, audio. */
  readonly hasOutput: boolean;
  /** UTF-8 bytes of what it shows as text: content, reasoning, a refusal, the names and arguments of calls. */
  readonly outputBytes: number;
  readonly finishReason: string | undefined;
  readonly usage: Usage | undefined;
  /** What it has in common with others of its stream, where it differs from them in `said` alone; that text is its own JSON. */
  readonly likeness?: Likeness | undefined;
  readonly said?: string;
}

const SMALL_CHARS = 64 * 1024; // too few for values enough to matter: nearly every event is spared the look
const BOUNDS = { levelsMax: ANSWER_DEPTH_MAX, valuesMax: ANSWER_VALUES_MAX };

/** Whether a text is too short to hold values enough to matter. */
export function isSmall(text: string): boolean {
  return text.length <= SMALL_CHARS;
}

function isTooRich(text: string): boolean {
  return !isSmall(text) && exceededJsonBound(text, BOUNDS) !== undefined;
}

function parse(text: string): unknown {
  if (isTooRich(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // the caller says what was expected of whom
  }
}

/** The parts of a message or delta that show nothing by themselves. */
const SILENT = new Set(["role", "index", "id", "name", "type"]);

function shows(value: unknown): boolean {
  if (typeof value === "string") return value !== "";
  if (Array.isArray(value)) return value.length > 0;
  return value !== null && value !== undefined;
}

function choiceShows(choice: unknown): boolean {
  if (!isJsonObject(choice)) return false;
  const part = choice["delta"] ?? choice["message"];
  if (!isJsonObject(part)) return false;
  for (const key in part) if (!SILENT.has(key) && shows(part[key])) return true; // parsed JSON inherits nothing that counts
  return false;
}

function finishReasonIn(value: JsonObject, choices: readonly unknown[]): string | undefined {
  for (const choice of choices) {
    if (isJsonObject(choice) && typeof choice["finish_reason"] === "string") {
      return keptFinishReason(choice["finish_reason"]);
    }
  }
  return typeof value["finish_reason"] === "string" ? keptFinishReason(value["finish_reason"]) : undefined;
}

/** What cannot be seen: white space, and characters that only control or format others. */
const SEEN = /[^\s\p{Cc}\p{Cf}]/u;
/** What calls say beside their names and arguments. */
const UNSEEN_MEMBERS = new Set(["index", "id", "type", "format"]);
const SEEN_DEPTH_MAX = 8; // tool calls have four levels

function isSeen(value: unknown, depth: number): boolean {
  if (typeof value === "string") return SEEN.test(value);
  if (typeof value !== "object" || value === null || depth > SEEN_DEPTH_MAX) return false;
  for (const key in value) {
    if (!UNSEEN_MEMBERS.has(key) && isSeen((value as JsonObject)[key], depth + 1)) return true;
  }
  return false;
}

/**
 * Whether an event shows something that a person would see, so that the wait for the answer is over. White space is shown
 * too, but says nothing: a provider that began with it could look as quick as it likes.
 */
export function saysSomething({ hasOutput, value }: AnswerEvent): boolean {
  if (!hasOutput) return false;
  for (const choice of value["choices"] as readonly JsonObject[]) {
    const part = choice["delta"] ?? choice["message"];
    if (!isJsonObject(part)) continue;
    for (const key in part) if (!SILENT.has(key) && isSeen(part[key], 1)) return true;
  }
  return false;
}

/** The error that a 200 answer or one of its events carries; undefined where it carries none. */
function errorIn(value: JsonObject, provider: string): AimoError | undefined {
  const { error } = value;
  if (value["object"] === "error") return failureInAnswer(provider, value);
  if (isJsonObject(error)) return failureInAnswer(provider, error);
  if (typeof error === "string") return failureInAnswer(provider, { message: error });
  return undefined;
}

/** Reads the object an answer or an event consists of; throws the error it carries, or `provider_error` for anything else. */
export function readAnswerEvent(text: string, provider: string): AnswerEvent {
  const value = parse(text);
  if (!isJsonObject(value)) {
    throw new AimoError("provider_error", {
      provider,
      detail: `expected a JSON object of at most ${ANSWER_VALUES_MAX} values and ${ANSWER_DEPTH_MAX} levels in its answer, found something else`,
    });
  }
  const error = errorIn(value, provider);
  if (error !== undefined) throw error;
  const choices: readonly unknown[] = Array.isArray(value["choices"]) ? value["choices"] : [];
  if (choices.length > CHOICES_MAX || !choices.every(isJsonObject)) {
    throw new AimoError("provider_error", {
      provider,
      detail: `expected at most ${CHOICES_MAX} objects as its choices, found something else`,
    });
  }
  const hasOutput = choices.some(choiceShows);
  return {
    text,
    value,
    hasOutput,
    outputBytes: hasOutput ? outputBytes(choices) : 0,
    finishReason: finishReasonIn(value, choices),
    usage: text.includes("usage") ? findUsage(value) : undefined,
    likeness: undefined,
    said: "",
  };
}

/**
 * Reads the data of one server-sent event. A provider that separates its events by one newline instead of two sends
 * several objects as lines of one event: each is read for itself, when it is its turn, for there may be millions.
 */
export function readStreamData(data: string, provider: string): Iterable<AnswerEvent> {
  if (!data.includes("\n") || isTooRich(data) || isJsonObject(parse(data))) return [readAnswerEvent(data, provider)];
  return readLines(data, provider);
}

function* readLines(data: string, provider: string): Generator<AnswerEvent> {
  let lines = 0;
  for (let start = 0; start <= data.length;) {
    const feed = data.indexOf("\n", start);
    const end = feed === -1 ? data.length : feed;
    const line = data.slice(start, end);
    start = end + 1;
    if (line === "" || line === DONE) continue;
    lines += 1;
    if (lines > EVENT_LINES_MAX) {
      const detail = `expected at most ${EVENT_LINES_MAX} lines in an event, found more`;
      throw new AimoError("provider_error", { provider, detail });
    }
    yield readAnswerEvent(line, provider);
  }
}

/** The data that ends a stream. */
const DONE = "[DONE]";

/** Whether data that no blank line ended is whole all the same, and not cut in the middle of an event. */
export function isWholeData(data: string): boolean {
  return data.split("\n").every((line) => line === DONE || isJsonObject(parse(line)));
}

/** Whether an event's data ends the stream, alone or as its last line. */
export function endsStream(data: string): boolean {
  return data === DONE || data.endsWith(`\n${DONE}`);
}
