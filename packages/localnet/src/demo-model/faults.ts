// The table of traits a model name may carry: `demo.<trait>.<trait>…` answers with these faults and manners.

import type { Conduct, Literal } from "./conduct.ts";
import { GUIDE_JSON, GUIDE_STREAM, GUIDE_STREAM_TIGHT } from "./guide-samples.ts";
import { orderedRefusal } from "./refusal.ts";

/** One row of the table: `name` as testers write it, with `<n>` for its number, and what it does. */
export interface Trait {
  readonly name: string;
  readonly meaning: string;
  /** A number that makes a good example, where the name has one. */
  readonly example: number | undefined;
  readonly min: number;
  readonly max: number;
  change(n: number): Partial<Conduct>;
}

const ANY_NUMBER = { min: 0, max: 9_999_999 }; // seven digits: nearly three hours, where the number is milliseconds

function plain(name: string, meaning: string, change: Partial<Conduct>): Trait {
  return { name, meaning, example: undefined, min: 0, max: 0, change: () => change };
}

function numbered(
  name: string,
  example: number,
  meaning: string,
  change: (n: number) => Partial<Conduct>,
  { min, max } = ANY_NUMBER,
): Trait {
  return { name, meaning, example, min, max, change };
}

const json = (body: string, status = 200): Literal => ({ status, contentType: "application/json", body });
const events = (body: string): Literal => ({ status: 200, contentType: "text/event-stream; charset=utf-8", body });
const alike = (literal: Literal): Partial<Conduct> => ({ literal: { stream: literal, plain: literal } });

/** The error object of a server that fails after it has said 200. */
export const ERROR_IN_200 =
  '{"error":{"message":"The demo model fails after its status 200, as its name asks.","type":"server_error","param":null,"code":"server_error"}}';

const GARBAGE = '{"choices":[{"message":{"role":"assistant","content":"Hel';

