// The choices of one step, all drawn from one number: leaving out other steps changes none of them.
import { seededRandom } from "@aimo-network/protocol/random";
import type { Random } from "@aimo-network/protocol/random";

const FRACTIONS = 2 ** 32;

/** Draws by a seed. */
export class Lot {
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  /** One of the whole numbers from 0 on, fewer than `count`. */
  below(count: number): number {
    return Math.floor(this.#random.fraction() * count);
  }

  oneIn(count: number): boolean {
    return this.below(count) === 0;
  }

  of<Choice>(choices: readonly Choice[]): Choice {
    if (choices.length === 0) throw new Error("There is nothing to choose from.");
    return choices[this.below(choices.length)] as Choice;
  }

  /** From `least` to `most`, both among them; `least` where there is nothing between. */
  between(least: bigint, most: bigint): bigint {
    if (most <= least) return least;
    const fraction = (BigInt(this.below(FRACTIONS)) << 32n) | BigInt(this.below(FRACTIONS));
    return least + (fraction * (most - least + 1n)) / 2n ** 64n;
  }

  /** One of the marks, or what is one beside it; never below zero. */
  near(marks: readonly bigint[]): bigint {
    const found = this.of(marks) + this.of([-1n, 0n, 0n, 1n]);
    return found < 0n ? 0n : found;
  }
}
