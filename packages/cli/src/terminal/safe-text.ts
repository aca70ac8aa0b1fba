// Text of models as a terminal may show it.

/** Many lines without what steers a terminal: an answer of a model, whose newlines and tabs stay. */
export function safeText(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n\t]/gu, "").replaceAll(/[\u202A-\u202E\u2066-\u2069]/gu, "");
}
