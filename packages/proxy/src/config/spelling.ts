// Which known word a person meant.
import { closest, distance } from "fastest-levenshtein";

const TYPING_ERRORS_MAX = 2; // letters changed: more than a slip makes another word, and the suggestion a riddle
const COMPARED_CHARACTERS_MAX = 64; // longer than any known word; the time to compare grows with the length

/** The known word nearest to what was written, and whether the difference may be a slip; case does not count. */
export function nearestWord(written: string, known: readonly string[]): { word: string; isLikely: boolean } {
  const compared = written.toLowerCase().slice(0, COMPARED_CHARACTERS_MAX);
  const word = closest(compared, known);
  return { word, isLikely: distance(compared, word) <= TYPING_ERRORS_MAX };
}
