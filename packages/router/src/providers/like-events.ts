// Events of a stream that differ in one text alone, as nearly all of a stream do: what they have in common is read once.
import { BACKSLASH, QUOTE } from "@aimo-network/protocol/json-characters";
import type { JsonMember } from "@aimo-network/protocol/json-members";
import { jsonElements, jsonMembers } from "@aimo-network/protocol/json-members";
import type { JsonObject } from "@aimo-network/protocol/json-object";
import { isJsonObject } from "@aimo-network/protocol/json-object";
import { ownText } from "@aimo-network/protocol/own-text";
import type { AnswerEvent } from "./answer-event.ts";
import { isSmall, readAnswerEvent } from "./answer-event.ts";

/** The JSON before and after the text in which events differ. */
export interface Likeness {
  readonly before: string;
  readonly after: string;
}

/** The members of a delta that models write one token at a time. */
const SPOKEN = ["content", "reasoning_content"] as const;

const PROBE = "x"; // one byte of output
const [SPACE, ASCII_MAX] = [0x20, 0x7f];

/**
 * The UTF-8 bytes of a part of a JSON text that is its own JSON: without quotes, backslashes and control characters it cannot
 * end the string it stands in. Undefined for any other. A loop, which takes a third of what a regular expression does.
 */
function plainBytes(text: string, start: number, end: number): number | undefined {
  let isAscii = true;
  for (let at = start; at < end; at += 1) {
    const code = text.charCodeAt(at);
    if (code < SPACE || code === QUOTE || code === BACKSLASH) return undefined;
    if (code > ASCII_MAX) isAscii = false;
  }
  return isAscii ? end - start : Buffer.byteLength(text.slice(start, end));
}

/** An event that is like one that was read before, but for the text that it says. */
class LikeEvent implements AnswerEvent {
  readonly text: string;
  readonly likeness: Likeness;
  readonly said: string;
  readonly hasOutput = true;
  readonly outputBytes: number;
  readonly finishReason = undefined;
  readonly usage = undefined;

  constructor(text: string, likeness: Likeness, said: string, outputBytes: number) {
    this.text = text;
    this.likeness = likeness;
    this.said = said;
    this.outputBytes = outputBytes;
  }

  /** Parsed when somebody asks, which few do. */
  get value(): JsonObject {
    return JSON.parse(this.text) as JsonObject;
  }
}

/** The member as JSON.parse reads it, which takes the last of those with one name. */
function lastMember(text: string, at: number, name: string): JsonMember | undefined {
  return jsonMembers(text, at).findLast(({ key }) => key === name);
}

/** Where the value of a member of the only choice's delta stands. */
function spokenAt(text: string, name: string): JsonMember | undefined {
  const choices = lastMember(text, 0, "choices");
  const [choice] = choices === undefined ? [] : jsonElements(text, choices.valueStart);
  const delta = choice && lastMember(text, choice.start, "delta");
  return delta && lastMember(text, delta.valueStart, name);
}

/** Whether an event shows nothing but the probe in place of its text, and says nothing else. */
function showsProbeAlone({ before, after }: Likeness): boolean {
  const { outputBytes, finishReason, usage } = readAnswerEvent(before + PROBE + after, "");
  return outputBytes === PROBE.length && finishReason === undefined && usage === undefined;
}

/** What an event has in common with those that differ in the text it says; undefined where it says more than one. */
export function likenessOf({ text, value, hasOutput }: AnswerEvent): Likeness | undefined {
  const { choices } = value;
  if (!hasOutput || !isSmall(text) || text.includes("\n") || !Array.isArray(choices) || choices.length !== 1) {
    return undefined;
  }
  const { delta } = choices[0] as JsonObject;
  if (!isJsonObject(delta)) return undefined;
  for (const name of SPOKEN) {
    const said = delta[name];
    if (typeof said !== "string" || said === "") continue;
    if (plainBytes(said, 0, said.length) === undefined) return undefined;
    const found = spokenAt(text, name);
    if (found === undefined || text.slice(found.valueStart, found.valueEnd) !== `"${said}"`) return undefined;
    const likeness = { before: ownText(text, 0, found.valueStart + 1), after: ownText(text, found.valueEnd - 1) };
    return showsProbeAlone(likeness) ? likeness : undefined;
  }
  return undefined;
}

/** Whether data begins and ends as others do. */
export function hasLikeness(data: string, { before, after }: Likeness): boolean {
  const end = data.length - after.length;
  // Slices are compared by whole words of memory, where `startsWith` goes from character to character.
  return end > before.length && data.slice(0, before.length) === before && data.slice(end) === after;
}

/** Reads the data of an event that is like others but for its text; undefined where it is not. */
export function readLikeEvent(data: string, likeness: Likeness): AnswerEvent | undefined {
  if (!isSmall(data) || !hasLikeness(data, likeness)) return undefined;
  const start = likeness.before.length;
  const end = data.length - likeness.after.length;
  const bytes = plainBytes(data, start, end);
  return bytes === undefined ? undefined : new LikeEvent(data, likeness, data.slice(start, end), bytes);
}
