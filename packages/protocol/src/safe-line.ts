// A line of routers, providers and models as it may be shown to a person.

const CHARACTERS_MAX = 500; // what somebody else says fits on a screen

/** One line without what steers a terminal, hides or turns text around. */
export function safeLine(text: string, charactersMax = CHARACTERS_MAX): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, " ").trim();
  if (line.length <= charactersMax) return line;
  return `${line.slice(0, charactersMax - 1).replace(/[\uD800-\uDBFF]$/, "")}…`; // not half of a character
}
