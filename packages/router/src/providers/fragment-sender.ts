// Large text messages in WebSocket fragments, so that a ping never waits for a whole request body.
import { SOCKET_BYTES_MAX } from "@aimo-network/protocol/limits";
import { Queue } from "@aimo-network/protocol/queue";
import type { WebSocket } from "ws";
import { FIRST_GENERATION_FRAGMENT_BYTES } from "../limits.ts";

/** Sends messages one after the other; only a few fragments are in the socket at a time. */
export class FragmentSender {
  readonly #socket: WebSocket;
  readonly #waiting = new Queue<Uint8Array>();
  #current: Uint8Array | undefined;
  #sentOfCurrent = 0;
  #inSocketBytes = 0;
  #queuedBytes = 0;

  constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  /** Bytes that have not left for the network. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** Sends UTF-8 text; to a closing socket nothing is sent, since its close event ends every request anyway. */
  send(message: Uint8Array): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#waiting.push(message);
    this.#queuedBytes += message.length;
    this.#fill();
  }

  /** Drops what waits: the connection is gone. */
  close(): void {
    this.#waiting.clear();
    this.#current = undefined;
    this.#queuedBytes = 0;
  }

  #fill(): void {
    while (this.#inSocketBytes < SOCKET_BYTES_MAX) {
      this.#current ??= this.#waiting.take();
      const message = this.#current;
      if (message === undefined || this.#socket.readyState !== this.#socket.OPEN) return;
      const end = Math.min(this.#sentOfCurrent + FIRST_GENERATION_FRAGMENT_BYTES, message.length);
      const fragment = message.subarray(this.#sentOfCurrent, end);
      const isLast = end === message.length;
      this.#sentOfCurrent = isLast ? 0 : end;
      if (isLast) this.#current = undefined;
      this.#inSocketBytes += fragment.length;
      this.#socket.send(fragment, { binary: false, compress: false, fin: isLast }, () => this.#left(fragment.length));
    }
  }

  #left(bytes: number): void {
    this.#inSocketBytes -= bytes;
    this.#queuedBytes = Math.max(0, this.#queuedBytes - bytes); // a close has counted them out already
    this.#fill();
  }
}
