// What became of the labelled calls: when each arrived, and when its connection closed before the answer had ended.

/** Milliseconds that all processes of this machine count alike. */
export function machineMs(): number {
  return Number(process.hrtime.bigint()) / 1_000_000; // a Clock counts from the start of its own process
}

/** Times of labelled calls, by label; `machineMs`. */
export interface CallTimes {
  readonly arrivedMs: Readonly<Record<string, number>>;
  readonly closedMs: Readonly<Record<string, number>>;
}

/** Remembers labelled calls until they are asked for. */
export class Calls {
  #arrived = new Map<string, number>();
  #closed = new Map<string, number>();

  arrived(label: string): void {
    this.#arrived.set(label, machineMs());
  }

  closed(label: string): void {
    this.#closed.set(label, machineMs());
  }

  times(): CallTimes {
    return { arrivedMs: Object.fromEntries(this.#arrived), closedMs: Object.fromEntries(this.#closed) };
  }

  forget(): void {
    this.#arrived = new Map();
    this.#closed = new Map();
  }
}
