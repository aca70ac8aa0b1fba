// What the measured processes spend and hold, as they say it themselves when asked by a signal.
import type { Child } from "@aimo-network/localnet/child-process";
import type { Clock } from "@aimo-network/protocol/clock";
import { sleep } from "@aimo-network/protocol/clock";

/** One process at one moment. */
export interface Usage {
  /** User and system time since its start. */
  readonly cpuSeconds: number;
  readonly rssBytes: number;
  readonly heapBytes: number;
  readonly externalBytes: number;
}

/** Bytes of JavaScript's values and of the buffers they hold. */
export function heldBytes({ heapBytes, externalBytes }: Usage): number {
  return heapBytes + externalBytes;
}

/** Makes a process able to answer: what is preloaded into it. */
export const MEASURED_PROCESS = new URL("./measured-process.ts", import.meta.url).href;

const COLLECTIONS_MAX = 10;
const STEADY_SHARE = 0.998; // of what was alive before: no more is let go of
const RETURN_MS = 500; // for freed pages to go back to the system
const PREFIX = "usage ";

/** Asks measured processes; the lines they write have to be passed to `read`. */
export interface Usages {
  read(line: string, name: string): void;
  /** What a process has spent and holds now. */
  of(child: Child): Promise<Usage>;
  /** The same after garbage collections until nothing more goes: what it holds is alive. */
  alive(child: Child): Promise<Usage>;
}

/** Creates the bench's end of it. */
export function createUsages(clock: Clock): Usages {
  const waiting = new Map<string, (usage: Usage) => void>();
  const ask = (child: Child, signal: NodeJS.Signals): Promise<Usage> => {
    const { promise, resolve, reject } = Promise.withResolvers<Usage>();
    waiting.set(child.name, resolve);
    void child.exited.then((how) => reject(new Error(`${child.name} has ended (${how}):\n${child.lastLines()}`)));
    process.kill(child.pid, signal);
    return promise;
  };
  return {
    read(line, name) {
      if (!line.startsWith(PREFIX)) return;
      waiting.get(name)?.(JSON.parse(line.slice(PREFIX.length)) as Usage);
      waiting.delete(name);
    },
    of: (child) => ask(child, "SIGUSR2"),
    async alive(child) {
      // One collection is not enough: caches and code that is not used any more go with later ones.
      let usage = await ask(child, "SIGURG");
      for (let again = 1; again < COLLECTIONS_MAX; again += 1) {
        const before = usage;
        await sleep(clock, RETURN_MS);
        usage = await ask(child, "SIGURG");
        const isSteady = usage.rssBytes > before.rssBytes * STEADY_SHARE;
        if (isSteady && heldBytes(usage) > heldBytes(before) * STEADY_SHARE) break;
      }
      return usage;
    },
  };
}
