// A request body as it arrives: in one buffer while it is small, in the pieces it came in once it is large.
import { ArrivingJson } from "@aimo-network/protocol/arriving-json";
import { WHOLE_JSON_BYTES_MAX } from "@aimo-network/protocol/limits";
import { GrowingBody } from "./growing-body.ts";

/** Gathers a body. Large ones are not copied into a buffer: growing it would stop this process again and again. */
export class ArrivingBody {
  readonly #hold: (bytes: number) => void;
  readonly #small: GrowingBody;
  #large: ArrivingJson | undefined;

  /** `hold` is asked before the body takes so many more bytes, and throws where it may not. */
  constructor(bytesMax: number, hold: (bytes: number) => void) {
    this.#hold = hold;
    this.#small = new GrowingBody(Math.min(bytesMax, WHOLE_JSON_BYTES_MAX), hold);
  }

  get length(): number {
    return this.#large?.length ?? this.#small.length;
  }

  /** All that has arrived. */
  get body(): Buffer | ArrivingJson {
    return this.#large ?? this.#small.bytes;
  }

  /** Adds a piece that fits within `bytesMax`; nobody may change it any more. */
  add(piece: Uint8Array): void {
    if (this.#large === undefined && this.#small.length + piece.length <= WHOLE_JSON_BYTES_MAX) {
      this.#small.add(piece);
      return;
    }
    this.#hold(piece.length);
    if (this.#large === undefined) {
      this.#large = new ArrivingJson();
      this.#large.add(this.#small.bytes); // its room stays counted
    }
    this.#large.add(piece);
  }
}
