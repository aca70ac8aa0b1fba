// Reads an answer as it passes: usage, finish reason, length and digest for its End; the bytes themselves go on unchanged.
import type { Hash } from "node:crypto";
import { createHash, hash } from "node:crypto";
import type { SseParser } from "@aimo-network/protocol/sse";
import { createSseParser } from "@aimo-network/protocol/sse";
import type { Usage } from "@aimo-network/protocol/usage";
import { findUsage } from "@aimo-network/protocol/usage";
import { ANSWER_READ_BYTES_MAX } from "../limits.ts";

/** How an answer comes: as server-sent events, as one JSON value, or as something that has no usage to read. */
export type AnswerShape = "events" | "json" | "opaque";

/** The shape of an answer with this status and content type; error answers are passed on unread. */
export function answerShape(status: number, contentType: string | undefined): AnswerShape {
  if (status < 200 || status > 299 || contentType === undefined) return "opaque";
  if (/^\s*text\/event-stream\b/i.test(contentType)) return "events";
  return /^\s*application\/(?:[a-z0-9.+-]+\+)?json\b/i.test(contentType) ? "json" : "opaque";
}

const FINISH_REASON_CHARS_MAX = 64; // OpenAI's longest has 14

// Nearly every event says `"usage":null` and `"finish_reason":null`: only those that say more are worth parsing. In
// an event's own text these quotes stand unescaped, in the words of an answer never.
const TELLING = /"(?:usage|finish_reason)"\s*:\s*["{]/;

/** Reads one answer; `push` every chunk, then `end` unless it was cut. */
export class AnswerReader {
  readonly #parser: SseParser | undefined;
  #events = 0;
  #first: Uint8Array | undefined;
  #digest: Hash | undefined;
  /** The chunks of a JSON answer; undefined when nothing is to be parsed at the end. */
  #kept: Uint8Array[] | undefined;
  #bytes = 0;
  #usage: Usage | undefined;
  #finishReason: string | undefined;

  constructor(shape: AnswerShape) {
    if (shape === "events") this.#parser = createSseParser({ event: (data) => this.#readEvent(data) });
    if (shape === "json") this.#kept = [];
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The last usage the answer reported. */
  get usage(): Usage | undefined {
    return this.#usage;
  }

  get finishReason(): string | undefined {
    return this.#finishReason;
  }

  /**
   * Takes the next bytes. Says whether they bring the answer on: a whole event did arrive, not a comment that keeps
   * the connection alive. Throws `provider_error` for an event without end.
   */
  push(chunk: Uint8Array): boolean {
    this.#bytes += chunk.length;
    this.#addToDigest(chunk);
    if (this.#parser !== undefined) {
      const eventsBefore = this.#events;
      this.#parser.push(chunk);
      return this.#events > eventsBefore;
    }
    this.#kept?.push(chunk);
    if (this.#bytes > ANSWER_READ_BYTES_MAX) this.#kept = undefined;
    return true;
  }

  /** The answer is complete: a JSON answer is read now, and an event whose last blank line was left out. */
  end(): void {
    const left = this.#parser?.end();
    if (left !== undefined) this.#readEvent(left);
    if (this.#kept === undefined || this.#bytes === 0) return;
    const [only] = this.#kept;
    const body =
      this.#kept.length === 1 && only !== undefined
        ? Buffer.from(only.buffer, only.byteOffset, only.length)
        : Buffer.concat(this.#kept);
    this.#kept = undefined;
    this.#readValue(parseJson(body.toString()));
  }

  /** SHA-256 of all bytes so far, as hex. */
  digest(): string {
    if (this.#digest !== undefined) return this.#digest.copy().digest("hex");
    return hash("sha256", this.#first ?? new Uint8Array(0), "hex");
  }

  #addToDigest(chunk: Uint8Array): void {
    // One call for an answer of one chunk, which is what most JSON answers are.
    if (this.#digest !== undefined) this.#digest.update(chunk);
    else if (this.#first === undefined) this.#first = chunk;
    else {
      this.#digest = createHash("sha256").update(this.#first).update(chunk);
      this.#first = undefined;
    }
  }

  #readEvent(data: string): void {
    this.#events += 1;
    if (!TELLING.test(data)) return;
    const value = parseJson(data);
    if (value !== undefined || !data.includes("\n")) this.#readValue(value);
    // Some servers separate their events by one newline instead of two: each line is one.
    else for (const line of data.split("\n")) this.#readValue(parseJson(line));
  }

  #readValue(value: unknown): void {
    if (typeof value !== "object" || value === null) return;
    this.#usage = findUsage(value) ?? this.#usage;
    this.#finishReason = findFinishReason(value) ?? this.#finishReason;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined; // the upstream's fault, which the router sees as well
    throw error;
  }
}

/** The finish reason an answer or an event gives: in its choices, or at top level as some servers have it. */
function findFinishReason(answer: object): string | undefined {
  const { choices, finish_reason: own } = answer as { choices?: unknown; finish_reason?: unknown };
  const reasons: unknown[] = Array.isArray(choices) ? choices.map((choice: unknown) => reasonOf(choice)) : [];
  const found = [...reasons, own].find((reason) => typeof reason === "string" && reason !== "");
  return typeof found === "string" ? found.slice(0, FINISH_REASON_CHARS_MAX) : undefined;
}

function reasonOf(choice: unknown): unknown {
  return typeof choice === "object" && choice !== null && "finish_reason" in choice ? choice.finish_reason : undefined;
}
