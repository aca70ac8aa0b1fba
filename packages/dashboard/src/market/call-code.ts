// How a model is called from a terminal.

/** A text between single quotes of a shell, whatever is in it. */
function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** A request by curl to this router; the key is taken from the environment. */
export function curlCode(apiBase: string, model: string): string {
  const body = JSON.stringify({ model, messages: [{ role: "user", content: "Hello" }] });
  return [
    `curl ${shellQuoted(`${apiBase}/chat/completions`)} \\`,
    `  -H "Authorization: Bearer $AIMO_API_KEY" \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -d ${shellQuoted(body)}`,
  ].join("\n");
}
