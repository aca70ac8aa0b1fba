// An answer as one JSON body, in the shape of OpenAI's `chat.completion`.

import type { Choice, ChatAnswer } from "./chat-answer.ts";
import type { Conduct } from "./conduct.ts";
import { usageText } from "./usage-report.ts";

function messageOf({ reasoning, content, toolCalls }: Choice, { emptyToolCalls }: Conduct): object {
  return {
    role: "assistant",
    content: toolCalls.length > 0 ? null : content.join(""),
    ...(reasoning.length > 0 && { reasoning_content: reasoning.join("") }),
    refusal: null,
    ...(emptyToolCalls && { tool_calls: [] }),
    ...(toolCalls.length > 0 && {
      tool_calls: toolCalls.map(({ id, name, argumentPieces }) => ({
        id,
        type: "function",
        function: { name, arguments: argumentPieces.join("") },
      })),
    }),
  };
}

function usageMember(answer: ChatAnswer, conduct: Conduct): string {
  if (conduct.usagePlace === "nowhere") return "";
  const usage = usageText(answer.counts, conduct);
  return conduct.usagePlace === "x-groq" ? `,"x_groq":{"usage":${usage}}` : `,"usage":${usage}`;
}

/** The body of a plain answer. */
export function answerJson(answer: ChatAnswer, conduct: Conduct): string {
  const { id, created, model } = answer;
  const choices = answer.choices.map((choice, index) => ({
    index,
    message: messageOf(choice, conduct),
    logprobs: null,
    finish_reason: conduct.finishes ? choice.finishReason : null,
  }));
  // Usage is joined as text, because a lie of 2^53 tokens must reach the reader as it was written.
  const body = JSON.stringify({ id, object: "chat.completion", created, model, choices });
  return `${body.slice(0, -1)}${usageMember(answer, conduct)}}`;
}
