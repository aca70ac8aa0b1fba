// What an amount, a moment and a sum may be.
import { require } from "./draft.ts";
import { AMOUNT_MAX } from "./records.ts";

/** Refuses an amount to move that is nothing or too much. */
export function checkAmount(amount: bigint): void {
  require(amount !== 0n, "ZeroAmount");
  require(amount <= AMOUNT_MAX, "AmountTooLarge");
}

/** Refuses a ceiling or a moment above 2^53; a negative one is above it too, being unsigned. */
export function checkCeiling(ceiling: bigint): void {
  require(ceiling >= 0n && ceiling <= AMOUNT_MAX, "AmountTooLarge");
}

/** A sum, refused above 2^53. */
export function sumOf(total: bigint, amount: bigint): bigint {
  require(total + amount <= AMOUNT_MAX, "Overflow");
  return total + amount;
}

/** The lesser of two. */
export function lesser(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

/** The greater of two. */
export function greater(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
