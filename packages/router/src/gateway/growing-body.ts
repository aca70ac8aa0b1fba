// A small request body that arrives in pieces, in one buffer that grows with it.
import { BODY_ROOM_BYTES } from "../limits.ts";

/** Gathers a body. A million pieces of one byte take no more memory than one piece. */
export class GrowingBody {
  readonly #bytesMax: number;
  readonly #hold: (bytes: number) => void;
  #room: Buffer = Buffer.alloc(0);
  #length = 0;

  /** `hold` is asked before the buffer grows by so many bytes, and throws where it may not. */
  constructor(bytesMax: number, hold: (bytes: number) => void) {
    this.#bytesMax = bytesMax;
    this.#hold = hold;
  }

  get length(): number {
    return this.#length;
  }

  /** All that has arrived. */
  get bytes(): Buffer {
    return this.#room.subarray(0, this.#length);
  }

  /** Adds a piece that fits within `bytesMax`. */
  add(piece: Uint8Array): void {
    const length = this.#length + piece.length;
    if (length > this.#room.length) this.#growTo(length);
    this.#room.set(piece, this.#length);
    this.#length = length;
  }

  #growTo(length: number): void {
    const size = Math.max(length, Math.min(this.#bytesMax, Math.max(2 * this.#room.length, BODY_ROOM_BYTES)));
    this.#hold(size - this.#room.length);
    const room = Buffer.allocUnsafe(size);
    room.set(this.bytes);
    this.#room = room;
  }
}
