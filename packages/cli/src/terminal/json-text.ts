// JSON for programs: two spaces, bigints as decimal strings, nothing that steers a terminal it is looked at in.

const STEERS = /[\u007F-\u009F\u2028-\u202E\u2066-\u2069]/g; // JSON itself escapes what is below a space

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** A value as --json prints it. */
export function jsonText(value: object): string {
  const text = JSON.stringify(value, (_name, part: unknown) => (typeof part === "bigint" ? String(part) : part), 2);
  return text.replaceAll(STEERS, escaped); // such characters stand within strings only
}
