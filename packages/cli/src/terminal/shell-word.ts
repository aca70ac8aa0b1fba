// A word as a person can paste it into a shell.

const PLAIN = /^[\w@%+=:,./-]+$/;

/** The text as one word of a POSIX shell. */
export function shellWord(text: string): string {
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
