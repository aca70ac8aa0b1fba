// A first-in, first-out queue whose ends cost the same however long it is.

const COMPACT_AFTER = 1_024; // taken places before it is worth moving the rest

/** A queue; `Array.shift` would move every element at each take. */
export class Queue<Item> {
  #items: (Item | undefined)[] = [];
  #next = 0;

  get length(): number {
    return this.#items.length - this.#next;
  }

  push(item: Item): void {
    this.#items.push(item);
  }

  /** Removes and returns the oldest item; undefined when there is none. */
  take(): Item | undefined {
    if (this.#next === this.#items.length) return undefined;
    const item = this.#items[this.#next];
    this.#items[this.#next] = undefined; // a taken item is the taker's alone, however long its place remains
    this.#next += 1;
    if (this.#next === this.#items.length) this.clear();
    else if (this.#next >= COMPACT_AFTER && this.#next >= this.length) {
      this.#items = this.#items.slice(this.#next);
      this.#next = 0;
    }
    return item;
  }

  clear(): void {
    this.#items = [];
    this.#next = 0;
  }
}
