// The last day of an offer in slots of five minutes: how many attempts succeeded and failed in each.

const SLOT_MS = 300_000;

/** Slots of a day, which are all that is kept. */
export const SLOTS_PER_DAY = 288;

const COUNT_MAX = 2 ** 16 - 1; // with five of each payer no slot comes near it

/** The slot of a moment. */
export function slotOf(nowMs: number): number {
  return Math.floor(nowMs / SLOT_MS);
}

/** The newest slots of a row, each a few cells of a ring that is used again and again. */
export class SlotRing {
  readonly #slots: number;
  readonly #cellsPerSlot: number;
  readonly #cells: Uint16Array;
  #newest = 0;

  constructor(slots: number, cellsPerSlot: number) {
    this.#slots = slots;
    this.#cellsPerSlot = cellsPerSlot;
    this.#cells = new Uint16Array(slots * cellsPerSlot);
  }

  /** Where the cells of a slot begin; -1 for one that is too old. */
  #begin(slot: number): number {
    if (slot > this.#newest) {
      const passed = Math.min(slot - this.#newest, this.#slots);
      for (let step = 0; step < passed; step += 1) {
        const begin = ((slot - step) % this.#slots) * this.#cellsPerSlot;
        this.#cells.fill(0, begin, begin + this.#cellsPerSlot);
      }
      this.#newest = slot;
    }
    return slot > this.#newest - this.#slots && slot >= 0 ? (slot % this.#slots) * this.#cellsPerSlot : -1;
  }

  add(slot: number, cell: number): void {
    const begin = this.#begin(slot);
    if (begin === -1) return;
    const count = this.#cells[begin + cell] as number;
    if (count < COUNT_MAX) this.#cells[begin + cell] = count + 1;
  }

  set(slot: number, cell: number, count: number): void {
    const begin = this.#begin(slot);
    if (begin !== -1) this.#cells[begin + cell] = Math.min(count, COUNT_MAX);
  }

  /** The sum of a cell over the `slots` slots that end with `last`. */
  sum(cell: number, last: number, slots: number): number {
    let sum = 0;
    const oldest = Math.max(last - slots + 1, this.#newest - this.#slots + 1, 0);
    for (let slot = Math.min(last, this.#newest); slot >= oldest; slot -= 1) {
      sum += this.#cells[(slot % this.#slots) * this.#cellsPerSlot + cell] as number;
    }
    return sum;
  }
}

const SUCCEEDED = 0;
const FAILED = 1;

/** How many attempts at an offer came out how. */
export class Uptime {
  readonly #ring = new SlotRing(SLOTS_PER_DAY, 2);

  add(slot: number, hasFailed: boolean): void {
    this.#ring.add(slot, hasFailed ? FAILED : SUCCEEDED);
  }

  set(slot: number, succeeded: number, failed: number): void {
    this.#ring.set(slot, SUCCEEDED, succeeded);
    this.#ring.set(slot, FAILED, failed);
  }

  /** Successes in percent over the `slots` slots that end with `last`; undefined where nothing was tried. */
  percent(last: number, slots: number): number | undefined {
    const succeeded = this.#ring.sum(SUCCEEDED, last, slots);
    const failed = this.#ring.sum(FAILED, last, slots);
    return succeeded + failed === 0 ? undefined : (100 * succeeded) / (succeeded + failed);
  }
}
