// What was found in a request, in a few words: short values as they are, never a long one, which may be a prompt.

/** Says what a JSON value is. */
export function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return value.length === 0 ? "an empty array" : "an array";
  if (typeof value === "object") return "an object";
  const text = JSON.stringify(value);
  return text.length > 60 ? `a ${typeof value} of ${text.length} characters` : text;
}
