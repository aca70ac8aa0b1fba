// A string that a regular expression accepts, for the part of the syntax that schemas use.

const SPARE_MAX = 64; // how far beyond the shortest match is searched for a length that fits
const LENGTH_MAX = 10_000; // a pattern such as (a{9999}){9999} must not fill the memory
const STEPS_MAX = 20_000; // nor may one such as (((){999}){999}){999} take for ever
const LAST_SCANNED = 0x30_ff; // Latin to Katakana: where a class that has no ASCII member is looked through

const PRINTABLE = Array.from({ length: 95 }, (_, index) => String.fromCodePoint(32 + index));
const COMMON = ["a", "1", "A", ...PRINTABLE, "\t", "\n"]; // the most readable first

interface Cursor {
  readonly source: string;
  readonly salt: number;
  readonly characters: Map<string, string | undefined>;
  at: number;
  /** Repetitions beyond the least that may still be made, so that a length can be met. */
  spare: number;
  steps: number;
}

// Each of these writes one string that its part of the pattern accepts, and is undefined where it knows none.

function writeAlternatives(cursor: Cursor): string | undefined {
  const { spare } = cursor;
  const known: { readonly text: string; readonly spareLeft: number }[] = [];
  for (;;) {
    cursor.spare = spare;
    const text = writeSequence(cursor);
    if (text !== undefined) known.push({ text, spareLeft: cursor.spare });
    if (cursor.source[cursor.at] !== "|") break;
    cursor.at += 1;
  }
  const chosen = known[cursor.salt % Math.max(1, known.length)];
  cursor.spare = chosen?.spareLeft ?? spare;
  return chosen?.text;
}

function writeSequence(cursor: Cursor): string | undefined {
  let text: string | undefined = "";
  while (cursor.at < cursor.source.length && !"|)".includes(cursor.source.charAt(cursor.at))) {
    const term = writeTerm(cursor);
    text = text === undefined || term === undefined ? undefined : text + term;
  }
  return text;
}

function writeTerm(cursor: Cursor): string | undefined {
  const { at: start, spare } = cursor;
  cursor.spare = 0;
  const isKnown = writeAtom(cursor) !== undefined; // only to find where the atom ends
  cursor.spare = spare;
  const { least, most } = readQuantifier(cursor);
  const end = cursor.at;
  const count = least + Math.min(spare, most - least);
  cursor.spare -= count - least;
  let text: string | undefined = isKnown || count === 0 ? "" : undefined;
  for (let made = 0; made < count && text !== undefined && text.length <= LENGTH_MAX; made += 1) {
    cursor.at = start;
    const atom = writeAtom(cursor);
    text = atom === undefined ? undefined : text + atom;
  }
  cursor.at = end;
  return text;
}

function readQuantifier(cursor: Cursor): { readonly least: number; readonly most: number } {
  const match = /^(?:([*+?])|\{(\d+)(,(\d*))?\})\??/.exec(cursor.source.slice(cursor.at, cursor.at + 24));
  if (match === null) return { least: 1, most: 1 };
  cursor.at += match[0].length;
  if (match[1] === "*") return { least: 0, most: Infinity };
  if (match[1] === "+") return { least: 1, most: Infinity };
  if (match[1] === "?") return { least: 0, most: 1 };
  const least = Math.min(Number(match[2]), LENGTH_MAX);
  if (match[3] === undefined) return { least, most: least };
  return { least, most: match[4] === "" ? Infinity : Math.max(least, Number(match[4])) };
}

const SINGLE =
  /^(?:\\(?:u\{[0-9a-fA-F]+\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|c[A-Za-z]|[pP]\{[^}]*\}|[^1-9k])|\.|[^\\[])/u;
const CLASS = /^\[(?:\\.|[^\]\\])*\]/su;

function writeAtom(cursor: Cursor): string | undefined {
  const rest = cursor.source.slice(cursor.at);
  cursor.steps -= 1;
  if (rest.startsWith("(")) return writeGroup(cursor, rest);
  const anchor = /^(?:[\^$]|\\[bB])/.exec(rest);
  const source = anchor?.[0] ?? (rest.startsWith("[") ? CLASS : SINGLE).exec(rest)?.[0];
  if (source === undefined || cursor.steps < 0) {
    cursor.at = cursor.source.length; // a back-reference, or a pattern without end: what follows cannot be trusted
    return undefined;
  }
  cursor.at += source.length;
  if (anchor !== null) return "";
  if (!cursor.characters.has(source)) cursor.characters.set(source, findCharacter(source, cursor.salt));
  return cursor.characters.get(source);
}

function writeGroup(cursor: Cursor, rest: string): string | undefined {
  const opening = /^\((?:\?(?::|<?[=!]|<[^>]*>))?/.exec(rest)?.[0] ?? "(";
  cursor.at += opening.length;
  const inner = writeAlternatives(cursor);
  cursor.at += 1; // its closing bracket
  // What looks ahead or behind adds nothing; whether it holds is seen when the whole string is tried.
  return /[=!]$/.test(opening) ? "" : inner;
}

function findCharacter(source: string, salt: number): string | undefined {
  if (/^[^\\[.]$/u.test(source)) return source;
  const code = /^\\u\{([0-9a-fA-F]+)\}$/.exec(source)?.[1];
  if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16));
  const pattern = new RegExp(`^(?:${source})$`, "u");
  const fitting = COMMON.filter((character) => pattern.test(character));
  if (fitting.length > 0) return fitting[salt % fitting.length];
  for (let scanned = 0; scanned <= LAST_SCANNED; scanned += 1) {
    const character = String.fromCodePoint(scanned);
    if (pattern.test(character)) return character;
  }
  return undefined;
}

function writeOnce(source: string, spare: number, salt: number): string | undefined {
  return writeAlternatives({ source, salt, spare, characters: new Map(), at: 0, steps: STEPS_MAX });
}

/**
 * A string of `least` to `most` characters that `pattern` accepts; undefined when none was found. Throws a
 * SyntaxError when `pattern` is no regular expression.
 */
export function makePatternString(pattern: string, least: number, most: number, salt: number): string | undefined {
  const accepts = new RegExp(pattern, "u");
  const shortest = writeOnce(pattern, 0, salt);
  if (shortest === undefined) return undefined;
  const missing = Math.max(0, least - Array.from(shortest).length);
  for (let extra = 0; extra <= SPARE_MAX; extra += 1) {
    // A repetition adds one character or several, so the right number of them lies on either side of `missing`.
    for (const spare of extra === 0 ? [missing] : [missing - extra, missing + extra]) {
      const text = spare < 0 ? undefined : writeOnce(pattern, spare, salt);
      if (text === undefined) continue;
      for (const candidate of [text, text.padEnd(least, "a")]) {
        const length = Array.from(candidate).length;
        if (length >= least && length <= most && accepts.test(candidate)) return candidate;
      }
    }
  }
  return undefined;
}
