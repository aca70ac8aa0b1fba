// A chat request to this router as a command that can be pasted into a shell.

/** A text as one word of a POSIX shell: a model's name comes from others, and may hold whatever a shell would run. */
function shellWord(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** The lines of a curl command that posts a chat request; the key is taken from `AIMO_API_KEY`, and the body comes with `last`. */
export function chatCurl(apiBase: string, last: string, options = ""): string {
  return [
    `curl ${options}${shellWord(`${apiBase}/chat/completions`)} \\`,
    `  -H "Authorization: Bearer $AIMO_API_KEY" \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  ${last}`,
  ].join("\n");
}

/** The command that asks a model one thing. */
export function askCurl(apiBase: string, model: string, prompt: string): string {
  const body = JSON.stringify({ model, messages: [{ role: "user", content: prompt }] });
  return chatCurl(apiBase, `-d ${shellWord(body)}`);
}
