// An answer as server-sent events, in the shape of OpenAI's `chat.completion.chunk`: one token per event.

import type { ChatAnswer, Choice } from "./chat-answer.ts";
import type { Conduct } from "./conduct.ts";
import { type TokenCounts, usageText } from "./usage-report.ts";

const DONE_EVENT = "data: [DONE]\n\n";

// What closes a delta: with the empty list that some servers put beside whatever they say.
const deltaEnd = ({ emptyToolCalls }: Conduct): string => (emptyToolCalls ? ',"tool_calls":[]}' : "}");

function* deltasOf({ reasoning, content, toolCalls }: Choice, conduct: Conduct): Generator<string, undefined> {
  const end = deltaEnd(conduct);
  for (const piece of reasoning) yield `{"reasoning_content":${JSON.stringify(piece)}${end}`;
  for (const piece of content) yield `{"content":${JSON.stringify(piece)}${end}`;
  for (const [index, { id, name, argumentPieces }] of toolCalls.entries()) {
    // The first token of the arguments comes with the name: an event without a token would not be counted.
    const opening = `"id":${JSON.stringify(id)},"type":"function","function":{"name":${JSON.stringify(name)},"arguments":`;
    for (const [position, piece] of argumentPieces.entries()) {
      const head = position === 0 ? opening : `"function":{"arguments":`;
      yield `{"tool_calls":[{"index":${index},${head}${JSON.stringify(piece)}}}]}`;
    }
  }
}

interface EventParts {
  readonly prefix: string;
  /** Everything after the choices of an event: with the usage so far, where every event reports it. */
  readonly suffix: (counts: TokenCounts) => string;
}

function partsOf(answer: ChatAnswer, conduct: Conduct, includeUsage: boolean): EventParts {
  const { id, created, model } = answer;
  const envelope = JSON.stringify({ id, object: "chat.completion.chunk", created, model });
  // OpenAI writes `usage: null` into every other event of a stream that will report usage.
  const willReport = includeUsage && conduct.usagePlace === "last-chunk";
  const usual = willReport ? '],"usage":null}\n\n' : "]}\n\n";
  return {
    prefix: `data: ${envelope.slice(0, -1)},"choices":[`,
    suffix: (counts) => (conduct.usagePlace === "every-chunk" ? `],"usage":${usageText(counts, conduct)}}\n\n` : usual),
  };
}

// Choices take turns, as they would if they were made side by side.
function* outputEvents(answer: ChatAnswer, conduct: Conduct, { prefix, suffix }: EventParts): Generator<string> {
  const afterTokens = conduct.interruption?.afterTokens ?? Infinity;
  const running = new Map(
    answer.choices.map((choice, index) => [
      index,
      { deltas: deltasOf(choice, conduct), thoughts: choice.reasoning.length },
    ]),
  );
  const counts = { prompt: answer.counts.prompt, completion: 0, reasoning: 0 };
  for (let turn = 0; running.size > 0; turn += 1) {
    for (const [index, { deltas, thoughts }] of running) {
      if (counts.completion >= afterTokens) return;
      const next = deltas.next();
      if (next.done === true) {
        running.delete(index);
        continue;
      }
      counts.completion += 1;
      if (turn < thoughts) counts.reasoning += 1;
      yield `${prefix}{"index":${index},"delta":${next.value},"finish_reason":null}${suffix(counts)}`;
    }
  }
}

function* finishEvents(answer: ChatAnswer, conduct: Conduct, { prefix, suffix }: EventParts): Generator<string> {
  const usage = usageText(answer.counts, conduct);
  for (const [index, { finishReason }] of answer.choices.entries()) {
    const isLast = index === answer.choices.length - 1;
    let end = suffix(answer.counts);
    if (isLast && conduct.usagePlace === "finish-chunk") end = `],"usage":${usage}}\n\n`;
    if (isLast && conduct.usagePlace === "x-groq") end = `],"x_groq":{"usage":${usage}}}\n\n`;
    const reason = conduct.finishes ? `"${finishReason}"` : "null";
    yield `${prefix}{"index":${index},"delta":{},"finish_reason":${reason}}${end}`;
  }
}

function* usageEvents(answer: ChatAnswer, conduct: Conduct, { prefix }: EventParts): Generator<string> {
  yield `${prefix}],"usage":${usageText(answer.counts, conduct)}}\n\n`;
  if (conduct.usagePlace === "before-empty-chunk") yield `${prefix}]}\n\n`;
}

/**
 * The events of a stream up to its last token, each ended by its blank line. Where the conduct interrupts the answer
 * they end after that many tokens.
 */
export function* tokenEvents(answer: ChatAnswer, conduct: Conduct, includeUsage: boolean): Generator<string> {
  const parts = partsOf(answer, conduct, includeUsage);
  const before = { prompt: answer.counts.prompt, completion: 0, reasoning: 0 };
  for (const index of answer.choices.keys()) {
    const delta = `{"role":"assistant","content":""${deltaEnd(conduct)}`;
    yield `${parts.prefix}{"index":${index},"delta":${delta},"finish_reason":null}${parts.suffix(before)}`;
  }
  yield* outputEvents(answer, conduct, parts);
}

/** The events that end the stream after its tokens; none where the conduct interrupts it before its finish. */
export function* endEvents(answer: ChatAnswer, conduct: Conduct, includeUsage: boolean): Generator<string> {
  if (conduct.interruption !== undefined) return;
  const parts = partsOf(answer, conduct, includeUsage);
  yield* finishEvents(answer, conduct, parts);
  if (conduct.cutsAtFinish) return;
  const isAsked = includeUsage && conduct.usagePlace === "last-chunk";
  if (isAsked || conduct.usagePlace === "before-empty-chunk") yield* usageEvents(answer, conduct, parts);
  for (let done = 0; done < conduct.dones; done += 1) yield DONE_EVENT;
  if (conduct.talksOn) yield `${parts.prefix}{"index":0,"delta":{"content":" more"},"finish_reason":null}]}\n\n`;
}
