// One kept HTTP/1.1 connection that sends prepared requests, one at a time: the cheapest client there can be.
import { connect } from "node:net";
import type { Socket } from "node:net";
import { ResponseReader } from "./response-reader.ts";

const READ_BYTES = 64 * 1024;

/** What the owner of a connection is told of the request under way. */
export interface AnswerEvents {
  firstByte(): void;
  ended(status: number): void;
  /** The connection is gone before the answer was whole. */
  lost(why: string): void;
}

/** A connection to a port of this machine. */
export class Connection {
  readonly #socket: Socket;
  #events: AnswerEvents | undefined;
  #hasBody = false;
  #why = "it was closed";

  /** `ready` is told once it stands. */
  constructor(port: number, ready: () => void) {
    const reader = new ResponseReader({
      body: () => this.#readBody(),
      ended: (status) => this.#end(status),
    });
    const buffer = Buffer.allocUnsafe(READ_BYTES);
    this.#socket = connect({
      host: "127.0.0.1",
      port,
      noDelay: true,
      // Read into the same bytes again and again: nothing is allocated for an answer nobody looks at.
      onread: {
        buffer,
        callback: (bytes) => {
          reader.push(buffer.subarray(0, bytes));
          return true;
        },
      },
    });
    this.#socket.on("connect", ready);
    this.#socket.on("error", (error) => (this.#why = error.message));
    this.#socket.on("close", () => this.#lose());
  }

  /** Sends a request; the answer of the one before must be whole. */
  ask(request: Buffer, events: AnswerEvents): void {
    this.#events = events;
    this.#hasBody = false;
    this.#socket.write(request);
  }

  /** Leaves at once; nothing is told any more. */
  leave(): void {
    this.#events = undefined;
    this.#socket.destroy();
  }

  #readBody(): void {
    if (this.#hasBody) return;
    this.#hasBody = true;
    this.#events?.firstByte();
  }

  #end(status: number): void {
    const events = this.#events;
    this.#events = undefined;
    events?.ended(status);
  }

  #lose(): void {
    const events = this.#events;
    this.#events = undefined;
    events?.lost(this.#why);
  }
}
