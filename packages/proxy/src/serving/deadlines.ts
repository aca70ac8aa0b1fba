// The four separate deadlines of one attempt: connect, first byte, idle, total. They can stand still together.
import type { Clock, Timer } from "@aimo-network/protocol/clock";
import type { TimeoutPhase } from "@aimo-network/protocol/errors";
import type { Timeouts } from "../config/timeouts-section.ts";

/** The phases that follow one another; the total deadline runs beside them. */
export type CallPhase = Exclude<TimeoutPhase, "total">;

/** Told once, when a deadline has passed: which one, and how many milliseconds it allowed. */
export type Expired = (phase: TimeoutPhase, limitMs: number) => void;

/**
 * Watches one attempt from the receipt of its head. One timer serves all four deadlines: it fires at the earliest it
 * knew of and looks again, so that every event of a stream costs a reading of the clock and no timer.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #limitsMs: Readonly<Record<TimeoutPhase, number>>;
  readonly #expired: Expired;
  readonly #startMs: number;
  #phase: CallPhase | undefined;
  #phaseStartMs = 0;
  #stoodStillMs = 0;
  #pausedAtMs: number | undefined;
  #timer: Timer | undefined;
  #timerDueMs = Infinity;
  #ended = false;

  constructor(clock: Clock, limits: Timeouts, expired: Expired) {
    this.#clock = clock;
    this.#limitsMs = {
      connect: limits.connectMs,
      first_byte: limits.firstByteMs,
      idle: limits.idleMs,
      total: limits.totalMs,
    };
    this.#expired = expired;
    this.#startMs = clock.monotonic();
    this.#arm(this.#startMs + Math.min(limits.connectMs, limits.totalMs)); // the first phase needs no timer of its own
  }

  /** Starts a phase, or a while that only the total deadline bounds; the phase before has ended in time. */
  enter(phase: CallPhase | undefined): void {
    this.#phase = phase;
    this.#phaseStartMs = this.#now();
    this.#arm();
  }

  /** Whether time is left for what would begin now; if none is, the total deadline expires at once. */
  hasTimeLeft(): boolean {
    if (!this.#ended && this.#now() >= this.#totalDueMs()) this.#expire("total");
    return !this.#ended;
  }

  /** Starts the present phase again from now: something that counts has arrived. */
  touch(): void {
    this.#phaseStartMs = this.#now();
  }

  /** Stands still: it is not the upstream that everybody waits for. */
  pause(): void {
    if (this.#ended || this.#pausedAtMs !== undefined) return;
    this.#pausedAtMs = this.#clock.monotonic();
    this.#disarm();
  }

  /** Goes on with the time that was left. */
  resume(): void {
    if (this.#ended || this.#pausedAtMs === undefined) return;
    this.#stoodStillMs += this.#clock.monotonic() - this.#pausedAtMs;
    this.#pausedAtMs = undefined;
    this.#arm();
  }

  /** The attempt has ended: nothing expires any more. */
  end(): void {
    this.#ended = true;
    this.#disarm();
  }

  /** The time as the deadlines count it: without the while they stood still. */
  #now(): number {
    return (this.#pausedAtMs ?? this.#clock.monotonic()) - this.#stoodStillMs;
  }

  #phaseDueMs(): number {
    return this.#phase === undefined ? Infinity : this.#phaseStartMs + this.#limitsMs[this.#phase];
  }

  #totalDueMs(): number {
    return this.#startMs + this.#limitsMs.total;
  }

  #arm(dueMs = Math.min(this.#phaseDueMs(), this.#totalDueMs())): void {
    if (this.#ended || this.#pausedAtMs !== undefined) return;
    if (this.#timer !== undefined && this.#timerDueMs <= dueMs) return;
    this.#disarm();
    this.#timerDueMs = dueMs;
    this.#timer = this.#clock.timer(Math.max(0, dueMs - this.#now()), () => this.#look());
  }

  #disarm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #look(): void {
    this.#timer = undefined;
    const nowMs = this.#now();
    if (nowMs >= this.#totalDueMs()) this.#expire("total");
    else if (this.#phase !== undefined && nowMs >= this.#phaseDueMs()) this.#expire(this.#phase);
    else this.#arm();
  }

  #expire(phase: TimeoutPhase): void {
    this.end();
    this.#expired(phase, this.#limitsMs[phase]);
  }
}
