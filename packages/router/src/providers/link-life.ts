// What every provider connection has in common, whichever dialect it speaks: its heartbeat, the end of its key, its close.
import type { Clock, Timer } from "@aimo-network/protocol/clock";
import { HEARTBEAT_MS } from "@aimo-network/protocol/limits";
import type { Logger } from "pino";
import type { WebSocket } from "ws";
import { KEY_END_GRACE_MS } from "../limits.ts";

/** Closes a connection that has done its work. */
export const CLOSE_NORMAL = 1000;
/** Closes a connection whose peer broke the protocol. */
export const CLOSE_PROTOCOL = 1002;
/** Closes a connection that may not go on: its key has ended, or it never said who it is. */
export const CLOSE_POLICY = 1008;

/** Milliseconds for which running requests outlast their key, so that the close itself still falls within its grace. */
export const KEY_DRAIN_MS = KEY_END_GRACE_MS - 500;

/** The longest delay of a timer: those of the platform overflow after 24.8 days, keys last for 366. */
export const TIMER_MS_MAX = 24 * 60 * 60 * 1000;

const DRAIN_LOOK_MS = 100; // how soon a draining link with nothing left to do is closed

/** What a connection's life asks and tells its link. */
export interface LivingLink {
  readonly id: string;
  /** Requests that have not ended. */
  running(): number;
  /** The key that opened the connection has expired. */
  keyExpired(): void;
  /** Closes the connection, and before it sends what it still holds back. */
  close(code: number, reason: string): void;
}

/** The life of one connection, from its upgrade until `stop`. */
export class LinkLife {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #socket: WebSocket;
  readonly #link: LivingLink;
  readonly #timers = new Map<"heartbeat" | "key" | "drain", Timer>();
  #unansweredPings = 0;
  #closeDueMs = Infinity;

  constructor(clock: Clock, log: Logger, socket: WebSocket, link: LivingLink, keyExpiresAtMs: number) {
    this.#clock = clock;
    this.#log = log;
    this.#socket = socket;
    this.#link = link;
    socket.on("pong", () => (this.#unansweredPings = 0));
    socket.on("error", (error) => log.debug({ linkId: link.id, error }, "link socket failed"));
    this.#armHeartbeat();
    this.#armKeyEnd(keyExpiresAtMs);
  }

  /** Closes the connection when its requests have ended, at the latest after `deadlineMs`; an earlier deadline stands. */
  closeWithin(deadlineMs: number, code: number, reason: string): void {
    const dueMs = this.#clock.monotonic() + deadlineMs;
    if (dueMs >= this.#closeDueMs) return; // a proxy cannot put off the end of its key by a drain of its own
    this.#closeDueMs = dueMs;
    const look = (): void => {
      if (this.#link.running() === 0 || this.#clock.monotonic() >= dueMs) {
        this.#link.close(code, reason);
        return;
      }
      const leftMs = Math.max(1, dueMs - this.#clock.monotonic());
      this.#arm("drain", Math.min(DRAIN_LOOK_MS, leftMs), look);
    };
    this.#arm("drain", DRAIN_LOOK_MS, look);
  }

  /** Ends every timer: the connection is gone. */
  stop(): void {
    for (const timer of this.#timers.values()) timer.cancel();
  }

  #arm(name: "heartbeat" | "key" | "drain", delayMs: number, fire: () => void): void {
    this.#timers.get(name)?.cancel();
    this.#timers.set(name, this.#clock.timer(delayMs, fire));
  }

  #armHeartbeat(): void {
    const beat = (): void => {
      if (this.#unansweredPings >= 2) {
        this.#log.info({ linkId: this.#link.id }, "link is dead: two pings unanswered");
        this.#socket.terminate();
        return;
      }
      this.#unansweredPings += 1;
      if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping();
      this.#arm("heartbeat", HEARTBEAT_MS, beat);
    };
    this.#arm("heartbeat", HEARTBEAT_MS, beat);
  }

  #armKeyEnd(expiresAtMs: number): void {
    const look = (): void => {
      const leftMs = expiresAtMs - this.#clock.now();
      if (leftMs <= 0) this.#link.keyExpired();
      else this.#arm("key", Math.min(leftMs, TIMER_MS_MAX), look);
    };
    this.#arm("key", Math.min(expiresAtMs - this.#clock.now(), TIMER_MS_MAX), look);
  }
}
