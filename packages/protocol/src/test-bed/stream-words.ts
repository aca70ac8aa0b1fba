// What recorded streams are made of, and their bytes as a server sends them.
import type { Usage } from "../usage.ts";

/** A recorded stream and what it says. */
export interface AnswerStream {
  /** Whose server it is like, and what is special about it. */
  readonly name: string;
  /** Its events and comments, each without its blank line. */
  readonly blocks: readonly string[];
  /** What follows the last block; a blank line unless the server leaves it out. */
  readonly ending?: string;
  /** What the answer says, all deltas together; the order of choices and tool calls is that of the stream. */
  readonly says: string;
  readonly finishReason?: string;
  readonly usage?: Partial<Usage>;
  /** The code of the error that it ends with instead. */
  readonly failure?: "provider_error" | "rate_limited";
}

/** An event with these members, in an OpenAI chunk. */
export const chunk = (members: string): string =>
  `data: {"id":"c-1","object":"chat.completion.chunk","created":1754000000,${members}}`;
/** An event with a delta, and more members behind its choices. */
export const delta = (text: string, more = ""): string =>
  chunk(`"model":"m","choices":[{"index":0,"delta":${text},"finish_reason":null}]${more}`);
/** An event that says a text. */
export const says = (text: string, more = ""): string => delta(`{"content":${JSON.stringify(text)}}`, more);
/** The event that ends an answer. */
export const stops = (more = "", reason = "stop"): string =>
  chunk(`"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"${reason}"}]${more}`);
/** The event that only names the role. */
export const ROLE = delta('{"role":"assistant","content":""}');
/** The data that ends a stream. */
export const DONE = "data: [DONE]";
/** The member that reports nine tokens and three. */
export const USAGE = '"usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12}';
/** What a reader must find in `USAGE`. */
export const NINE_AND_THREE = { promptTokens: 9, completionTokens: 3 };

/** A stream's bytes as its server sends them, or with another line end, or with a comment between its blocks. */
export function streamBytes(stream: AnswerStream, lineEnd = "\n", comment?: string): Uint8Array {
  const between = comment === undefined ? "\n\n" : `\n\n: ${comment}\n\n`;
  const text = `${stream.blocks.join(between)}${stream.ending ?? "\n\n"}`;
  return new TextEncoder().encode(text.replaceAll("\n", lineEnd));
}