/** Every trait. */
export const TRAITS: readonly Trait[] = [
  plain("echo", "the text is the last user message", { text: "echo" }),
  numbered("fixed-<n>", 5, "the text has exactly n tokens", (n) => ({ text: { tokens: n } })),
  plain("fill", "the text fills `max_tokens` (256 tokens where there is none)", { text: "fill" }),
  numbered("greedy-<n>", 700, "fills `max_tokens`, and reports n prompt tokens whatever was asked", (n) => ({
    text: "fill",
    promptTokens: n,
  })),
  numbered("pace-<n>ms", 20, "n ms pass between the events of a stream", (n) => ({ paceMs: n })),
  numbered("slow-first-byte-<n>ms", 2000, "the status line comes after n ms", (n) => ({ firstByteDelayMs: n })),
  numbered("slow-first-event-<n>ms", 2000, "a stream's headers come at once, its first event after n ms", (n) => ({
    firstEventDelayMs: n,
  })),
  numbered("pause-<n>ms", 1000, "n ms pass between the last token of a stream and what ends it", (n) => ({
    pauseMs: n,
  })),
  numbered("trickle-<n>ms", 100, "each byte is a write of its own, n ms after the one before", (n) => ({
    split: true,
    bytePaceMs: n,
  })),
  numbered(
    "keep-alive-<n>ms",
    50,
    "sends a comment every n ms (a plain answer: a blank), and never anything else",
    (n) => ({
      keepAliveMs: n,
    }),
  ),
  plain("hang-up", "takes the request and destroys the socket", { hangsUp: true }),
  plain("silent", "takes the request and never sends a byte", { firstByteDelayMs: Infinity }),
  numbered("stall-after-<n>", 3, "falls silent for ever after n tokens (a plain answer: after half its body)", (n) => ({
    interruption: { kind: "stall", afterTokens: n },
  })),
  numbered("cut-after-<n>", 3, "destroys the socket after n tokens (a plain answer: after half its body)", (n) => ({
    interruption: { kind: "cut", afterTokens: n },
  })),
  numbered(
    "error-after-<n>",
    3,
    "sends an error event after n tokens and ends (a plain answer: as error-in-200)",
    (n) => ({ interruption: { kind: "error", afterTokens: n } }),
  ),
  plain("cut-at-finish", "destroys the socket after the finish_reason (a plain answer: after half its body)", {
    cutsAtFinish: true,
  }),
  plain("error-in-200", "status 200, then only an error object", {
    literal: { stream: events(`data: ${ERROR_IN_200}\n\n`), plain: json(ERROR_IN_200) },
  }),
  numbered(
    "status-<n>",
    500,
    "answers with this status and OpenAI's error body",
    (n) => ({ refusal: orderedRefusal(n) }),
    { min: 400, max: 599 },
  ),
  numbered("rate-limited-<n>", 7, "429 with Retry-After: n", (n) => ({
    refusal: orderedRefusal(429, { "retry-after": String(n) }),
  })),
  numbered(
    "redirect-<n>",
    307,
    "sends the client to the same URL again with this status",
    (n) => ({ refusal: orderedRefusal(n, { location: "/v1/chat/completions" }) }),
    { min: 301, max: 308 },
  ),
  plain("no-content", "status 204 and no body", alike({ status: 204, contentType: undefined, body: "" })),
  numbered(
    "html-<n>",
    502,
    "answers with this status and an HTML page",
    (n) => alike({ status: n, contentType: "text/html", body: `<html><body><h1>${n}</h1></body></html>\n` }),
    { min: 200, max: 599 },
  ),
  plain("garbage-json", "status 200 and JSON that breaks off", {
    literal: { stream: events(`data: ${GARBAGE}\n\ndata: [DONE]\n\n`), plain: json(GARBAGE) },
  }),
  plain("empty-stream", "status 200 and only [DONE] (a plain answer: no choices)", {
    literal: { stream: events("data: [DONE]\n\n"), plain: json('{"choices":[]}') },
  }),
  plain("no-usage", "never reports usage", { usagePlace: "nowhere" }),
  plain("usage-every-chunk", "reports the usage so far in every event, asked or not", { usagePlace: "every-chunk" }),
  plain("usage-on-finish", "reports usage in the event with the finish_reason, asked or not", {
    usagePlace: "finish-chunk",
  }),
  plain("usage-then-empty", "an event without choices and usage follows the one with usage", {
    usagePlace: "before-empty-chunk",
  }),
  plain("usage-x-groq", "reports usage as `x_groq.usage`, asked or not", { usagePlace: "x-groq" }),
  plain("zero-usage", "reports 0 tokens", { usageValue: "zero" }),
  plain("lying-usage", "reports 2^53 tokens on each side", { usageValue: "lying" }),
  plain("contradicting-usage", "reports a total that is no sum, and parts that are larger than their wholes", {
    usageValue: "contradicting",
  }),
  plain("hostile-usage-negative", "reports negative tokens", { usageValue: "negative" }),
  plain("hostile-usage-fraction", "reports fractions of tokens", { usageValue: "fraction" }),
  plain("hostile-usage-string", "reports tokens as strings", { usageValue: "string" }),
  numbered("cached-<n>", 4, "reports up to n prompt tokens as cached", (n) => ({ cachedTokens: n })),
  plain("no-finish-reason", "no finish_reason (a plain answer: null)", { finishes: false }),
  plain("no-done", "the stream ends without [DONE]", { dones: 0 }),
  plain("double-done", "the stream says [DONE] twice", { dones: 2 }),
  plain("after-done", "an event with one more token follows [DONE]", { talksOn: true }),
  plain("lingers", "sends the whole answer, but never says that it has ended", { lingers: true }),
  plain("empty-tool-calls", "every message and delta has an empty list of tool calls", { emptyToolCalls: true }),
  plain("comments", "a comment stands before every event", { comments: true }),
  plain("crlf", "lines end in CRLF", { crlf: true }),
  plain("split", "each byte is a write of its own", { split: true }),
  plain("json-to-stream", "answers JSON although a stream was asked for", { streams: false }),
  plain("stream-as-text", "streams have the content type text/plain", { streamType: "text/plain; charset=utf-8" }),
  plain("stream-untyped", "streams have no content type", { streamType: undefined }),
  plain("gzip", "compresses its answer, whatever the client accepts", { gzip: true }),
  plain("guide-json", "the provider guide's plain sample answer, whatever was asked", alike(json(GUIDE_JSON))),
  plain("guide-stream", "the provider guide's sample stream, whatever was asked", alike(events(GUIDE_STREAM))),
  plain(
    "guide-stream-tight",
    "the same without blank lines, as the guide prints it",
    alike(events(GUIDE_STREAM_TIGHT)),
  ),
];
