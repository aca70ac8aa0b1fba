// Bytes in several pieces that are treated as one: their length, the whole, and parts of it by where they stand.

/** How many bytes pieces have together. */
export function piecesLength(pieces: readonly Uint8Array[]): number {
  let length = 0;
  for (const piece of pieces) length += piece.length;
  return length;
}

/** Pieces copied into one; a single one is given as it is. */
export function joinPieces(pieces: readonly Uint8Array[]): Uint8Array {
  const [only] = pieces;
  if (pieces.length === 1 && only !== undefined) return only;
  const whole = new Uint8Array(piecesLength(pieces));
  let filled = 0;
  for (const piece of pieces) {
    whole.set(piece, filled);
    filled += piece.length;
  }
  return whole;
}

/** Gives the bytes from `start` up to `end`, in order and uncopied. */
export type CutPieces = (start: number, end: number) => Uint8Array[];

/** Prepares pieces for many cuts: each is found without going through those before it. */
export function pieceCutter(pieces: readonly Uint8Array[]): CutPieces {
  const starts: number[] = [];
  let length = 0;
  for (const piece of pieces) {
    starts.push(length);
    length += piece.length;
  }
  /** The last piece that begins at or before `at`. */
  const pieceAt = (at: number): number => {
    let low = 0;
    for (let high = starts.length - 1; low < high;) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] as number) <= at) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  return (start, end) => {
    const views: Uint8Array[] = [];
    for (let index = pieceAt(start), at = start; at < end && index < pieces.length; index += 1) {
      const view = (pieces[index] as Uint8Array).subarray(
        at - (starts[index] as number),
        end - (starts[index] as number),
      );
      if (view.length > 0) views.push(view);
      at += view.length;
    }
    return views;
  };
}
