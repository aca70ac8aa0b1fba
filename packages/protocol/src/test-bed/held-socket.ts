// A link's socket for tests: it keeps what it is given, in order, until the test lets it go.
import type { LinkSocket } from "../wire/outbox.ts";

interface HeldMessage {
  readonly bytes: Uint8Array;
  readonly flushed: (() => void) | undefined;
}

/** A socket under a test's control; `receiver` gets each message when the test releases it. */
export class HeldSocket implements LinkSocket {
  readonly #held: HeldMessage[] = [];
  #bufferedBytes = 0;
  #peakBytes = 0;
  receiver: (bytes: Uint8Array) => void = () => undefined;

  /** The most bytes this socket has held at once. */
  get peakBytes(): number {
    return this.#peakBytes;
  }

  /** Messages held now. */
  get length(): number {
    return this.#held.length;
  }

  /** The messages held now, oldest first. */
  get messages(): readonly Uint8Array[] {
    return this.#held.map((message) => message.bytes);
  }

  send(bytes: Uint8Array, flushed?: () => void): void {
    this.#held.push({ bytes, flushed });
    this.#bufferedBytes += bytes.length;
    this.#peakBytes = Math.max(this.#peakBytes, this.#bufferedBytes);
  }

  bufferedBytes(): number {
    return this.#bufferedBytes;
  }

  /** Lets the oldest `count` messages go; returns those that went. */
  release(count: number): Uint8Array[] {
    const released: Uint8Array[] = [];
    while (released.length < count) {
      const message = this.#held.shift();
      if (message === undefined) break;
      this.#bufferedBytes -= message.bytes.length;
      released.push(message.bytes);
      this.receiver(message.bytes);
      message.flushed?.();
    }
    return released;
  }

  /** Lets messages go until none is held, also those that come meanwhile; returns those that went. */
  releaseAll(): Uint8Array[] {
    const released: Uint8Array[] = [];
    while (this.#held.length > 0) released.push(...this.release(this.#held.length));
    return released;
  }
}
