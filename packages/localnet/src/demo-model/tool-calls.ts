// Which tools an answer calls, and with which arguments.

import type { ChatRequest } from "./chat-request.ts";
import type { Tool } from "./chat-tools.ts";
import { makeSchemaValue } from "./json-schema/schema-value.ts";
import { TOOL_CALLS_MAX } from "./limits.ts";
import { lastUserText, properNames } from "./prompt.ts";

/** A call before it is cut to the tokens that are allowed: the arguments are whole. */
export interface PlannedCall {
  readonly name: string;
  readonly argumentsText: string;
}

const ASKS_FOR_TWO = /\b(?:two|both|twice|2)\b/i;
const NAME_WORD_CHARS = 4; // shorter words of a tool's name (get, for) say nothing about the prompt

function isMentioned(tool: Tool, prompt: string): boolean {
  const words = tool.name.toLowerCase().split(/[^a-z0-9]+/);
  return words.some((word) => word.length >= NAME_WORD_CHARS && prompt.includes(word));
}

function chooseTools({ tools, toolChoice, parallelTools }: ChatRequest, prompt: string): readonly Tool[] {
  if (typeof toolChoice === "object") return tools.filter((tool) => tool.name === toolChoice.name).slice(0, 1);
  if (toolChoice === "required") return parallelTools ? tools : tools.slice(0, 1);
  const mentioned = tools.filter((tool) => isMentioned(tool, prompt.toLowerCase()));
  return parallelTools ? mentioned : mentioned.slice(0, 1);
}

/**
 * The calls that answer a request; none where text answers it. A function that is named is called; `required` calls
 * every tool, or the first where parallel calls are off; `auto` calls each tool whose name has a word of four letters
 * or more in the last user message. A prompt that says two, both or twice has a single call made twice. After a tool's
 * result the answer is text. Throws `invalid_request` where no arguments can be made for a tool's schema.
 */
export function planToolCalls(request: ChatRequest, choiceIndex: number): readonly PlannedCall[] {
  if (request.toolChoice === "none" || request.messages.at(-1)?.role === "tool") return [];
  const prompt = lastUserText(request.messages);
  const chosen = chooseTools(request, prompt);
  const isTwice = chosen.length === 1 && request.parallelTools && ASKS_FOR_TWO.test(prompt);
  const called = isTwice ? [...chosen, ...chosen] : chosen.slice(0, TOOL_CALLS_MAX);
  const words = properNames(prompt);
  return called.map(({ name, parameters, param }, index) => {
    // Arguments are an object even where the schema does not say so.
    const schema = { type: "object", ...parameters };
    const value = makeSchemaValue(schema, param, { salt: index + choiceIndex, words });
    return { name, argumentsText: JSON.stringify(value) };
  });
}
