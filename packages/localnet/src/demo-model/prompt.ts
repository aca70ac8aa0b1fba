// What the demo model reads out of a conversation: the last question, the results of tools, the names in it.

import type { ChatMessage } from "./chat-messages.ts";

const FILLERS = ["demo", "sample", "example", "test"];
const NAMES_MAX = 8; // as many as there are tool calls

/** The text of the last message of the user; empty when there is none. */
export function lastUserText(messages: readonly ChatMessage[]): string {
  return messages.findLast((message) => message.role === "user")?.text ?? "";
}

/** The texts of the tool messages that end the conversation; empty when it does not end in one. */
export function lastToolResults(messages: readonly ChatMessage[]): readonly string[] {
  const lastOther = messages.findLastIndex((message) => message.role !== "tool");
  return messages.slice(lastOther + 1).map((message) => message.text);
}

/** Words a free string may be: capitalised words within sentences of `prompt` (Paris), then fillers. */
export function properNames(prompt: string): readonly string[] {
  const found = prompt.matchAll(/(?<=[\p{L}\p{N},:;]\s)\p{Lu}\p{L}+/gu);
  const names = new Set<string>();
  for (const [name] of found) {
    if (names.size === NAMES_MAX) break;
    names.add(name);
  }
  return [...names, ...FILLERS];
}
