// How a program of the router ends: in order at a signal or with the npm that started it, at once at a second signal.
import type { Clock } from "@aimo-network/protocol/clock";
import { watchParent } from "@aimo-network/protocol/parent-watch";
import type { Logger } from "pino";

/** What of the process is used. */
export type EndingProcess = Pick<NodeJS.Process, "env" | "ppid"> & {
  on(signal: "SIGINT" | "SIGTERM", act: () => void): unknown;
  exit(code: number): void;
};

/** What a program ends with. */
export interface Ending {
  readonly log: Logger;
  /** What the log says. */
  readonly words: string;
  close(): Promise<void>;
}

/** Listens for what ends the program; `close` is called once, whatever comes together. */
export function endAtSignal(clock: Clock, program: EndingProcess, { log, words, close }: Ending): void {
  let isEnding = false;
  const stop = (signal: string): void => {
    isEnding = true;
    log.info({ signal }, words);
    void close().then(() => program.exit(0));
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    program.on(signal, () => {
      if (isEnding) program.exit(1); // does not wait for answers
      else stop(signal);
    });
  }
  watchParent(clock, { environment: program.env, parentId: () => program.ppid }, () => {
    if (!isEnding) stop("end of npm"); // else the signal that ended npm came here too
  });
}
