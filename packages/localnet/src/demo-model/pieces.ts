// How the demo model counts: text cut into word pieces, its stand-in for a tokenizer.

// A piece is up to six letters or digits, or one other character; either takes one space before it along.
const PIECE = /\s?[\p{L}\p{M}\p{N}_]{1,6}|\s?[^\s\p{L}\p{M}\p{N}_]|\s/gu;

/** Cuts `text` into its first `piecesMax` pieces; joined again, all pieces of a text are the text. */
export function cutIntoPieces(text: string, piecesMax: number): string[] {
  const pieces: string[] = [];
  const pattern = new RegExp(PIECE);
  while (pieces.length < piecesMax) {
    const match = pattern.exec(text);
    if (match === null) break;
    pieces.push(match[0]);
  }
  return pieces;
}

/** How many pieces `text` has: its tokens. */
export function countPieces(text: string): number {
  let count = 0;
  const pattern = new RegExp(PIECE);
  while (pattern.test(text)) count += 1;
  return count;
}
