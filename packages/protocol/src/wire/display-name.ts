// The names of models that people see: no character that is invisible, and no letters that stand in for others.
import { Type } from "typebox";

/** Characters of a display name. */
export const DISPLAY_NAME_CHARS_MAX = 200;

/**
 * What nobody sees: control characters, marks without width or of text direction, halves of surrogate pairs, and
 * characters that mean whatever a font makes of them. `\p{DI}` is what renderers ignore.
 */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{DI}\u2800]/gu;
/** Whether there are any, and white space that is not one space between two words. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{DI}\u2800]|^\s|\s$|\s\s|[^\S ]/u;

const WORDS = /[\p{L}\p{M}\p{N}]+/gu;
const LATIN = /\p{Script=Latin}/u;
const CYRILLIC_OR_GREEK = /[\p{Script=Cyrillic}\p{Script=Greek}]/u;

/** Latin letters, and the Cyrillic and Greek ones that look like them. */
const LOOKALIKES: readonly (readonly [latin: string, alike: string])[] = [
  ["aeopcyxsijdqw", "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0455\u0456\u0458\u0501\u051b\u051d"],
  [
    "ABEKMHOPCTYXSIJQW",
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0405\u0406\u0408\u051a\u051c",
  ],
  [
    "aovABEZHIKMNOPTYX",
    "\u03b1\u03bf\u03bd\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7",
  ],
];
const LATIN_OF: ReadonlyMap<string, string> = new Map(
  LOOKALIKES.flatMap(([latin, alike]) => Array.from(alike, (letter, at) => [letter, latin.charAt(at)] as const)),
);

/** Whether letters of an alphabet that looks like Latin stand among Latin ones. */
function isMixed(word: string): boolean {
  return LATIN.test(word) && CYRILLIC_OR_GREEK.test(word);
}

function inLatin(word: string): string {
  if (!isMixed(word)) return word;
  const latin = Array.from(word, (letter) => LATIN_OF.get(letter) ?? letter).join("");
  return isMixed(latin) ? latin.replaceAll(new RegExp(CYRILLIC_OR_GREEK, "gu"), "-") : latin;
}

/** The name as it may be shown: without what nobody sees, and with Latin letters in Latin words; empty where nothing is left. */
export function plainDisplayName(text: string): string {
  const visible = text.replaceAll(/\s+/gu, " ").replaceAll(INVISIBLE, "").replaceAll(/ {2,}/g, " ");
  return visible
    .replaceAll(WORDS, inLatin)
    .slice(0, DISPLAY_NAME_CHARS_MAX)
    .replace(/[\uD800-\uDBFF]$/, "")
    .trim();
}

/** Whether a name can be shown as it is. */
export function isDisplayName(text: string): boolean {
  const fits = text.length >= 1 && text.length <= DISPLAY_NAME_CHARS_MAX;
  return fits && !UNSEEN.test(text) && !(text.match(WORDS)?.some(isMixed) ?? false);
}

const RULES =
  "one line of 1 to 200 visible characters, single spaces, and no Cyrillic or Greek letter in a word of Latin ones";

/** What is wrong with a name: how it could be spelled, and the rules. */
export function displayNameFault(text: string): string {
  const plain = plainDisplayName(text);
  return `must be ${isDisplayName(plain) ? `such as ${JSON.stringify(plain)}: ` : ""}${RULES}`;
}

/** A display name on the wire. */
export const DisplayNameSchema = Type.Refine(
  Type.String({ minLength: 1, maxLength: DISPLAY_NAME_CHARS_MAX }),
  isDisplayName,
  displayNameFault,
);
