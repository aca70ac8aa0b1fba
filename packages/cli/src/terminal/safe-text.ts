// Text of routers, providers and models as a terminal may show it.

const CHARACTERS_MAX = 500; // what somebody else says fits on a screen

/** One line without what steers a terminal, hides or turns text around. */
export function safeLine(text: string, charactersMax = CHARACTERS_MAX): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, " ").trim();
  if (line.length <= charactersMax) return line;
  return `${line.slice(0, charactersMax - 1).replace(/[\uD800-\uDBFF]$/, "")}…`; // not half of a character
}

/** Many lines without what steers a terminal: an answer of a model, whose newlines and tabs stay. */
export function safeText(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n\t]/gu, "").replaceAll(/[\u202A-\u202E\u2066-\u2069]/gu, "");
}
