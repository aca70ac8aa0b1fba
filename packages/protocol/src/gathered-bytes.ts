// Bytes that come in pieces and are wanted whole: however small the pieces, they cost little more than their bytes.
import { joinPieces } from "./byte-pieces.ts";

const PIECES_APART_MAX = 256; // each is a view of received memory: a hostile peer sends a body in pieces of one byte
const LARGE_PIECE_BYTES = 4 * 1024; // on average: what keeping so many apart costs is then nothing beside their bytes

/** Whether keeping a piece would keep far more memory than it has bytes: it is a view of a message, or of what a socket read. */
function keepsMuch(piece: Uint8Array): boolean {
  return piece.length < piece.buffer.byteLength / 2;
}

/** Pieces in their order; what fills the memory it stands in is not copied, unless there are many small ones. */
export class GatheredBytes {
  readonly #blocks: Uint8Array[] = [];
  #pieces: Uint8Array[] = [];
  #piecesBytes = 0;
  #length = 0;

  /** Bytes gathered so far. */
  get length(): number {
    return this.#length;
  }

  /** Separate parts of memory that are kept, for tests that measure what pieces cost. */
  get parts(): number {
    return this.#blocks.length + this.#pieces.length;
  }

  /** Adds a piece, which nobody may change any more. */
  add(piece: Uint8Array): void {
    if (piece.length === 0) return;
    this.#pieces.push(keepsMuch(piece) ? new Uint8Array(piece) : piece);
    this.#piecesBytes += piece.length;
    this.#length += piece.length;
    if (this.#pieces.length < PIECES_APART_MAX) return;
    if (this.#piecesBytes < PIECES_APART_MAX * LARGE_PIECE_BYTES) this.#blocks.push(joinPieces(this.#pieces));
    else this.#blocks.push(...this.#pieces); // joining megabytes would stop this process for longer than a frame takes
    this.#pieces = [];
    this.#piecesBytes = 0;
  }

  /** All bytes together, joined once however often they are asked for; a single piece is given as it came. */
  joined(): Uint8Array {
    const [only] = this.#pieces;
    if (only !== undefined && this.#pieces.length === 1 && this.#blocks.length === 0) return only;
    const whole = joinPieces(this.pieces());
    this.#blocks.splice(0, this.#blocks.length, ...(whole.length > 0 ? [whole] : []));
    this.#pieces = [];
    this.#piecesBytes = 0;
    return whole;
  }

  /** All bytes in order and uncopied. */
  pieces(): Uint8Array[] {
    return [...this.#blocks, ...this.#pieces];
  }

  /** Forgets all bytes. */
  clear(): void {
    this.#blocks.length = 0;
    this.#pieces = [];
    this.#piecesBytes = 0;
    this.#length = 0;
  }
}
