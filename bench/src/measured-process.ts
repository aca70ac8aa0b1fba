// Preloaded into every process that is measured: on a signal it says on its output what it has spent and what it holds.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

function tellUsage(): void {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed, external } = process.memoryUsage();
  const usage = {
    cpuSeconds: (user + system) / 1_000_000,
    rssBytes: rss,
    heapBytes: heapUsed,
    externalBytes: external,
  };
  process.stdout.write(`usage ${JSON.stringify(usage)}\n`);
}

process.on("SIGUSR2", tellUsage);

// What is alive shows only after a collection. Nothing is collected unless this comes, and the flag is set only then.
process.on("SIGURG", () => {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as (how: object) => void;
  // The thorough one: what the young generation has grown to, up to 128 MiB, is the process's and no reader's.
  const collect = (): void => gc({ type: "major", flavor: "last-resort" });
  collect();
  setImmediate(() => {
    collect(); // again: the first one runs finalizers, which let go of more
    tellUsage();
  });
});
