// A draw that needs no memory: each offer gets a number from what is asked and from itself, and the best number wins.
import { hash } from "node:crypto";

/** 64 bits as two unsigned halves: JavaScript's integers have 32. */
export interface Bits {
  readonly high: number;
  readonly low: number;
}

/** The bits of a text; nobody can choose a text for them. */
export function bitsOf(text: string): Bits {
  const digest = hash("sha256", text, "buffer");
  return { high: digest.readUInt32BE(0), low: digest.readUInt32BE(4) };
}

/** For where there is nothing to draw among. */
export const ANY_BITS: Bits = { high: 0, low: 0 };

function avalanche(bits: number): number {
  let mixed = bits ^ (bits >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** A number in (0, 1), uniform over both arguments and the same for the same ones, on every instance and after every restart. */
function fractionOf(one: Bits, other: Bits): number {
  const high = avalanche(one.high ^ other.high);
  const low = avalanche(one.low ^ other.low ^ high);
  const last = avalanche((high + low) | 0);
  return ((last >>> 5) * 2 ** 26 + (low >>> 6) + 0.5) / 2 ** 53;
}

/**
 * When the bell of an offer rings (weighted rendezvous hashing): over many draws each rings first in proportion to its
 * weight, over one draw always the same, and those that stay keep their order when others come or go.
 */
export function bell(draw: Bits, seed: Bits, weight: number): number {
  return -Math.log(fractionOf(draw, seed)) / weight;
}
