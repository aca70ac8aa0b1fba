// How many bytes of output an answer or an event of one shows its client.
import type { JsonObject } from "@aimo-network/protocol/json-object";
import { isJsonObject } from "@aimo-network/protocol/json-object";

function bytesOf(text: unknown): number {
  return typeof text === "string" ? Buffer.byteLength(text) : 0;
}

function callBytes(called: unknown): number {
  return isJsonObject(called) ? bytesOf(called["name"]) + bytesOf(called["arguments"]) : 0;
}

/** The bytes of content, which is a text or, in some answers, a list of parts that have one each. */
function contentBytes(content: unknown): number {
  if (!Array.isArray(content)) return bytesOf(content);
  let bytes = 0;
  for (const part of content as readonly unknown[]) if (isJsonObject(part)) bytes += bytesOf(part["text"]);
  return bytes;
}

/** The bytes of a choice's text; reasoning that stands there under both of its names is one text, and counts once. */
function choiceBytes(choice: JsonObject): number {
  const part = choice["delta"] ?? choice["message"];
  if (!isJsonObject(part)) return 0;
  const reasoning = Math.max(bytesOf(part["reasoning"]), bytesOf(part["reasoning_content"]));
  let bytes = contentBytes(part["content"]) + reasoning + bytesOf(part["refusal"]) + callBytes(part["function_call"]);
  const calls = part["tool_calls"];
  if (!Array.isArray(calls)) return bytes;
  for (const call of calls as readonly unknown[]) if (isJsonObject(call)) bytes += callBytes(call["function"]);
  return bytes;
}

/** The UTF-8 bytes of all that choices show as text: what completion tokens are held against (one token is a byte at least). */
export function outputBytes(choices: readonly JsonObject[]): number {
  let bytes = 0;
  for (const choice of choices) bytes += choiceBytes(choice);
  return bytes;
}
