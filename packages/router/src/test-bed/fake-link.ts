// A provider link in memory for tests: the test gives every answer by hand, and every byte is accounted for.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { AimoError } from "@aimo-network/protocol/errors";
import type { End } from "@aimo-network/protocol/wire/messages";
import type { AttemptEvents, AttemptRequest, LinkAttempt, ProviderLink } from "../providers/provider-link.ts";

/** One attempt at a fake link, as its provider sees it. */
export class FakeAttempt implements LinkAttempt {
  readonly request: AttemptRequest;
  readonly cancels: string[] = [];
  readonly acknowledged: boolean[] = [];
  readonly #events: AttemptEvents;
  readonly #hash = createHash("sha256");
  #bodyBytes = 0;
  #heldBytes = 0;
  #isOver = false;
  #hasEnd = false;

  constructor(request: AttemptRequest, events: AttemptEvents) {
    this.request = request;
    this.#events = events;
  }

  /** Bytes that the router has received and not given back: what a leak would show as. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  grant(bytes: number): void {
    if (this.#isOver || this.cancels.length > 0) return; // as a real stream, which has given everything back
    assert.ok(bytes <= this.#heldBytes, "a router grants no more than it has received");
    this.#heldBytes -= bytes;
  }

  cancel(reason: string): void {
    if (this.#isOver) return;
    this.cancels.push(reason);
    this.#heldBytes = 0;
  }

  acknowledge(charged: boolean): void {
    assert.ok(this.#hasEnd && this.acknowledged.length === 0, "an End is acknowledged once, after it has come");
    this.acknowledged.push(charged);
  }

  /** Starts the answer; without arguments, of a stream. */
  head(status = 200, headers?: Readonly<Record<string, string>>): void {
    const answer = { status, headers: headers ?? { "content-type": "text/event-stream" } };
    if (this.cancels.length === 0) this.#events.head(answer);
  }

  /** Sends a piece of the answer; after a cancel a real stream drops it too. */
  write(text: string | Uint8Array): void {
    const bytes = Buffer.from(text);
    this.#hash.update(bytes);
    this.#bodyBytes += bytes.length;
    if (this.cancels.length > 0 || bytes.length === 0) return;
    this.#heldBytes += bytes.length;
    this.#events.body(bytes);
  }

  /** Sends server-sent events, one piece each. */
  data(...events: readonly (object | string)[]): void {
    for (const event of events) this.write(`data: ${typeof event === "string" ? event : JSON.stringify(event)}\n\n`);
  }

  /** Answers whole with one status and body. */
  answer(status: number, body: string, headers: Readonly<Record<string, string>> = {}): void {
    this.head(status, { "content-type": "application/json", ...headers });
    this.write(body);
    this.end();
  }

  end(end: Partial<End> = {}): void {
    this.#isOver = true;
    this.#hasEnd = true;
    this.#events.end({
      attempt_id: this.request.attemptId,
      usage: null,
      finish_reason: null,
      body_bytes: this.#bodyBytes,
      body_sha256: this.#hash.digest("hex"),
      upstream_ms: 1,
      first_byte_ms: 1,
      cancelled: false,
      ...end,
    });
  }

  /** The link breaks under the attempt. */
  lose(wallet = "fake"): void {
    this.#isOver = true;
    this.#events.lost(new AimoError("provider_disconnected", { provider: wallet }));
  }
}

/** A fake link and what happens on it. */
export interface FakeLink extends ProviderLink {
  readonly attempts: readonly FakeAttempt[];
  /** What `freeSlots` says; a test that fills the link sets it to 0. */
  free: number;
  /** Called inside `open`, before it returns: what a link can do that breaks at once. */
  opening: (attempt: FakeAttempt) => void;
  /** The next attempt that nobody has taken yet, as soon as it is opened. */
  next(): Promise<FakeAttempt>;
}

/** Creates a link of the wallet; it takes ten attempts at once. */
export function createFakeLink(wallet: string, id = `link-of-${wallet}`): FakeLink {
  const attempts: FakeAttempt[] = [];
  const waiting: ((attempt: FakeAttempt) => void)[] = [];
  const untaken: FakeAttempt[] = [];
  return {
    id,
    wallet,
    keyId: `key-of-${wallet}`,
    connectedAtMs: 0,
    attempts,
    free: 10,
    opening: () => undefined,
    freeSlots() {
      return this.free;
    },
    open(request, events) {
      const attempt = new FakeAttempt(request, events);
      attempts.push(attempt);
      this.opening(attempt);
      const taker = waiting.shift();
      if (taker === undefined) untaken.push(attempt);
      else taker(attempt);
      return attempt;
    },
    next() {
      const attempt = untaken.shift();
      return attempt === undefined ? new Promise((resolve) => void waiting.push(resolve)) : Promise.resolve(attempt);
    },
    drain: () => undefined,
    notice: () => undefined,
    endKey: () => undefined,
    terminate: () => undefined,
  };
}
