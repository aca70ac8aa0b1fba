// Amounts as people read them: short, and never rounded up; all digits are in the title.

const PLACES_ABOVE_ONE = 2;
const DIGITS_BELOW_ONE = 4; // significant ones: of 0.000123456 USDC are 0.0001234 left

/** A decimal text without the zeros and the point at its end. */
function trimmed(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

function grouped(whole: string): string {
  return whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ",");
}

/** A decimal amount such as `1234.567891` as `1,234.56`; below one its first four digits that count. Digits are cut, not rounded. */
export function shortAmount(text: string): string {
  const isNegative = text.startsWith("-");
  const [whole = "0", fraction = ""] = text.replace("-", "").split(".");
  const zeros = /^0*/.exec(fraction)?.[0].length ?? 0;
  const places = /[1-9]/.test(whole) ? PLACES_ABOVE_ONE : zeros + DIGITS_BELOW_ONE;
  const short = fraction.slice(0, places);
  const kept = /[1-9]/.test(whole) && short !== "" ? short.padEnd(PLACES_ABOVE_ONE, "0") : short;
  const joined = kept === "" ? grouped(whole) : `${grouped(whole)}.${kept}`;
  const shown = /[1-9]/.test(whole) ? joined.replace(/\.00$/, "") : trimmed(joined);
  return isNegative ? `-${shown}` : shown;
}

/** A price per token as a price per million tokens, both decimal texts: `0.0000004` becomes `0.4`. */
export function perMillion(perToken: string): string {
  const [whole = "0", fraction = ""] = perToken.split(".");
  const shifted = `${whole}${fraction.padEnd(6, "0").slice(0, 6)}.${fraction.slice(6)}`;
  return trimmed(shifted.replace(/^0+(?=\d)/, "").replace(/\.$/, ""));
}
