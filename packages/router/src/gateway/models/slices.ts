// Long work in slices: after each of them whoever waits for something else has a turn.
import type { Clock } from "@aimo-network/protocol/clock";
import { LIST_SLICE_MS } from "./limits.ts";

/** The slices of one piece of work. */
export class Slices {
  readonly #clock: Clock;
  #beganMs: number;
  #spentMs = 0;

  /** The first one begins now. */
  constructor(clock: Clock) {
    this.#clock = clock;
    this.#beganMs = clock.monotonic();
  }

  /** Whether the work should pause: a look at the clock, and no promise, for each step. */
  isOver(): boolean {
    return this.#clock.monotonic() - this.#beganMs >= LIST_SLICE_MS;
  }

  /** Resolves when everybody else had a turn; the next slice begins then. */
  async pause(): Promise<void> {
    this.#spentMs = this.busyMs();
    await new Promise((resolve) => void setImmediate(resolve));
    this.#beganMs = this.#clock.monotonic();
  }

  /** Milliseconds worked so far, without the pauses. */
  busyMs(): number {
    return this.#spentMs + this.#clock.monotonic() - this.#beganMs;
  }
}
