// What an attempt holds of an answer that it cannot pass on yet, counted for the process at what it really takes.
import { hash } from "node:crypto";
import { AimoError } from "@aimo-network/protocol/errors";
import { GatheredBytes } from "@aimo-network/protocol/gathered-bytes";
import { ANSWER_BYTES_MAX, ANSWER_UNCOUNTED_BYTES } from "../limits.ts";
import type { ByteBudget } from "./byte-budget.ts";

/** The pieces of an answer that comes whole, or the part of an event that has not ended. */
export class HeldAnswer {
  readonly #budget: ByteBudget;
  readonly #wallet: string;
  readonly #pieces = new GatheredBytes();
  #reservedBytes = 0;
  #eventBytes = 0;

  /** `wallet` is the provider's, for the words of an error. */
  constructor(budget: ByteBudget, wallet: string) {
    this.#budget = budget;
    this.#wallet = wallet;
  }

  /** Bytes of the pieces. */
  get bytes(): number {
    return this.#pieces.length;
  }

  /** Keeps a piece; throws `provider_error` or `overloaded` where it is too much for an answer or for the process. */
  add(piece: Uint8Array): void {
    if (piece.length === 0) return;
    this.#checkSize(this.bytes + piece.length);
    this.#reserve(piece.length);
    this.#pieces.add(piece);
  }

  /** Counts what is held of an event now; throws as `add` does. Short events, which nearly all are, cost nothing. */
  countEvent(heldBytes: number): void {
    if (heldBytes <= ANSWER_UNCOUNTED_BYTES && this.#eventBytes === 0) return;
    this.#checkSize(heldBytes);
    const eventBytes = heldBytes > ANSWER_UNCOUNTED_BYTES ? heldBytes : 0;
    const moreBytes = eventBytes - this.#eventBytes;
    if (moreBytes > 0) this.#reserve(moreBytes);
    else this.#release(-moreBytes);
    this.#eventBytes = eventBytes;
  }

  /** The pieces joined, as text. */
  text(): string {
    const { buffer, byteOffset, length } = this.#pieces.joined();
    return Buffer.from(buffer, byteOffset, length).toString();
  }

  /** The SHA-256 of the pieces joined, as hex. */
  sha256(): string {
    return hash("sha256", this.#pieces.joined(), "hex");
  }

  /** Forgets everything. */
  clear(): void {
    this.#pieces.clear();
    this.#release(this.#reservedBytes);
    this.#eventBytes = 0;
  }

  #checkSize(bytes: number): void {
    if (bytes <= ANSWER_BYTES_MAX) return;
    throw new AimoError("provider_error", {
      provider: this.#wallet,
      detail: `its answer is larger than ${ANSWER_BYTES_MAX} bytes`,
    });
  }

  #reserve(bytes: number): void {
    if (!this.#budget.reserve(bytes)) throw new AimoError("overloaded", { what: "too many large answers at once" });
    this.#reservedBytes += bytes;
  }

  #release(bytes: number): void {
    this.#budget.release(bytes);
    this.#reservedBytes -= bytes;
  }
}
