// How long nothing has happened: what happens often only leaves its time, and no timer is moved for it.
import type { Clock, Timer } from "@aimo-network/protocol/clock";

/** Waits for a silence of `limitMs`, from its creation or from when it was broken last, and tells of it once. */
export class Silence {
  readonly #clock: Clock;
  readonly #limitMs: number;
  readonly #told: () => void;
  #sinceMs: number;
  #timer: Timer;

  constructor(clock: Clock, limitMs: number, told: () => void) {
    this.#clock = clock;
    this.#limitMs = limitMs;
    this.#told = told;
    this.#sinceMs = clock.monotonic();
    this.#timer = clock.timer(limitMs, () => this.#look());
  }

  /** Something has happened: the silence begins anew. */
  break(): void {
    this.#sinceMs = this.#clock.monotonic();
  }

  /** Nobody waits any more. */
  cancel(): void {
    this.#timer.cancel();
  }

  #look(): void {
    const leftMs = this.#sinceMs + this.#limitMs - this.#clock.monotonic();
    if (leftMs <= 0) this.#told();
    else this.#timer = this.#clock.timer(leftMs, () => this.#look());
  }
}
