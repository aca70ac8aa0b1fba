// What is asked to see whether an offer does what it says, and how its answer is judged.
import type { Random } from "@aimo-network/protocol/random";
import type { Offer } from "@aimo-network/protocol/wire/offer";
import {
  CANARY_OUTPUT_TOKENS_MAX,
  CANARY_WORDS_MAX,
  CANARY_WORDS_MIN,
  CONTEXT_PROBE_WORDS_MAX,
  PROBE_OUTPUT_TOKENS_MAX,
  PROBE_REASONING_TOKENS_MAX,
} from "../limits.ts";
import type { Check, CheckResult } from "./checks.ts";
import type { Colour } from "./colour-picture.ts";
import { COLOURS, pictureUrl } from "./colour-picture.ts";
import type { ProbeAnswer } from "./probe-answer.ts";
import { between, countWords, longQuestion, markWords, pick, smallTalk } from "./prompts.ts";
import type { ShapedTask } from "./structured-tasks.ts";
import { FUNCTIONS, OBJECT_TASKS, readJson } from "./structured-tasks.ts";
import { TOPICS } from "./words.ts";

/** One request that examines an offer. */
export interface Probe {
  readonly check: Check;
  readonly stream: boolean;
  /** Members of the request's body beside `model`. */
  readonly members: Readonly<Record<string, unknown>>;
  readonly maxTokens: number;
  /** Judges an answer that has ended; a refusal of the request, and failures, are not judged here. */
  judge(answer: ProbeAnswer): CheckResult;
}

function userMessage(content: unknown): readonly object[] {
  return [{ role: "user", content }];
}

function resultOf(holds: boolean, answer: ProbeAnswer): CheckResult {
  if (holds) return "passed";
  // Who was still thinking when its tokens were used up has shown nothing; some do it unseen.
  const hasSaidNothing = answer.text === "" && answer.calls.length === 0;
  return answer.finishReason === "length" && (answer.hasReasoned || hasSaidNothing) ? "unknown" : "failed";
}

function isAnswered({ text, calls, hasReasoned, finishReason, usage }: ProbeAnswer): boolean {
  const saysSomething = text !== "" || calls.length > 0 || hasReasoned || finishReason === "length";
  return saysSomething && usage !== undefined;
}

/** A question that all offers of a model are asked in one round: whoever counts tokens otherwise than the rest is seen by it. */
export function canaryProbe(random: Random): Probe & { readonly promptBytes: number } {
  const content = longQuestion(random, between(random, CANARY_WORDS_MIN, CANARY_WORDS_MAX));
  return {
    check: "chat",
    stream: false,
    members: { messages: userMessage(content) },
    maxTokens: CANARY_OUTPUT_TOKENS_MAX,
    promptBytes: Buffer.byteLength(content),
    judge: (answer) => resultOf(isAnswered(answer), answer),
  };
}

function streamProbe(random: Random): Probe {
  const content = longQuestion(random, between(random, 5, 60));
  return {
    check: "stream",
    stream: true,
    members: { messages: userMessage(content), stream: true, stream_options: { include_usage: true } },
    maxTokens: CANARY_OUTPUT_TOKENS_MAX,
    judge: (answer) => resultOf(isAnswered(answer), answer),
  };
}

function toolsProbe(random: Random, canForce: boolean): Probe {
  const called = pick(random, FUNCTIONS);
  const { name, description, schema } = called;
  return {
    check: "tools",
    stream: false,
    members: {
      messages: userMessage(called.ask(random)),
      tools: [{ type: "function", function: { name, description, parameters: schema } }],
      tool_choice: canForce ? { type: "function", function: { name } } : "auto",
    },
    maxTokens: PROBE_OUTPUT_TOKENS_MAX,
    judge(answer) {
      const isCalled = answer.calls.some((call) => call.name === name && called.allows(call.argumentsText));
      return resultOf(isCalled, answer);
    },
  };
}

function jsonProbe(
  random: Random,
  check: "json_schema" | "json_object",
  { name, description, schema, ask, allows }: ShapedTask,
): Probe {
  const isSchema = check === "json_schema";
  const format = isSchema
    ? { type: "json_schema", json_schema: { name, description, strict: true, schema } }
    : { type: "json_object" };
  // In one message: the templates of some models refuse any but the user's and the model's own.
  const task = isSchema ? "Answer with what the text says." : `Answer in JSON, as one object: ${description}.`;
  return {
    check,
    stream: false,
    members: {
      messages: userMessage(`${task}\n\n${ask(random)}`),
      response_format: format,
    },
    maxTokens: PROBE_OUTPUT_TOKENS_MAX,
    judge(answer) {
      const value = readJson(answer.text);
      const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
      return resultOf(isSchema ? allows(answer.text) : isObject, answer);
    },
  };
}

