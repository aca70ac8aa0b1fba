// How many bytes of output an answer or an event of one shows its client.
import type { JsonObject } from "@aimo-network/protocol/json-object";
import { isJsonObject } from "@aimo-network/protocol/json-object";

function bytesOf(text: unknown): number {
  return typeof text === "string" ? Buffer.byteLength(text) : 0;
}

/** The bytes of a call: of a function with arguments, or of a custom tool, whose input is free text. */
function callBytes(called: unknown): number {
  if (!isJsonObject(called)) return 0;
  return bytesOf(called["name"]) + bytesOf(called["arguments"]) + bytesOf(called["input"]);
}

/** The bytes of a text, or of a list of parts that have one each. */
function partsBytes(parts: unknown): number {
  if (!Array.isArray(parts)) return bytesOf(parts);
  let bytes = 0;
  for (const part of parts as readonly unknown[]) if (isJsonObject(part)) bytes += bytesOf(part["text"]);
  return bytes;
}

/** The bytes of content, which is a text or, in some answers, a list of parts that are text or thoughts (Mistral's). */
function contentBytes(content: unknown): number {
  let bytes = partsBytes(content);
  if (!Array.isArray(content)) return bytes;
  for (const part of content as readonly unknown[]) if (isJsonObject(part)) bytes += partsBytes(part["thinking"]);
  return bytes;
}

/** The bytes of a choice's text; reasoning that stands there under several of its names is one text, and counts once. */
function choiceBytes(choice: JsonObject): number {
  const part = choice["delta"] ?? choice["message"];
  if (!isJsonObject(part)) return 0;
  const { reasoning, reasoning_content: sameReasoning, reasoning_details: details, audio, tool_calls: calls } = part;
  let bytes = Math.max(bytesOf(reasoning), bytesOf(sameReasoning), partsBytes(details));
  bytes += contentBytes(part["content"]) + bytesOf(part["refusal"]) + callBytes(part["function_call"]);
  if (isJsonObject(audio)) bytes += bytesOf(audio["transcript"]);
  if (!Array.isArray(calls)) return bytes;
  for (const call of calls as readonly unknown[]) {
    if (isJsonObject(call)) bytes += callBytes(call["function"]) + callBytes(call["custom"]);
  }
  return bytes;
}

/** The UTF-8 bytes of all that choices show as text: what completion tokens are held against (one token is a byte at least). */
export function outputBytes(choices: readonly JsonObject[]): number {
  let bytes = 0;
  for (const choice of choices) bytes += choiceBytes(choice);
  return bytes;
}
