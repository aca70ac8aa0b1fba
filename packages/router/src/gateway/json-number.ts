// JSON numbers as they were spelled, for amounts of money: no digit of them passes through a floating-point number.

/** A number of a JSON text. */
export class JsonNumber {
  /** Its characters in the text. */
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

/** What a reviver is told besides key and value; TypeScript's library does not know it yet. */
interface ReviverContext {
  readonly source?: string;
}

/** Parses JSON with every number as a `JsonNumber`; throws what `JSON.parse` throws. */
export function parseWithNumberSources(text: string): unknown {
  const keepSource = (_key: string, value: unknown, { source }: ReviverContext): unknown =>
    typeof value === "number" && source !== undefined ? new JsonNumber(source) : value;
  return JSON.parse(text, keepSource as (key: string, value: unknown) => unknown) as unknown;
}

const SPELLING = /^(-?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]{1,4}))?$/;
const DIGITS_MAX = 40; // more than any amount has: what is longer is left as it is, for its reader to refuse

/** The number exactly, without an exponent and without zeros that say nothing; absurdly long ones stay as they were spelled. */
export function plainDecimal({ source }: JsonNumber): string {
  const match = SPELLING.exec(source);
  if (match === null) return source;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match;
  const digits = `${whole}${fraction}`;
  const significant = digits.replace(/^0+/, "").replace(/0+$/, "");
  if (significant === "") return `${sign}0`;
  const leadingZeros = digits.search(/[1-9]/);
  const point = whole.length - leadingZeros + Number(exponent); // a count of places, at most four digits: no amount
  if (Math.abs(point) > DIGITS_MAX || significant.length > DIGITS_MAX) return source;
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${significant}`;
  if (point >= significant.length) return `${sign}${significant.padEnd(point, "0")}`;
  return `${sign}${significant.slice(0, point)}.${significant.slice(point)}`;
}

/** An amount as a JSON number with exactly its digits, for replies that `JSON.stringify` writes. */
export function exactNumber(digits: string): unknown {
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(digits); // TypeScript's library does not know it yet
}
