// JSON whose amounts arrive as they were written.

/** Reads JSON; a number that is no safe integer, such as a price, becomes the text it was written as. Throws `SyntaxError`. */
export function parseExactJson(text: string): unknown {
  return JSON.parse(text, (_name, value: unknown, context: { readonly source?: string } = {}) => {
    if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
    return context.source ?? value;
  });
}
