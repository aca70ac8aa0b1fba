// Notices that a router has gone silent: its pings stopped coming, and so did everything else.
import type { Clock, Timer } from "@aimo-network/protocol/clock";

const HEARTBEAT_MS_MIN = 1_000; // a router that asks for less would have its links cut by one slow garbage collection

/** Watches one link; `silent` is told once nothing has come for two heartbeats. */
export class Heartbeat {
  readonly #timer: Timer;
  #heard = false;

  constructor(clock: Clock, heartbeatMs: number, silent: () => void) {
    this.#timer = clock.timer(2 * Math.max(HEARTBEAT_MS_MIN, heartbeatMs), () => {
      if (!this.#heard) silent();
      else this.ping();
    });
  }

  /** A ping came: two heartbeats from now. */
  ping(): void {
    this.#heard = false;
    this.#timer.refresh();
  }

  /** Anything else came. It may be many times a second, so it moves no timer. */
  heard(): void {
    this.#heard = true;
  }

  stop(): void {
    this.#timer.cancel();
  }
}
