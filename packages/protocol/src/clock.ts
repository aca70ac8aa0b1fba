// Time as a value that is passed in, so that every deadline can be tested on both of its sides.

/** A timer: `refresh` starts its delay again from now, also after it fired; `cancel` ends it for good. */
export interface Timer {
  refresh(): void;
  cancel(): void;
}

/** The only way code of this house learns the time or waits for it. */
export interface Clock {
  /** Milliseconds since 1970, for timestamps people and other machines see. */
  now(): number;
  /** Milliseconds that never jump backwards, for measuring durations. */
  monotonic(): number;
  /** Calls `fire` once after `delayMs`; a timer never keeps a process alive by itself. */
  timer(delayMs: number, fire: () => void): Timer;
}

/** Resolves after `delayMs`, or at once when `signal` aborts: the caller looks at the signal to know which. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve();
      return;
    }
    const wake = (): void => {
      timer.cancel();
      signal?.removeEventListener("abort", wake);
      resolve();
    };
    const timer = clock.timer(delayMs, wake);
    signal?.addEventListener("abort", wake, { once: true });
  });
}

// In a browser a timer is a number without `unref`; in Node it is an object that would keep the process alive.
interface NodeTimer {
  unref(): void;
  refresh(): void;
}

/** What `work` resolves with, or undefined where it takes longer than `ms`; the work itself goes on. */
export function within<Result>(clock: Clock, ms: number, work: Promise<Result>): Promise<Result | undefined> {
  // Every request's charge is waited for so: a race, and an async function around it, would take twice as long as this.
  return new Promise((resolve, reject) => {
    const timer = clock.timer(ms, () => resolve(undefined));
    work.finally(() => timer.cancel()).then(resolve, reject);
  });
}

// What setTimeout can wait for, 25 days: a longer delay, such as a key's life, would overflow and fire at once.
const TIMEOUT_MS_MAX = 2 ** 31 - 1;

/** A timer of the platform; requests start and cancel several each, so it has no closures of its own. */
class SystemTimer implements Timer {
  readonly #delayMs: number;
  readonly #fire: () => void;
  #handle: unknown;
  #isCancelled = false;

  constructor(delayMs: number, fire: () => void) {
    this.#delayMs = delayMs;
    this.#fire = fire;
    this.#start(delayMs);
  }

  refresh(): void {
    if (this.#isCancelled) return;
    if (isNodeTimer(this.#handle) && this.#delayMs <= TIMEOUT_MS_MAX) {
      this.#handle.refresh();
      return;
    }
    clearTimeout(this.#handle as number);
    this.#start(this.#delayMs);
  }

  cancel(): void {
    this.#isCancelled = true;
    clearTimeout(this.#handle as number);
  }

  #start(leftMs: number): void {
    this.#handle =
      leftMs <= TIMEOUT_MS_MAX
        ? setTimeout(this.#fire, leftMs)
        : setTimeout(() => this.#start(leftMs - TIMEOUT_MS_MAX), TIMEOUT_MS_MAX);
    if (isNodeTimer(this.#handle)) this.#handle.unref();
  }
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  timer: (delayMs, fire) => new SystemTimer(delayMs, fire),
};

function isNodeTimer(handle: unknown): handle is NodeTimer {
  return typeof handle === "object" && handle !== null && "unref" in handle;
}

/** A clock that moves only when a test says so. */
export interface ManualClock extends Clock {
  /** Moves time forward and fires every timer that falls due on the way, in order of their deadlines. */
  advance(durationMs: number): void;
  /** How many timers are waiting: a test of a finished operation expects none. */
  readonly waiting: number;
}

/** Creates a clock for tests that starts at `startMs` (milliseconds since 1970). */
export function manualClock(startMs = 1_795_420_800_000): ManualClock {
  let nowMs = startMs;
  let sequence = 0;
  const timers = new Map<number, { dueMs: number; fire: () => void }>();
  const nextDue = (limitMs: number): number | undefined => {
    let found: number | undefined;
    let foundDueMs = Infinity;
    for (const [id, timer] of timers) {
      if (timer.dueMs <= limitMs && timer.dueMs < foundDueMs) {
        found = id;
        foundDueMs = timer.dueMs;
      }
    }
    return found;
  };
  return {
    now: () => nowMs,
    monotonic: () => nowMs - startMs,
    timer(delayMs, fire) {
      const id = ++sequence;
      let isCancelled = false;
      const start = (): void => {
        if (isCancelled) return;
        timers.delete(id); // of timers that fall due together, the one started last fires last
        timers.set(id, { dueMs: nowMs + Math.max(0, delayMs), fire });
      };
      start();
      return {
        refresh: start,
        cancel() {
          isCancelled = true;
          timers.delete(id);
        },
      };
    },
    advance(durationMs) {
      const targetMs = nowMs + durationMs;
      for (let id = nextDue(targetMs); id !== undefined; id = nextDue(targetMs)) {
        const timer = timers.get(id);
        timers.delete(id);
        if (timer === undefined) continue;
        nowMs = Math.max(nowMs, timer.dueMs);
        timer.fire();
      }
      nowMs = targetMs;
    },
    get waiting() {
      return timers.size;
    },
  };
}
