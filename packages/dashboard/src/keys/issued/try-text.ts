// The command that tries a key that was just made.

/** A text as one word of a POSIX shell; a model's name comes from others, and may hold whatever a shell would run. */
function shellWord(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** A curl command that asks a model something with the key in `AIMO_API_KEY`. */
export function tryText(apiBase: string, model: string): string {
  const body = JSON.stringify({ model, messages: [{ role: "user", content: "Say hello." }] });
  return [
    `curl ${shellWord(`${apiBase}/chat/completions`)} \\`,
    `  -H "Authorization: Bearer $AIMO_API_KEY" \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -d ${shellWord(body)}`,
  ].join("\n");
}
