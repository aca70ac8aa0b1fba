// One answer of a first-generation proxy, which can neither be slowed nor stopped: what its client does not take waits here.
import { createHash } from "node:crypto";
import type { Clock } from "@aimo-network/protocol/clock";
import { AimoError } from "@aimo-network/protocol/errors";
import { RESPONSE_CREDIT_BYTES } from "@aimo-network/protocol/limits";
import { Queue } from "@aimo-network/protocol/queue";
import { FIRST_GENERATION_WAITING_BYTES_MAX } from "../limits.ts";
import type { ByteBudget } from "./byte-budget.ts";
import type { ProxyMessage } from "./first-generation-messages.ts";
import { answerBytes } from "./first-generation-messages.ts";
import type { AttemptEvents } from "./provider-link.ts";

const PIECE_BYTES = 128; // what a waiting piece costs beside its bytes: many small ones are no way around the limit

/** What an answer needs of this process. */
export interface AnswerDeps {
  readonly clock: Clock;
  /** Answer bytes that wait for clients, of all first-generation links. */
  readonly waitingBytes: ByteBudget;
}

/** What the link of an answer is told. */
export interface AnswerOwner {
  readonly attemptId: string;
  readonly wallet: string;
  /** Nobody wants the answer any more, but the proxy still works on it. */
  abandoned(): void;
  /** The attempt has been told its end. */
  ended(): void;
}

/** An answer, from its request until its end has been told. */
export class FirstGenerationAnswer {
  readonly #deps: AnswerDeps;
  readonly #owner: AnswerOwner;
  readonly #events: AttemptEvents;
  readonly #openedAtMs: number;
  readonly #hash = createHash("sha256");
  readonly #waiting = new Queue<Uint8Array>();
  #waitingBytes = 0;
  #bodyBytes = 0;
  /** Bytes that the attempt has and has not consumed. */
  #ungrantedBytes = 0;
  #firstByteMs: number | null = null;
  #hasHead = false;
  #isComplete = false;
  #isUnwanted = false;
  #isOver = false;
  #isPassing = false;

  constructor(deps: AnswerDeps, owner: AnswerOwner, events: AttemptEvents) {
    this.#deps = deps;
    this.#owner = owner;
    this.#events = events;
    this.#openedAtMs = deps.clock.monotonic();
  }

  /** Whether the proxy has sent its last message. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** Whether the attempt has been told its end. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether somebody waits for more of it. */
  get isAwaited(): boolean {
    return !this.#isOver && !this.#isUnwanted;
  }

  /** Reads a message of the proxy. */
  receive(message: ProxyMessage): void {
    if (this.#isComplete) return;
    this.#isComplete = message.isLast;
    if (!this.#isUnwanted) this.#take(message);
    if (!this.#isUnwanted) this.#passOn();
    else if (this.#isComplete) this.#end(true);
  }

  /** The attempt has consumed so many bytes. */
  grant(bytes: number): void {
    if (this.#isUnwanted || this.#isOver) return;
    this.#ungrantedBytes -= bytes;
    this.#passOn();
  }

  /** The attempt wants no more; its end is told when the proxy's last message has come. */
  cancel(): void {
    if (this.#isUnwanted || this.#isOver) return;
    this.#drop();
    // Not within this call: whoever cancels has not finished its own side yet.
    if (this.#isComplete) queueMicrotask(() => this.#end(true));
    else this.#owner.abandoned();
  }

  /** The proxy's last message is not waited for any longer. */
  expire(): void {
    this.#isComplete = true;
    if (this.#isUnwanted) this.#end(true);
  }

  /** The link is gone; an answer that had come whole still reaches its client. */
  lose(error: AimoError): void {
    const hasCome = this.#isComplete && !this.#isUnwanted;
    this.#isComplete = true;
    if (!hasCome) this.#fail(error);
  }

  #take(message: ProxyMessage): void {
    if (!this.#hasHead && !this.#readHead(message)) return;
    const bytes = answerBytes(message);
    if (bytes.length === 0 || this.#isUnwanted) return;
    if (this.#waiting.length === 0 && this.#isReady) this.#give(bytes);
    else if (!this.#keep(bytes)) this.#fail(new AimoError("client_left", {})); // it does not read, the proxy cannot wait
  }

  /** Whether the attempt takes more: the window of the other dialect, so that both fill a client's buffers alike. */
  get #isReady(): boolean {
    return this.#ungrantedBytes < RESPONSE_CREDIT_BYTES;
  }

  #keep(bytes: Uint8Array): boolean {
    const heldBytes = bytes.length + PIECE_BYTES;
    if (this.#waitingBytes + heldBytes > FIRST_GENERATION_WAITING_BYTES_MAX) return false;
    if (!this.#deps.waitingBytes.reserve(heldBytes)) return false;
    this.#waitingBytes += heldBytes;
    this.#waiting.push(bytes);
    return true;
  }

  /** Passes the first message's status and headers on; false for a status that no answer can have. */
  #readHead({ status, headers, isProxysOwn }: ProxyMessage): boolean {
    this.#hasHead = true;
    const provider = this.#owner.wallet;
    if (!Number.isInteger(status) || status < 200 || status > 599) {
      const detail = `it answered with the status ${status}, which HTTP does not have for answers`;
      this.#fail(new AimoError("provider_error", { provider, detail }));
      return false;
    }
    if (isProxysOwn && status >= 500) {
      // Its own words would show clients the address of its model API.
      this.#fail(new AimoError("provider_error", { provider, status, detail: "its model API cannot be reached" }));
      return false;
    }
    this.#events.head({ status, headers });
    return true;
  }

  /** Gives the attempt what it is ready for, and the end after the last of it. */
  #passOn(): void {
    if (this.#isPassing) return; // the loop below goes on by itself
    this.#isPassing = true;
    while (!this.#isUnwanted && this.#isReady) {
      const bytes = this.#waiting.take();
      if (bytes === undefined) break;
      this.#waitingBytes -= bytes.length + PIECE_BYTES;
      this.#deps.waitingBytes.release(bytes.length + PIECE_BYTES);
      this.#give(bytes);
    }
    this.#isPassing = false;
    if (this.#isComplete && !this.#isUnwanted && this.#waiting.length === 0) this.#end(false);
  }

  #give(bytes: Uint8Array): void {
    this.#firstByteMs ??= this.#elapsedMs();
    this.#bodyBytes += bytes.length;
    this.#ungrantedBytes += bytes.length;
    this.#hash.update(bytes);
    this.#events.body(bytes);
  }

  #drop(): void {
    this.#isUnwanted = true;
    this.#waiting.clear();
    this.#deps.waitingBytes.release(this.#waitingBytes);
    this.#waitingBytes = 0;
  }

  #fail(error: AimoError): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (!this.#isUnwanted) this.#drop();
    if (!this.#isComplete) this.#owner.abandoned();
    this.#events.lost(error);
    this.#owner.ended();
  }

  #end(isCancelled: boolean): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#owner.ended();
    this.#events.end({
      attempt_id: this.#owner.attemptId,
      usage: null, // the proxy does not report any: the router reads it from the bytes
      finish_reason: null,
      body_bytes: this.#bodyBytes,
      body_sha256: this.#hash.digest("hex"),
      upstream_ms: this.#elapsedMs(),
      first_byte_ms: this.#firstByteMs,
      cancelled: isCancelled,
    });
  }

  #elapsedMs(): number {
    return Math.round(this.#deps.clock.monotonic() - this.#openedAtMs);
  }
}
