// Whether an offer has served enough strangers to be known.

const PAYERS_TO_BE_KNOWN = 5; // distinct ones, with a success each
const SUCCESSES_TO_BE_KNOWN = 20;

/** How far one offer is known. */
export class Newness {
  #payers: readonly number[] = [];
  #successes = 0;
  #firstSuccessMs: number | undefined;

  get isNew(): boolean {
    return this.#payers.length < PAYERS_TO_BE_KNOWN || this.#successes < SUCCESSES_TO_BE_KNOWN;
  }

  get firstSuccessMs(): number | undefined {
    return this.#firstSuccessMs;
  }

  /** A payer was served; tells whether the payer is one of the first few, and new to this offer. */
  served(payer: number, nowMs: number): boolean {
    this.#successes += 1;
    this.#firstSuccessMs ??= nowMs;
    return this.#meet(payer);
  }

  #meet(payer: number): boolean {
    if (this.#payers.length >= PAYERS_TO_BE_KNOWN || this.#payers.includes(payer)) return false;
    this.#payers = [...this.#payers, payer];
    return true;
  }

  /** Takes over what all instances have seen. */
  learn(payers: readonly number[], successes: number, firstSuccessMs: number | undefined): void {
    for (const payer of payers) this.#meet(payer);
    this.#successes = Math.max(this.#successes, successes);
    if (firstSuccessMs !== undefined) this.#firstSuccessMs = Math.min(this.#firstSuccessMs ?? Infinity, firstSuccessMs);
  }
}
