// What the requests of one conversation have in common: by its hash each goes to the provider that has the others' prompts cached.
import { WHOLE_STRING_BYTES_MAX, STRING_HEAD_BYTES } from "@aimo-network/protocol/limits";
import { isJsonObject } from "@aimo-network/protocol/json-object";
import { PREFIX_CHARS_MAX, PREFIX_MESSAGES_MAX } from "../../market/limits.ts";

const ESCAPE_BYTES = 6; // of one character, written as `\u0061`

/** Characters of a string that no body shortens, however it is written (decision 7). */
const WHOLE_CHARS_MAX = Math.floor(WHOLE_STRING_BYTES_MAX / ESCAPE_BYTES);
/** Characters of a longer one that are read in every body. */
const HEAD_CHARS = Math.floor(STRING_HEAD_BYTES / ESCAPE_BYTES) - 1;
const HALF_PAIR = "\uD800"; // a mark for what a large body's skeleton leaves out begins with it

/**
 * The beginning of a string, the same whether its body is small or large: a conversation grows, and what it was known by as
 * long as it was read whole must be found when its long strings are no longer.
 */
function headOf(text: string): string {
  if (text.length > WHOLE_CHARS_MAX || text.includes(HALF_PAIR)) return text.slice(0, HEAD_CHARS);
  return text.slice(0, PREFIX_CHARS_MAX);
}

/** The beginning of a value's words and names, after `before`; stops where it has enough, whatever follows. */
function beginning(value: unknown, before: string): string {
  if (before.length >= PREFIX_CHARS_MAX) return before;
  if (typeof value === "string") return `${before}${headOf(value)},`;
  let text = `${before}[`;
  if (Array.isArray(value)) {
    for (const item of value as readonly unknown[]) {
      if (text.length >= PREFIX_CHARS_MAX) break;
      text = beginning(item, text);
    }
    return text;
  }
  if (!isJsonObject(value)) return `${before}${String(value)},`;
  for (const name in value) if (text.length < PREFIX_CHARS_MAX) text = beginning(value[name], `${text}${name}:`);
  return text;
}

function contentOf(message: unknown): string {
  const content = isJsonObject(message) ? message["content"] : undefined;
  return typeof content === "string" ? headOf(content) : beginning(content, "").slice(0, PREFIX_CHARS_MAX);
}

function hasRole(message: unknown, ...roles: readonly string[]): boolean {
  return isJsonObject(message) && roles.some((role) => role === message["role"]);
}

/**
 * The beginning of a conversation's first message, and of its user's first where that one is the system's, which many
 * conversations share. It is hashed and shown to nobody.
 */
export function conversationPrefix(messages: readonly unknown[]): string {
  const [first] = messages;
  const prefix = contentOf(first);
  if (!hasRole(first, "system", "developer")) return prefix;
  const user = messages.slice(0, PREFIX_MESSAGES_MAX).find((message) => hasRole(message, "user"));
  return user === undefined ? prefix : `${prefix}\0${contentOf(user)}`;
}
