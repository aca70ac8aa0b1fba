// Tables as `case` statements, which bash and zsh read alike.

/** A text as one word of a shell, always quoted. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** A function that runs the body of the first entry whose name is its argument; 1 where none is. */
export function caseFunction(name: string, entries: readonly (readonly [word: string, body: string])[]): string {
  const lines = entries.map(([word, body]) => `    ${quoted(word)}) ${body} ;;`);
  return [`${name}() {`, '  case "$1" in', ...lines, "    *) return 1 ;;", "  esac", "}"].join("\n");
}
