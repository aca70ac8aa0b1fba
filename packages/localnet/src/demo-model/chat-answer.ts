// One whole answer to one request: its choices in tokens, cut where the client said, and what they cost in tokens.

import { answerText, reasoningText } from "./answer-text.ts";
import type { ChatRequest } from "./chat-request.ts";
import type { Conduct } from "./conduct.ts";
import { cutIntoPieces, countPieces } from "./pieces.ts";
import { planToolCalls } from "./tool-calls.ts";
import type { TokenCounts } from "./usage-report.ts";

const MESSAGE_TOKENS = 4; // the frame around each message
const ATTACHMENT_TOKENS = 256; // one image, clip or file, whatever its size

/** A call of a tool, its arguments in tokens. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly argumentPieces: readonly string[];
}

/** One choice: each piece is one token. */
export interface Choice {
  readonly reasoning: readonly string[];
  readonly content: readonly string[];
  readonly toolCalls: readonly ToolCall[];
  readonly finishReason: "stop" | "length" | "tool_calls";
}

/** The name an answer goes by and when it was made (seconds since 1970). */
export interface AnswerIdentity {
  readonly id: string;
  readonly created: number;
  readonly model: string;
}

/** An answer that is ready to be written as JSON or as a stream. */
export interface ChatAnswer extends AnswerIdentity {
  readonly choices: readonly Choice[];
  readonly counts: TokenCounts;
}

interface CutText {
  readonly pieces: readonly string[];
  readonly isCut: boolean;
}

function cutText(text: string, tokensMax: number, stops: readonly string[]): CutText {
  const pieces = cutIntoPieces(text, tokensMax + 1);
  const isCut = pieces.length > tokensMax;
  if (isCut) pieces.pop();
  if (stops.length === 0) return { pieces, isCut };
  const allowed = pieces.join("");
  const ends = stops.map((stop) => allowed.indexOf(stop)).filter((end) => end !== -1);
  if (ends.length === 0) return { pieces, isCut };
  return { pieces: cutIntoPieces(allowed.slice(0, Math.min(...ends)), tokensMax), isCut: false };
}

function answerInCalls(
  request: ChatRequest,
  id: string,
  index: number,
  tokensMax: number,
): Omit<Choice, "reasoning"> | undefined {
  const planned = planToolCalls(request, index);
  if (planned.length === 0) return undefined;
  const toolCalls: ToolCall[] = [];
  let left = tokensMax;
  for (const [callIndex, { name, argumentsText }] of planned.entries()) {
    const { pieces, isCut } = cutText(argumentsText, left, []);
    if (pieces.length > 0)
      toolCalls.push({ id: `call_${id.slice(-20)}${index}${callIndex}`, name, argumentPieces: pieces });
    if (isCut) return { content: [], toolCalls, finishReason: "length" };
    left -= pieces.length;
  }
  return { content: [], toolCalls, finishReason: "tool_calls" };
}

function answerOnce(request: ChatRequest, conduct: Conduct, id: string, index: number): Choice {
  const thought = conduct.reasoning
    ? cutText(reasoningText(request), request.tokensMax, [])
    : { pieces: [], isCut: false };
  const reasoning = thought.pieces;
  if (thought.isCut) return { reasoning, content: [], toolCalls: [], finishReason: "length" };
  const left = request.tokensMax - reasoning.length;
  const calls = conduct.text === "composed" ? answerInCalls(request, id, index, left) : undefined;
  if (calls !== undefined) return { reasoning, ...calls };
  const { pieces, isCut } = cutText(answerText(request, conduct.text, index), left, request.stops);
  return { reasoning, content: pieces, toolCalls: [], finishReason: isCut ? "length" : "stop" };
}

// The pieces of its texts and tools, a frame per message, a fixed price per medium.
function countPrompt({ messages, tools }: ChatRequest): number {
  let tokens = 0;
  for (const { text, attachments } of messages) {
    tokens += MESSAGE_TOKENS + countPieces(text) + ATTACHMENT_TOKENS * attachments.length;
  }
  for (const { name, parameters } of tools) tokens += countPieces(name) + countPieces(JSON.stringify(parameters));
  return tokens;
}

// Every piece that is sent: reasoning, content and arguments of calls.
function countChoice({ reasoning, content, toolCalls }: Choice): number {
  return toolCalls.reduce((sum, call) => sum + call.argumentPieces.length, reasoning.length + content.length);
}

/** Answers a request: from its own words and the conduct alone, so that equal requests get equal answers. */
export function answerChat(request: ChatRequest, conduct: Conduct, identity: AnswerIdentity): ChatAnswer {
  const choices = Array.from({ length: request.choices }, (_, index) =>
    answerOnce(request, conduct, identity.id, index),
  );
  const counts = {
    prompt: conduct.promptTokens ?? countPrompt(request),
    completion: choices.reduce((sum, choice) => sum + countChoice(choice), 0),
    reasoning: choices.reduce((sum, choice) => sum + choice.reasoning.length, 0),
  };
  return { ...identity, choices, counts };
}
