// Bytes that come in pieces and are wanted whole: however small the pieces, they cost little more than their bytes.

const PIECES_APART_MAX = 256; // each is a view of received memory: a hostile peer sends a body in pieces of one byte

function join(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let filled = 0;
  for (const piece of pieces) {
    whole.set(piece, filled);
    filled += piece.length;
  }
  return whole;
}

/** Whether keeping a piece would keep far more memory than it has bytes: it is a view of a message, or of what a socket read. */
function keepsMuch(piece: Uint8Array): boolean {
  return piece.length < piece.buffer.byteLength / 2;
}

/** Pieces in their order; what fills the memory it stands in is not copied while there are few. */
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
    this.#blocks.push(join(this.#pieces, this.#piecesBytes));
    this.#pieces = [];
    this.#piecesBytes = 0;
  }

  /** All bytes together; a single piece is given as it came. */
  joined(): Uint8Array {
    const parts = [...this.#blocks, ...this.#pieces];
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : join(parts, this.#length);
  }

  /** Forgets all bytes. */
  clear(): void {
    this.#blocks.length = 0;
    this.#pieces = [];
    this.#piecesBytes = 0;
    this.#length = 0;
  }
}
