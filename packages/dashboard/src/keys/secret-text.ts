// A key as text: hidden while nobody asked to see it, and ready for a terminal.

const DOTS = "•".repeat(12);

/** A key's beginning, which says its kind, and dots instead of all that is secret. */
export function maskedKey(key: string): string {
  // No regular expression: `RegExp.input` would give the whole key to every script of the page, also long after it was shown.
  const [aimo, sk, kind, ...rest] = key.split("-");
  const isKnown = aimo === "aimo" && sk === "sk" && rest.length > 0;
  return `${isKnown ? `aimo-sk-${kind}-` : ""}${DOTS}`;
}

/** The line that puts a key into a shell's environment; keys are base58 and need no quotes. */
export function exportText(variable: string, key: string): string {
  return `export ${variable}=${key}`;
}
