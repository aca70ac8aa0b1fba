// Numbers and texts of others as they are shown: exact, and unable to look like something else.
import { usdcWords } from "../plain-words.ts";

const TEXT_CHARACTERS_MAX = 200;
const LAMPORTS_DECIMALS = 9;

/** An amount of an instruction, also where no account could hold it. */
export function amountWords(amount: bigint): string {
  return amount < 2n ** 63n ? usdcWords(amount) : `${amount} micro-USDC`;
}

/** Lamports as a number of SOL, exactly. */
export function solText(lamports: bigint): string {
  const digits = lamports.toString().padStart(LAMPORTS_DECIMALS + 1, "0");
  const fraction = digits.slice(-LAMPORTS_DECIMALS).replace(/0+$/, "");
  return `${digits.slice(0, -LAMPORTS_DECIMALS)}${fraction === "" ? "" : `.${fraction}`}`;
}

/** Lamports in SOL. */
export function solWords(lamports: bigint): string {
  return `${solText(lamports)} SOL`;
}

/** Somebody's text in quotes, on one line: no character of it turns or hides others, or looks like the end. */
export function quoted(text: string): string {
  const characters = Array.from(text);
  const shown = characters.slice(0, TEXT_CHARACTERS_MAX).map((character) => {
    const isPlain = /^[\p{L}\p{N}\p{P}\p{S} ]$/u.test(character) && character !== '"' && character !== "\\";
    return isPlain ? character : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
  const rest = characters.length - shown.length;
  return `"${shown.join("")}"${rest > 0 ? ` and ${rest} more characters` : ""}`;
}

/** Tokens of a mint with these decimals. */
export function tokenWords(amount: bigint, decimals: number): string {
  const digits = amount.toString().padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, "");
  return `${whole}${fraction === "" ? "" : `.${fraction}`} tokens`;
}
