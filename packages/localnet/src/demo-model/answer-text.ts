// The words of an answer: composed from the request alone, so that equal requests get equal words.

import { describeAttachments } from "./attachments.ts";
import type { ChatRequest } from "./chat-request.ts";
import type { TextSource } from "./conduct.ts";
import { makeSchemaValue } from "./json-schema/schema-value.ts";
import { QUOTE_CHARS_MAX } from "./limits.ts";
import { countPieces } from "./pieces.ts";
import { lastToolResults, lastUserText, properNames } from "./prompt.ts";

const OPENINGS = [
  "Hello! This is the demo model of AiMo Network.",
  "You have reached the demo model of AiMo Network.",
  "The demo model of AiMo Network is answering.",
  "Good to hear from you; I am AiMo Network's demo model.",
];
const CLOSING = "I do not think, I only answer: the same request always gets the same words.";
const FILLER = ["demo", "tokens", "come", "one", "after", "the", "other", "until", "all", "are", "sent"]; // one piece each
const FILL_TOKENS = 256; // what `fill` fills where the client set no maximum

function quote(text: string): string {
  const start = text.slice(0, QUOTE_CHARS_MAX * 8); // enough even where many characters take two code units
  const characters = Array.from(start.trim().replaceAll(/\s+/g, " "));
  const isWhole = start.length === text.length && characters.length <= QUOTE_CHARS_MAX;
  return isWhole ? characters.join("") : `${characters.slice(0, QUOTE_CHARS_MAX).join("")}…`;
}

function compose({ messages, seed }: ChatRequest, choiceIndex: number): string {
  const opening = OPENINGS[Math.abs(seed + choiceIndex) % OPENINGS.length] ?? CLOSING;
  const results = lastToolResults(messages);
  const asked = lastUserText(messages);
  const attachments = messages.flatMap((message) => message.attachments);
  return [
    opening,
    ...(asked === "" ? [] : [`You wrote: "${quote(asked)}".`]),
    ...(attachments.length === 0 ? [] : [describeAttachments(attachments)]),
    ...results.map((result) => `The tool answered: ${quote(result)}.`),
    CLOSING,
  ].join(" ");
}

function fillerText(tokens: number): string {
  return Array.from({ length: tokens }, (_, index) => FILLER[index % FILLER.length]).join(" ");
}

function formattedText(request: ChatRequest, choiceIndex: number): string {
  const { format } = request;
  if (format.type === "text") return compose(request, choiceIndex);
  if (format.type === "json_object") return JSON.stringify({ answer: compose(request, choiceIndex) });
  const words = properNames(lastUserText(request.messages));
  const salt = Math.abs(request.seed % 97) + choiceIndex; // another seed may make another value
  return JSON.stringify(makeSchemaValue(format.schema, "response_format.json_schema.schema", { salt, words }));
}

/** The whole text of one choice, before `stop` and the maximum of tokens cut it. */
export function answerText(request: ChatRequest, source: TextSource, choiceIndex: number): string {
  if (source === "composed") return formattedText(request, choiceIndex);
  if (source === "echo") return lastUserText(request.messages);
  if (source === "fill") return fillerText(request.tokensLimited ? request.tokensMax : FILL_TOKENS);
  return fillerText(Math.min(source.tokens, request.tokensMax + 1)); // one more shows that it was cut
}

/** What the reasoning model says to itself first. */
export function reasoningText(request: ChatRequest): string {
  const tokens = countPieces(lastUserText(request.messages));
  return `The last message has ${tokens} tokens. A short answer will do, with its words quoted back.`;
}
