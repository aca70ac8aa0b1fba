// How long an answer is waited for: until it is late, Ctrl-C, or nobody wants it any more.
import type { CommandContext } from "../context.ts";

/** What deadlines are made of. */
export type Waiting = Pick<CommandContext, "clock" | "interrupted">;

/** A wait that goes on until it is ended. */
export interface Deadline {
  readonly signal: AbortSignal;
  end(): void;
}

/** Starts a wait of at most `ms`; its signal aborts with a `TimeoutError` when that has passed. */
export function startDeadline({ clock, interrupted }: Waiting, ms: number, signal?: AbortSignal): Deadline {
  const late = new AbortController();
  const timer = clock.timer(ms, () => late.abort(new DOMException("no answer in time", "TimeoutError")));
  const signals = [late.signal, interrupted, ...(signal === undefined ? [] : [signal])];
  return { signal: AbortSignal.any(signals), end: () => timer.cancel() };
}
