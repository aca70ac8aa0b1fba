// Answers of a model as a router streams them, and what it was asked, for tests of conversations.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Answer } from "./scripted-router.ts";

/** The generation that every scripted answer has. */
const GENERATION_ID = "019abcde-0000-7000-8000-000000000001";
/** What it cost, in USDC. */
export const COST = "0.000123456";

/** The body of a question. */
export interface Asked {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: unknown }[];
  readonly stream: boolean;
  readonly max_tokens?: number;
  readonly temperature?: number;
}

/** One event with a delta. */
export function deltaEvent(delta: object, finishReason: string | null = null): string {
  const choices = [{ index: 0, delta, finish_reason: finishReason }];
  return `data: ${JSON.stringify({ id: GENERATION_ID, model: "acme/large", provider: "wallet", choices })}\n\n`;
}

/** How a stream ends that has cost something: why it ended, its usage, and the mark of its end. */
export function ending(cost: string = COST, finishReason = "stop"): string {
  const usage = `{"prompt_tokens":1204,"completion_tokens":20,"total_tokens":1224,"completion_tokens_details":{"reasoning_tokens":5},"cost":${cost}}`;
  const last = `data: {"id":"${GENERATION_ID}","model":"acme/large","choices":[],"usage":${usage}}\n\ndata: [DONE]\n\n`;
  return deltaEvent({}, finishReason) + last;
}

/** A whole answer. */
export function wholeAnswer(text: string, cost?: string): string {
  return deltaEvent({ role: "assistant", content: text }) + ending(cost);
}

/** What the router says that the generation cost. */
export const CHARGED = {
  data: {
    id: GENERATION_ID,
    cost: COST,
    tokens_prompt: 7,
    tokens_completion: 2,
    native_tokens_reasoning: 0,
    native_tokens_cached: 0,
  },
};

async function bodyOf(request: IncomingMessage): Promise<Asked> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return JSON.parse(Buffer.concat(pieces).toString()) as Asked;
}

/** Begins the answer of a stream. */
export function openEvents(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream", "x-generation-id": GENERATION_ID });
}

/** Answers each question with the next of these streams, or by a function of its own; `asked` gathers the questions. */
export function streams(asked: Asked[], ...answers: (string | ((response: ServerResponse) => void))[]): Answer {
  let place = 0;
  return (request, response) => {
    void bodyOf(request).then((body) => {
      asked.push(body);
      const answer = answers[Math.min(place, answers.length - 1)] ?? "";
      place += 1;
      if (typeof answer === "function") {
        answer(response);
        return;
      }
      openEvents(response);
      response.end(answer);
    });
  };
}
