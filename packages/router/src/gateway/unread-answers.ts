// Answers that clients have not taken yet: counted for the process, and cut where a client takes nothing any more.
import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { FastifyInstance, FastifyReply } from "fastify";
import { AimoError } from "@aimo-network/protocol/errors";
import { ANSWER_UNCOUNTED_BYTES, CLIENT_STALL_MS } from "../limits.ts";
import type { ByteBudget } from "../providers/byte-budget.ts";

/** What one response has written and its client has not taken. */
export class UnreadAnswer {
  readonly #budget: ByteBudget;
  readonly #response: ServerResponse;
  #countedBytes = 0;
  #isWatched = false;
  #isWaiting = false;

  constructor(budget: ByteBudget, response: ServerResponse) {
    this.#budget = budget;
    this.#response = response;
  }

  /** Counts what waits now, until it is counted anew or the response closes; false where the process has no room. */
  count(bytes = this.#response.writableLength): boolean {
    if (this.#response.destroyed) return true; // its close gives back what was counted, and may have passed
    const moreBytes = bytes - this.#countedBytes;
    if (moreBytes <= 0) this.#budget.release(-moreBytes);
    else if (!this.#budget.reserve(moreBytes)) return false;
    this.#countedBytes = bytes;
    if (!this.#isWatched) {
      this.#isWatched = true;
      this.#response.once("close", () => {
        this.#budget.release(this.#countedBytes);
        this.#countedBytes = 0;
      });
    }
    return true;
  }

  /** Counts what waits, and calls `resume` once when it is taken; cuts the connection where the process has no room. */
  wait(resume: () => void = () => undefined): void {
    // What is written in one turn waits until its end, also for a client that would take it: then it is counted again.
    if (!this.count()) process.nextTick(() => this.#cutWithoutRoom());
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    this.#response.once("drain", () => {
      this.#isWaiting = false;
      this.count();
      resume();
    });
  }

  #cutWithoutRoom(): void {
    if (!this.count()) this.#response.destroy(); // nothing can be said to a client that does not read
  }
}

const LONG_TEXT_CHARS = 4 * 1024; // shorter ones cost less as they are, and many of them wait rarely

const encoder = new TextEncoder();

/**
 * A text as a response is to write it: a long one in bytes of its own. Of a text that its client does not take Node would
 * keep both the text and room for three bytes of each character.
 */
export function asWritten(text: string): string | Uint8Array {
  return text.length > LONG_TEXT_CHARS ? encoder.encode(text) : text;
}

function limitStall(response: ServerResponse, stallMs: number): void {
  const { socket } = response.req;
  response.setTimeout(stallMs, () => void socket.destroy());
  // Before Node hands the connection on, which sets the time of whatever comes next: its rest, or a reply that waits.
  response.prependOnceListener("finish", () => {
    if (socket.timeout === stallMs) socket.setTimeout(0);
  });
}

/**
 * Cuts the connection of a response that is about to be whole, when its client takes none of it for `stallMs`. Nearly
 * every answer is on its way by the end of the turn: only those that then still wait get a timer.
 */
export function cutWhenStalled(response: ServerResponse, stallMs = CLIENT_STALL_MS): void {
  setImmediate(() => {
    if (!response.writableFinished && !response.destroyed) limitStall(response, stallMs);
  });
}

/** Bytes that all replies with them have in common: a client that reads slowly holds on to none of its own. */
const kept = new WeakSet<Buffer>();

/** Says that bytes are kept for many replies, whoever reads them or not. */
export function keepForMany(bytes: Buffer): Buffer {
  kept.add(bytes);
  return bytes;
}

function ownBytes(payload: unknown): number {
  if (typeof payload === "string") return payload.length;
  return Buffer.isBuffer(payload) && !kept.has(payload) ? payload.length : 0;
}

/** Counts a reply of so many bytes that is about to be sent as a whole; the error that is sent instead where there is no room. */
function countWhole(budget: ByteBudget, response: ServerResponse, bytes: number): AimoError | undefined {
  if (bytes <= ANSWER_UNCOUNTED_BYTES || new UnreadAnswer(budget, response).count(bytes)) return undefined;
  return new AimoError("overloaded", { what: "too many large answers at once" });
}

/** Holds every reply of `server` to both; whole answers and streams, which are no replies, do it themselves. */
export function boundReplies(server: FastifyInstance, budget: ByteBudget): void {
  server.addHook("onSend", (_request, reply, payload: unknown, next) => {
    cutWhenStalled(reply.raw);
    const refusal = countWhole(budget, reply.raw, ownBytes(payload));
    if (refusal === undefined) next();
    else next(refusal);
  });
}

/**
 * Sends JSON as the reply, which the framework then hears no more of: what it does to find out what it is given takes longer
 * than sending it. Throws `overloaded` where the process has no room.
 */
export function sendWhole(reply: FastifyReply, budget: ByteBudget, json: string): void {
  const { raw: response } = reply;
  const refusal = countWhole(budget, response, json.length);
  if (refusal !== undefined) throw refusal;
  const headers = reply.getHeaders();
  headers["content-type"] = "application/json; charset=utf-8";
  headers["content-length"] = Buffer.byteLength(json);
  reply.hijack();
  response.writeHead(200, headers as OutgoingHttpHeaders);
  response.end(json);
  if (response.writableLength > 0) cutWhenStalled(response); // or all of it is on its way
}
