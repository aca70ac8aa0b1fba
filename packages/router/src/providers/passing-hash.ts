// The SHA-256 of bytes that pass by in many small pieces: hashing a piece takes longer than its bytes do.
import type { Hash } from "node:crypto";
import { createHash, hash } from "node:crypto";

const GATHERED_BYTES_MAX = 8 * 1024; // a short answer is hashed in one go
const SMALL_PIECE_BYTES = 1024; // larger ones are hashed as they come: copying them would save nothing

/** Hashes what passes by; nothing of it is kept but a few kilobytes. */
export class PassingHash {
  #gathered: Buffer | undefined;
  #gatheredBytes = 0;
  #hash: Hash | undefined;

  /** Hashes a piece, now or later: it may be changed as soon as this returns. */
  add(piece: Uint8Array): void {
    if (this.#gatheredBytes + piece.length > GATHERED_BYTES_MAX || piece.length > SMALL_PIECE_BYTES) this.#flush();
    if (piece.length > SMALL_PIECE_BYTES) {
      this.#hash = (this.#hash ?? createHash("sha256")).update(piece);
      return;
    }
    this.#gathered ??= Buffer.allocUnsafe(GATHERED_BYTES_MAX);
    this.#gathered.set(piece, this.#gatheredBytes);
    this.#gatheredBytes += piece.length;
  }

  /** The digest of all pieces as hex; nothing is added after it. */
  digest(): string {
    if (this.#hash === undefined) return hash("sha256", this.#taken(), "hex");
    this.#flush();
    return this.#hash.digest("hex");
  }

  #taken(): Uint8Array {
    const bytes = this.#gathered?.subarray(0, this.#gatheredBytes) ?? Buffer.alloc(0);
    this.#gatheredBytes = 0;
    return bytes;
  }

  #flush(): void {
    if (this.#gatheredBytes > 0) this.#hash = (this.#hash ?? createHash("sha256")).update(this.#taken());
    this.#gathered = undefined; // a stream of large pieces keeps no room for small ones
  }
}
