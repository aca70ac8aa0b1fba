// Under `npm start` the network ends with npm: a signal sent to npm ends npm and its shell, and never gets here.
import type { Clock } from "@aimo-network/protocol/clock";

const LOOK_MS = 250; // how long a network may outlive the npm that started it

/** Calls `gone` once when the shell that npm started this process in has ended; never when npm did not start it. */
export function watchNpm(clock: Clock, environment: NodeJS.ProcessEnv, gone: () => void): void {
  if (environment["npm_lifecycle_event"] === undefined) return;
  const shell = process.ppid;
  const look = (): void => {
    if (process.ppid === shell) clock.timer(LOOK_MS, look);
    else gone();
  };
  look();
}
