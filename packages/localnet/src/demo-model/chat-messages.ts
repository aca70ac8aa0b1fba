// The messages of a chat request: their roles, their text and what is attached to them.

import { type Attachment, readAttachment } from "./attachments.ts";
import { type Fields, invalidField, isFields, readArray, readText } from "./request-fields.ts";

const ROLES = ["system", "developer", "user", "assistant", "tool", "function"] as const;
const PARTS_MAX = 1000; // far above any real message, so that one cannot be all parts and no text

/** One message: its text parts joined, its media apart. */
export interface ChatMessage {
  readonly role: (typeof ROLES)[number];
  readonly text: string;
  readonly attachments: readonly Attachment[];
}

function isRole(value: unknown): value is ChatMessage["role"] {
  return ROLES.some((role) => role === value);
}

function readParts(parts: readonly unknown[], param: string): Pick<ChatMessage, "text" | "attachments"> {
  const texts: string[] = [];
  const attachments: Attachment[] = [];
  for (const [index, part] of parts.entries()) {
    const partParam = `${param}[${index}]`;
    if (!isFields(part)) throw invalidField(partParam, "a content part (an object)", part);
    const attachment = readAttachment(part, partParam);
    if (attachment !== undefined) attachments.push(attachment);
    else if (part["type"] === "text" && typeof part["text"] === "string") texts.push(part["text"]);
    else if (part["type"] === "refusal" && typeof part["refusal"] === "string") texts.push(part["refusal"]);
    else throw invalidField(partParam, "a part of the type text, image_url, input_audio or file", part);
  }
  return { text: texts.join("\n"), attachments };
}

function readContent(
  fields: Fields,
  role: ChatMessage["role"],
  param: string,
): Pick<ChatMessage, "text" | "attachments"> {
  const content = fields["content"];
  if (typeof content === "string") return { text: content, attachments: [] };
  // An assistant that called tools has no content.
  if ((content === null || content === undefined) && role === "assistant") return { text: "", attachments: [] };
  if (!Array.isArray(content)) throw invalidField(`${param}.content`, "a string or an array of parts", content);
  return readParts(readArray(fields, "content", PARTS_MAX, `${param}.content`), `${param}.content`);
}

/** Reads the messages of a request body: at least one, each with a known role and content. */
export function readMessages(body: Fields): readonly ChatMessage[] {
  const messages = body["messages"];
  if (!Array.isArray(messages) || messages.length === 0) {
    throw invalidField("messages", "an array of at least one message", messages);
  }
  return messages.map((message: unknown, index) => {
    const param = `messages[${index}]`;
    if (!isFields(message)) throw invalidField(param, "a message (an object)", message);
    const role = message["role"];
    if (!isRole(role)) throw invalidField(`${param}.role`, `one of ${ROLES.join(", ")}`, role);
    if (role === "tool") readText(message, "tool_call_id", `${param}.tool_call_id`);
    return { role, ...readContent(message, role, param) };
  });
}
