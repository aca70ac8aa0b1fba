// Ctrl-C: it ends the command, unless the command has something smaller to end first.

/** Ctrl-C as a command sees it. */
export interface Interruption {
  /** Aborted when the command is to end. */
  readonly signal: AbortSignal;
  /** Until the returned function is called, Ctrl-C calls `act` and the command goes on; the last who asked is called. */
  takeOver(act: () => void): () => void;
}

/** The same for the process, which is told of each Ctrl-C. */
export interface InterruptionSource extends Interruption {
  interrupt(): void;
}

/** Creates it; `leave` is called at the second Ctrl-C that nobody has taken over, and does not wait for the command. */
export function createInterruption(leave: () => void): InterruptionSource {
  const controller = new AbortController();
  const takers: (() => void)[] = [];
  return {
    signal: controller.signal,
    takeOver(act) {
      const taker = (): void => act(); // its own, so that the same `act` may be given twice
      takers.push(taker);
      return () => {
        const place = takers.indexOf(taker);
        if (place !== -1) takers.splice(place, 1);
      };
    },
    interrupt() {
      const taker = takers.at(-1);
      if (taker !== undefined) taker();
      else if (controller.signal.aborted) leave();
      else controller.abort();
    },
  };
}
