// Lets so many through at once; the others wait in turn.

/** Runs work when there is room for it. */
export type Gate = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** Creates a gate. */
export function createGate(most: number): Gate {
  const waiting: (() => void)[] = [];
  let inside = 0;
  return async (work) => {
    if (inside >= most) await new Promise<void>((resolve) => void waiting.push(resolve));
    else inside += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) inside -= 1;
      else next(); // its place is taken over
    }
  };
}
