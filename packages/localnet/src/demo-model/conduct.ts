// How one answer is to be given: honestly, or with the faults its model name asks for.

import type { Refusal } from "./refusal.ts";

/** Bytes sent instead of any answer of the demo model's own. */
export interface Literal {
  readonly status: number;
  /** Undefined: no content type at all. */
  readonly contentType: string | undefined;
  readonly body: string;
}

/** What the reported token counts are. */
export type UsageValue = "honest" | "zero" | "lying" | "contradicting" | "negative" | "fraction" | "string";

/** Where usage stands in an answer; only `last-chunk` waits to be asked for by `stream_options.include_usage`. */
export type UsagePlace = "last-chunk" | "nowhere" | "every-chunk" | "finish-chunk" | "before-empty-chunk" | "x-groq";

/** Where the text comes from: composed, the last user message, or exactly so many tokens (`fill`: all that are allowed). */
export type TextSource = "composed" | "echo" | "fill" | { readonly tokens: number };

/** Everything about an answer that is not in its request. */
export interface Conduct {
  readonly reasoning: boolean;
  readonly text: TextSource;
  /** Sent instead of an answer. */
  readonly refusal: Refusal | undefined;
  /** Sent instead of an answer: one form for streams, one for plain answers. */
  readonly literal: { readonly stream: Literal; readonly plain: Literal } | undefined;
  /** Milliseconds before the status line; infinite: never. */
  readonly firstByteDelayMs: number;
  /** Whether the socket is destroyed instead of any answer. */
  readonly hangsUp: boolean;
  /** Milliseconds between the headers of a stream and its first event. */
  readonly firstEventDelayMs: number;
  /** Milliseconds between the comments (of a plain answer: blanks) that are sent for ever instead of an answer. */
  readonly keepAliveMs: number | undefined;
  /** Milliseconds between the events of a stream; undefined: as the server was started. */
  readonly paceMs: number | undefined;
  /** Milliseconds between the last token of a stream and what ends it. */
  readonly pauseMs: number;
  /** What happens after this many tokens of a stream, or after half the body of a plain answer. */
  readonly interruption: { readonly kind: "stall" | "cut" | "error"; readonly afterTokens: number } | undefined;
  readonly usageValue: UsageValue;
  readonly usagePlace: UsagePlace;
  readonly cachedTokens: number;
  /** Prompt tokens that are reported, whatever was asked; undefined: as many as were counted. */
  readonly promptTokens: number | undefined;
  readonly finishes: boolean;
  /** Whether the socket is destroyed right after the finish_reason (a plain answer: after half its body). */
  readonly cutsAtFinish: boolean;
  /** How often a stream says `[DONE]`. */
  readonly dones: 0 | 1 | 2;
  /** Whether an event with another token follows `[DONE]`. */
  readonly talksOn: boolean;
  /** Whether the answer's end is never told, although all of it was sent. */
  readonly lingers: boolean;
  /** Whether every message and delta has an empty list of tool calls. */
  readonly emptyToolCalls: boolean;
  /** Whether `stream: true` is obeyed. */
  readonly streams: boolean;
  /** The content type of streams; undefined: none. */
  readonly streamType: string | undefined;
  /** Whether the answer is compressed, asked or not. */
  readonly gzip: boolean;
  readonly comments: boolean;
  readonly crlf: boolean;
  /** Whether each byte is a write of its own. */
  readonly split: boolean;
  /** Milliseconds between those bytes. */
  readonly bytePaceMs: number;
}

/** No fault at all. */
export const HONEST: Conduct = {
  reasoning: false,
  text: "composed",
  refusal: undefined,
  literal: undefined,
  firstByteDelayMs: 0,
  hangsUp: false,
  firstEventDelayMs: 0,
  keepAliveMs: undefined,
  paceMs: undefined,
  pauseMs: 0,
  interruption: undefined,
  usageValue: "honest",
  usagePlace: "last-chunk",
  cachedTokens: 0,
  promptTokens: undefined,
  finishes: true,
  cutsAtFinish: false,
  dones: 1,
  talksOn: false,
  lingers: false,
  emptyToolCalls: false,
  streams: true,
  streamType: "text/event-stream; charset=utf-8",
  gzip: false,
  comments: false,
  crlf: false,
  split: false,
  bytePaceMs: 0,
};
