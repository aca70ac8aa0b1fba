// Ends a program with the npm that started it: a signal sent to npm ends npm and its shell, and is not passed on.
import type { Clock } from "./clock.ts";

const LOOK_MS = 250; // how long a program may outlive the npm that started it

/** What the process knows of its start. */
export interface ProcessOrigin {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The id of the parent as it is now; it changes when the parent has ended. */
  parentId(): number;
}

/** Calls `gone` once when the shell that npm or npx started this process in has ended; never where npm did not start it. */
export function watchParent(clock: Clock, origin: ProcessOrigin, gone: () => void): void {
  if (origin.environment["npm_lifecycle_event"] === undefined) return;
  const shell = origin.parentId();
  const look = (): void => {
    if (origin.parentId() === shell) clock.timer(LOOK_MS, look);
    else gone();
  };
  look();
}
