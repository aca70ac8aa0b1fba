// A large JSON text without the middles of its long strings: what is left is read and changed as any text is, and what
// was left out is put back by pointing at it.
import { AimoError } from "./errors.ts";
import type { CutPieces } from "./byte-pieces.ts";
import { joinPieces, pieceCutter, piecesLength } from "./byte-pieces.ts";
import type { LongString } from "./long-strings.ts";

/** A string that the skeleton has shortened. */
export interface ShortenedString {
  /** Its beginning and its end, without the mark for what is left out. */
  readonly kept: string;
  /** Characters of the whole string, as it is written. */
  readonly chars: number;
  /** Whether what is left out is characters of base64 alone. */
  readonly isBase64: boolean;
}

/** A text whose long strings are shortened. */
export interface JsonSkeleton {
  readonly text: string;
  /** The bytes of a text that was made out of this one: few that are new, and views of those that came. */
  pieces(text: string): readonly Uint8Array[];
  /** What is known of a string as it stands in the text, quotes included; undefined where it is whole. */
  shortened(json: string): ShortenedString | undefined;
}

/** What is left out of a string. */
interface Gap {
  readonly start: number;
  readonly end: number;
  readonly isBase64: boolean;
}

const PADDING_BYTES_MAX = 2; // of base64; no scheme of a URL fits there either

/**
 * The beginning of a string whose rest matters: it is a URL, or may yet become one. `data:` URLs end their part that
 * matters with a comma near the beginning.
 */
const READ_WHOLE = /^\s*(?:$|(?!data:)[a-z][a-z0-9+.-]*(?::\/\/|:?\/?$))/i;

/** The beginning of base64 whose slashes are escaped: it is read whole, for the number of its characters matters. */
const MAY_BE_BASE64 = /^[A-Za-z0-9+/]*$/;

// Half of a surrogate pair stands alone in no text that was decoded from UTF-8, so nobody can write a mark: an escape
// makes one in a value only, never in the text.
const MARK = /\uD800(\d+)\uD800/g;
const markOf = (index: number): string => `\uD800${index}\uD800`;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

function decode(pieces: readonly Uint8Array[]): string {
  try {
    return decoder.decode(joinPieces(pieces));
  } catch (cause) {
    const expected = "a JSON object in UTF-8";
    throw new AimoError("invalid_request", { expected, found: "bytes that are not UTF-8" }, { cause });
  }
}

function gapOf(cut: CutPieces, { start, headEnd, end, base64End, hasEscapes }: LongString): Gap | undefined {
  // Base64 has no colon: without one there is no URL, however long its scheme.
  if (base64End >= end - PADDING_BYTES_MAX) return { start: headEnd, end: end - PADDING_BYTES_MAX, isBase64: true };
  const head = JSON.parse(`"${decode(cut(start, headEnd))}"`) as string;
  if (READ_WHOLE.test(head) || (hasEscapes && MAY_BE_BASE64.test(head))) return undefined;
  return { start: headEnd, end, isBase64: false };
}

/**
 * Leaves the middles of `strings` out of the text that came in `received`. Throws `invalid_request` for bytes that are
 * not UTF-8; what is left out is ASCII.
 */
export function createSkeleton(received: readonly Uint8Array[], strings: readonly LongString[]): JsonSkeleton {
  const cut = pieceCutter(received);
  const gaps = strings.flatMap((string) => gapOf(cut, string) ?? []);
  let text = "";
  let from = 0;
  for (const [index, { start, end }] of gaps.entries()) {
    text += decode(cut(from, start)) + markOf(index);
    from = end;
  }
  text += decode(cut(from, piecesLength(received)));
  return {
    text,
    pieces(changed) {
      const pieces: Uint8Array[] = [];
      for (const [index, part] of changed.split(MARK).entries()) {
        // Every second part is the number of a gap: that is how `split` gives what its expression captures.
        const gap = index % 2 === 1 ? gaps[Number(part)] : undefined;
        if (gap !== undefined) for (const view of cut(gap.start, gap.end)) pieces.push(view);
        else if (part !== "") pieces.push(encoder.encode(part));
      }
      return pieces;
    },
    shortened(json) {
      const [head = "", number, tail = ""] = json.split(MARK);
      const gap = number === undefined ? undefined : gaps[Number(number)];
      if (gap === undefined) return undefined;
      const kept = head.slice(1) + tail.slice(0, -1);
      return { kept, chars: kept.length + gap.end - gap.start, isBase64: gap.isBase64 };
    },
  };
}
