// Where the members of a JSON object stand in its text, so that single values can be replaced byte-exactly.
import { BACKSLASH, CLOSE_BRACE, CLOSE_BRACKET, COMMA, OPEN_BRACE, OPEN_BRACKET, QUOTE } from "./json-characters.ts";

/** One member of an object: its key, and where its value and the whole member stand in the text. */
export interface JsonMember {
  readonly key: string;
  readonly start: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  for (let code = text.charCodeAt(at); code === 0x20 || (code >= 0x09 && code <= 0x0d); code = text.charCodeAt(at)) {
    at += 1;
  }
  return at;
}

/** The index after the JSON string whose quote stands at `from`; strings are skipped by `indexOf`, so that megabytes cost little. */
export function skipJsonString(text: string, from: number): number {
  for (let end = text.indexOf('"', from + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text.charCodeAt(end - 1 - escapes) === BACKSLASH) escapes += 1;
    if (escapes % 2 === 0) return end + 1;
  }
  return text.length;
}

/** The index after the value that starts at `from`. */
function skipValue(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length;) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = skipJsonString(text, at);
      if (depth === 0) return at;
      continue;
    }
    if (code === OPEN_BRACE || code === OPEN_BRACKET) depth += 1;
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
      if (depth === 0) return at;
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && (code === COMMA || code === 0x20 || (code >= 0x09 && code <= 0x0d))) return at;
    at += 1;
  }
  return text.length;
}

/**
 * The members of the object whose `{` stands at `from`. The text must be valid JSON (parse it first): this reads
 * structure only, and reports duplicate keys as often as they stand there.
 */
export function jsonMembers(text: string, from = 0): JsonMember[] {
  const members: JsonMember[] = [];
  let at = skipSpace(text, from);
  at = skipSpace(text, at + 1);
  while (at < text.length && text.charCodeAt(at) === QUOTE) {
    const keyEnd = skipJsonString(text, at);
    const rawKey = text.slice(at + 1, keyEnd - 1);
    const key = rawKey.includes("\\") ? (JSON.parse(`"${rawKey}"`) as string) : rawKey;
    const valueStart = skipSpace(text, skipSpace(text, keyEnd) + 1);
    const valueEnd = skipValue(text, valueStart);
    members.push({ key, start: at, valueStart, valueEnd });
    at = skipSpace(text, valueEnd);
    if (text.charCodeAt(at) !== COMMA) break;
    at = skipSpace(text, at + 1);
  }
  return members;
}

/** Where the elements of the array whose `[` stands at `from` start and end; the text must be valid JSON. */
export function jsonElements(text: string, from: number): { start: number; end: number }[] {
  const elements: { start: number; end: number }[] = [];
  let at = skipSpace(text, from + 1);
  while (at < text.length && text.charCodeAt(at) !== CLOSE_BRACKET) {
    const end = skipValue(text, at);
    elements.push({ start: at, end });
    at = skipSpace(text, end);
    if (text.charCodeAt(at) !== COMMA) break;
    at = skipSpace(text, at + 1);
  }
  return elements;
}

/**
 * The object's text with some members replaced: every member named in `changes` is removed wherever it stands, and put
 * first with its new raw JSON value, unless that is undefined. All other members keep their bytes, and so does what
 * stands between two that stay. `members` are those of `jsonMembers`, where the caller has them already.
 */
export function replaceMembers(
  text: string,
  changes: ReadonlyMap<string, string | undefined>,
  members?: readonly JsonMember[],
): string {
  let first = "";
  for (const [key, value] of changes) {
    if (value !== undefined) first += `${first === "" ? "" : ","}${JSON.stringify(key)}:${value}`;
  }
  return rewriteObject(text, first, changes, members);
}

/** The object's text without the members named in `dropped`, and with the raw members `first` before those that stay. */
export function rewriteObject(
  text: string,
  first: string,
  dropped: { has(key: string): boolean },
  members: readonly JsonMember[] = jsonMembers(text),
): string {
  let written = first;
  let runStart = -1;
  let runEnd = -1;
  const keepRun = (): void => {
    if (runStart === -1) return;
    written += `${written === "" ? "" : ","}${text.slice(runStart, runEnd)}`;
    runStart = -1;
  };
  for (const { key, start, valueEnd } of members) {
    if (dropped.has(key)) keepRun();
    else {
      if (runStart === -1) runStart = start;
      runEnd = valueEnd;
    }
  }
  keepRun();
  return `{${written}}`;
}
