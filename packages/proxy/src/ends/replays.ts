// Ends that earlier connections to a router left unacknowledged, told again a few at a time until the router has them.
import type { Clock, Timer } from "@aimo-network/protocol/clock";
import { REPLAYS_AT_ONCE_MAX } from "@aimo-network/protocol/limits";
import type { End } from "@aimo-network/protocol/wire/messages";
import { REPLAY_AGAIN_MS } from "../limits.ts";
import type { Ends } from "./ends.ts";

/** The replays of one connection. */
export class Replays {
  readonly #clock: Clock;
  readonly #ends: Ends;
  readonly #send: (end: End) => void;
  /** Those that have not been sent, or not been answered when they were, oldest first. */
  #waiting: End[];
  readonly #sent = new Map<string, End>();
  #again: Timer | undefined;

  /** Sends the first of what waits for `routerId`; Ends that are kept later belong to the connection itself. */
  constructor(clock: Clock, ends: Ends, routerId: string, send: (end: End) => void) {
    this.#clock = clock;
    this.#ends = ends;
    this.#send = send;
    this.#waiting = ends.waiting(routerId).toReversed();
    this.#fill();
  }

  /** The router has recorded an End, of a replay or of a request of this connection. */
  acknowledged(attemptId: string): void {
    if (this.#sent.delete(attemptId)) this.#fill();
  }

  /** The connection is gone. */
  stop(): void {
    this.#again?.cancel();
    this.#waiting = [];
    this.#sent.clear();
  }

  #fill(): void {
    while (this.#sent.size < REPLAYS_AT_ONCE_MAX) {
      const end = this.#waiting.pop();
      if (end === undefined) break;
      if (!this.#ends.keeps(end.attempt_id)) continue; // acknowledged on another connection, or too old by now
      this.#sent.set(end.attempt_id, end);
      this.#send(end);
    }
    this.#watch();
  }

  /** A router that cannot say now what became of an attempt does not answer: those Ends have their turn after all others. */
  #watch(): void {
    this.#again?.cancel();
    if (this.#sent.size === 0) return;
    this.#again = this.#clock.timer(REPLAY_AGAIN_MS, () => {
      this.#waiting = [...this.#sent.values()].toReversed().concat(this.#waiting);
      this.#sent.clear();
      this.#fill();
    });
  }
}
