// Ends that routers have not acknowledged yet: in memory, and on disk once they have waited, so that no pay is lost.
import type { Clock, Timer } from "@aimo-network/protocol/clock";
import { ENDS_KEPT_MAX, ENDS_KEPT_MS } from "@aimo-network/protocol/limits";
import type { End } from "@aimo-network/protocol/wire/messages";
import { SPOOL_DELAY_MS, SPOOL_SPARE_LINES_MAX } from "../limits.ts";
import type { Log } from "../log.ts";
import type { KeptEnd } from "./spool-file.ts";
import { appendSpool, forgottenLine, keptLine, prepareSpool, readSpool, rewriteSpool } from "./spool-file.ts";
import { isSystemError } from "../system-error.ts";

/** Keeps Ends until their router has recorded them. */
export class Ends {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #path: string | undefined;
  readonly #kept = new Map<string, KeptEnd>();
  /** Attempts whose End is not on disk; nearly all are acknowledged before it would be. */
  readonly #unwritten = new Set<string>();
  readonly #forgotten: string[] = [];
  #lines = 0;
  #timer: Timer | undefined;
  #writable: boolean;
  #hasOverflowed = false;

  /** Reads back what an earlier process left in the file at `path`; without a path, memory is all there is. */
  constructor(clock: Clock, log: Log, path: string | undefined) {
    this.#clock = clock;
    this.#log = log;
    this.#path = path;
    this.#writable = path !== undefined;
    this.#attempt(() => this.#readBack());
  }

  get size(): number {
    return this.#kept.size;
  }

  /** Whether the attempt's End still waits for its acknowledgement. */
  keeps(attemptId: string): boolean {
    return this.#kept.has(attemptId);
  }

  /** Keeps an End of an attempt that `routerId` made. */
  keep(routerId: string, end: End): void {
    this.#dropOldest();
    this.#kept.set(end.attempt_id, { routerId, keptAtMs: this.#clock.now(), end });
    if (!this.#writable) return;
    this.#unwritten.add(end.attempt_id);
    this.#writeLater();
  }

  /** The router has recorded this End. */
  forget(attemptId: string): void {
    if (!this.#kept.delete(attemptId) || this.#unwritten.delete(attemptId) || !this.#writable) return;
    this.#forgotten.push(attemptId);
    this.#writeLater();
  }

  /** The Ends that `routerId` has not acknowledged, oldest first. */
  waiting(routerId: string): readonly End[] {
    const oldestMs = this.#clock.now() - ENDS_KEPT_MS;
    return [...this.#kept.values()]
      .filter((kept) => kept.routerId === routerId && kept.keptAtMs > oldestMs)
      .map(({ end }) => end);
  }

  /** Writes at once what is not on disk: a router is gone, or this process is about to be. */
  flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#write(Infinity);
  }

  #writeLater(): void {
    this.#timer ??= this.#clock.timer(SPOOL_DELAY_MS, () => {
      this.#timer = undefined;
      this.#write(this.#clock.now() - SPOOL_DELAY_MS);
      if (this.#unwritten.size > 0 || this.#forgotten.length > 0) this.#writeLater();
    });
  }

  /** Writes the Ends kept up to `keptUntilMs`, and what has been forgotten. */
  #write(keptUntilMs: number): void {
    const lines = this.#forgotten.map(forgottenLine);
    this.#forgotten.length = 0;
    for (const attemptId of this.#unwritten) {
      const kept = this.#kept.get(attemptId);
      if (kept !== undefined && kept.keptAtMs > keptUntilMs) break; // the set is in order of keeping
      this.#unwritten.delete(attemptId);
      if (kept !== undefined) lines.push(keptLine(kept));
    }
    const path = this.#path;
    if (path === undefined || lines.length === 0) return;
    this.#attempt(() => {
      appendSpool(path, lines.join(""));
      this.#lines += lines.length;
      if (this.#lines > this.#kept.size + SPOOL_SPARE_LINES_MAX) this.#compact(path);
    });
  }

  /** Writes the file anew from what stands in it, because another proxy may keep its Ends there too. */
  #compact(path: string): void {
    const oldestMs = this.#clock.now() - ENDS_KEPT_MS;
    const alive = [...readSpool(path).ends.values()].filter(({ keptAtMs }) => keptAtMs > oldestMs);
    const newest = alive.slice(-ENDS_KEPT_MAX);
    rewriteSpool(path, newest);
    this.#lines = newest.length;
  }

  #readBack(): void {
    if (this.#path === undefined) return;
    prepareSpool(this.#path);
    const { ends, lines, unreadable } = readSpool(this.#path);
    if (unreadable > 0) this.#log.warn({ path: this.#path, unreadable }, "some lines of the spool cannot be read");
    const oldestMs = this.#clock.now() - ENDS_KEPT_MS;
    const alive = [...ends].filter(([, { keptAtMs }]) => keptAtMs > oldestMs);
    for (const [attemptId, kept] of alive.slice(-ENDS_KEPT_MAX)) this.#kept.set(attemptId, kept);
    this.#lines = lines;
    if (lines > this.#kept.size) this.#compact(this.#path);
  }

  #dropOldest(): void {
    const oldestMs = this.#clock.now() - ENDS_KEPT_MS;
    for (const [attemptId, { routerId, keptAtMs }] of this.#kept) {
      const isAlive = keptAtMs > oldestMs;
      if (isAlive && this.#kept.size < ENDS_KEPT_MAX) return;
      if (isAlive && !this.#hasOverflowed) {
        this.#hasOverflowed = true;
        this.#log.warn(
          { router_id: routerId, kept: this.#kept.size },
          "a router acknowledges nothing: its oldest Ends are dropped",
        );
      }
      this.#kept.delete(attemptId);
      this.#unwritten.delete(attemptId);
    }
  }

  /** A disk that fails must not stop the sale: what is in memory is still replayed while this process lives. */
  #attempt(write: () => void): void {
    if (!this.#writable) return;
    try {
      write();
    } catch (error) {
      if (!isSystemError(error)) throw error;
      this.#writable = false;
      this.#log.error(
        { path: this.#path, reason: error.code },
        "unacknowledged Ends cannot be written and live in memory only: set [spool] path to a file this user may write",
      );
    }
  }
}
