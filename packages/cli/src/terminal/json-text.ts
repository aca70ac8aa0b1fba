// JSON for programs: two spaces, bigints as decimal strings, nothing that steers a terminal it is looked at in.

const STEERS = /[\u007F-\u009F\u2028-\u202E\u2066-\u2069]/g; // JSON itself escapes what is below a space

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function safeJson(value: object, indent: number): string {
  const text = JSON.stringify(value, (_name, part: unknown) => (typeof part === "bigint" ? `${part}` : part), indent);
  return text.replaceAll(STEERS, escaped); // such characters stand within strings only
}

/** A value as --json prints it. */
export function jsonText(value: object): string {
  return safeJson(value, 2);
}

/** The same in one line: what is told beside it on standard error cannot get into it. */
export function jsonLine(value: object): string {
  return safeJson(value, 0);
}
