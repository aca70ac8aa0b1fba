// The SHA-256 of an answer as it passed, to compare with what its proxy says it sent.
import type { Hash } from "node:crypto";
import { createHash, hash } from "node:crypto";

const NOTHING = new Uint8Array(0);

/** Adds up pieces; one piece, as most JSON answers are, costs a single call. */
export class BodyDigest {
  #only: Uint8Array | undefined;
  #hash: Hash | undefined;
  #bytes = 0;

  /** Bytes so far. */
  get bytes(): number {
    return this.#bytes;
  }

  add(piece: Uint8Array): void {
    this.#bytes += piece.length;
    if (this.#hash !== undefined) this.#hash.update(piece);
    else if (this.#only === undefined) this.#only = new Uint8Array(piece); // the piece is a view of a message that may be far longer
    else {
      this.#hash = createHash("sha256").update(this.#only).update(piece);
      this.#only = undefined;
    }
  }

  /** The digest as hex; called once, at the end. */
  hex(): string {
    return this.#hash === undefined ? hash("sha256", this.#only ?? NOTHING, "hex") : this.#hash.digest("hex");
  }
}
