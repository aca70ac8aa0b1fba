// A JSON text that arrives in pieces: looked through as it comes, so that reading it stops nothing, however large it is.
import { GatheredBytes } from "./gathered-bytes.ts";
import type { JsonSkeleton } from "./json-skeleton.ts";
import { createSkeleton } from "./json-skeleton.ts";
import { WHOLE_JSON_BYTES_MAX } from "./limits.ts";
import { LongStringFinder } from "./long-strings.ts";

/** Gathers a text. */
export class ArrivingJson {
  readonly #bytes = new GatheredBytes();
  /** Looks for long strings, once the text is too large to be read whole. */
  #finder: LongStringFinder | undefined;

  /** Bytes that have arrived. */
  get length(): number {
    return this.#bytes.length;
  }

  /** All bytes, where they are few enough to be read as one text. */
  get whole(): Uint8Array | undefined {
    return this.#finder === undefined ? this.joined() : undefined;
  }

  /** All bytes together, however many. */
  joined(): Uint8Array {
    return this.#bytes.joined();
  }

  /** Adds a piece, which nobody may change any more. */
  add(piece: Uint8Array): void {
    this.#bytes.add(piece);
    if (this.#finder !== undefined) this.#finder.add(piece);
    else if (this.#bytes.length > WHOLE_JSON_BYTES_MAX) {
      this.#finder = new LongStringFinder();
      for (const part of this.#bytes.pieces()) this.#finder.add(part);
    }
  }

  /** The text that has arrived, its long strings shortened; throws `invalid_request` where it is not UTF-8. */
  skeleton(): JsonSkeleton {
    return createSkeleton(this.#bytes.pieces(), this.#finder?.found ?? []);
  }

  /** Forgets the bytes; pieces that were taken from them stay. */
  clear(): void {
    this.#bytes.clear();
  }
}