const COLOUR_NAMES = Object.keys(COLOURS) as Colour[];
const OTHER_NAMES: Readonly<Record<string, Colour>> = {
  ...{ crimson: "red", scarlet: "red", lime: "green", navy: "blue", gold: "yellow", amber: "orange" },
  ...{ violet: "purple", indigo: "purple", magenta: "purple" },
};
const PICTURE_SIDE_MIN = 48; // below 28 pixels some models take no picture
const PICTURE_SIDE_MAX = 96;

function imageProbe(random: Random): Probe {
  const colour = pick(random, COLOUR_NAMES);
  const side = (): number => between(random, PICTURE_SIDE_MIN, PICTURE_SIDE_MAX);
  const question = pick(random, [
    "Which colour is this? Answer with one word.",
    "What colour is this picture? One word is enough.",
    "Name the colour you see here in a single word.",
  ]);
  return {
    check: "image",
    stream: false,
    members: {
      messages: userMessage([
        { type: "text", text: question },
        { type: "image_url", image_url: { url: pictureUrl(colour, side(), side()) } },
      ]),
    },
    maxTokens: PROBE_OUTPUT_TOKENS_MAX,
    judge(answer) {
      const words = answer.text.toLowerCase().match(/[a-z]+/g) ?? [];
      const named = new Set(words.map((word) => OTHER_NAMES[word] ?? word));
      const colours = COLOUR_NAMES.filter((name) => named.has(name));
      return resultOf(colours.length === 1 && colours[0] === colour, answer);
    },
  };
}

const CONTEXT_SHARE = 2; // half as many words as the context has tokens: a word is seldom two tokens

function contextProbe(random: Random, contextLength: number): Probe {
  const room = Math.max(contextLength - PROBE_REASONING_TOKENS_MAX, contextLength / CONTEXT_SHARE);
  const words = Math.min(CONTEXT_PROBE_WORDS_MAX, Math.floor(room / CONTEXT_SHARE));
  const marks = markWords(random);
  const content = [
    `The code words for the meeting on ${pick(random, TOPICS)} are "${marks}". Here are my notes:`,
    smallTalk(random, words),
    "What were the two code words at the beginning of this message? Answer with them alone.",
  ].join("\n\n");
  const least = countWords(content);
  return {
    check: "context",
    stream: false,
    members: { messages: userMessage(content) },
    maxTokens: PROBE_OUTPUT_TOKENS_MAX,
    judge(answer) {
      const said = answer.text.toLowerCase();
      const isRemembered = marks.split(" ").every((mark) => said.includes(mark));
      // Servers that cut long prompts count what was left of them.
      const isWhole = answer.usage !== undefined && answer.usage.promptTokens >= least;
      return resultOf(isRemembered && isWhole, answer);
    },
  };
}

/** A probe for a check of this offer; `chat` is the canary's. */
export function probeFor(random: Random, check: Exclude<Check, "chat">, offer: Offer): Probe {
  const probe = plainProbe(random, check, offer);
  // Who thinks first needs tokens for it.
  const most = offer.capabilities.includes("reasoning") ? PROBE_REASONING_TOKENS_MAX : probe.maxTokens;
  // Servers refuse what does not fit their context together with its prompt.
  const room = Math.max(1, Math.floor((offer.context_length ?? Infinity) / CONTEXT_SHARE));
  return { ...probe, maxTokens: Math.min(most, room) };
}

function plainProbe(random: Random, check: Exclude<Check, "chat">, offer: Offer): Probe {
  switch (check) {
    case "stream":
      return streamProbe(random);
    case "tools":
      return toolsProbe(random, !offer.capabilities.includes("reasoning")); // many that think cannot be forced
    case "json_schema":
    case "json_object":
      return jsonProbe(random, check, pick(random, OBJECT_TASKS));
    case "image":
      return imageProbe(random);
    case "context":
      return contextProbe(random, offer.context_length ?? 0);
  }
}
