// A first-in, first-out queue whose ends cost the same however long it is.

const COMPACT_AFTER = 1_024; // taken places before it is worth moving the rest

/** A queue; `Array.shift` would move every element at each take. */
export class Queue<Item> {
  /** The places up to the last one in use; those of taken items are filled again where the queue was empty meanwhile. */
  #items: (Item | undefined)[] = [];
  #next = 0;
  #end = 0;

  get length(): number {
    return this.#end - this.#next;
  }

  push(item: Item): void {
    this.#items[this.#end] = item;
    this.#end += 1;
  }

  /** Removes and returns the oldest item; undefined when there is none. */
  take(): Item | undefined {
    if (this.#next === this.#end) return undefined;
    const item = this.#items[this.#next];
    this.#items[this.#next] = undefined; // a taken item is the taker's alone, however long its place remains
    this.#next += 1;
    if (this.#next === this.#end) this.#empty();
    else if (this.#next >= COMPACT_AFTER && this.#next >= this.length) {
      this.#items = this.#items.slice(this.#next, this.#end);
      this.#end -= this.#next;
      this.#next = 0;
    }
    return item;
  }

  clear(): void {
    this.#items = [];
    this.#next = 0;
    this.#end = 0;
  }

  /** Begins anew when all has been taken: most queues hold one item at a time, and need no other array for the next. */
  #empty(): void {
    if (this.#items.length > COMPACT_AFTER) this.#items = [];
    this.#next = 0;
    this.#end = 0;
  }
}
