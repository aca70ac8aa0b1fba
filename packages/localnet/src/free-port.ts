// A port for the router: the one asked for, or the next free one.
import { createServer } from "node:net";

const PORTS_TRIED_MAX = 50; // a machine with so many busy in a row has another problem

function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, host, () => probe.close(() => resolve(true)));
  });
}

/** The first free port at or after `wanted`; 0 stays 0, which lets the system choose. */
export async function findFreePort(wanted: number, host: string): Promise<number> {
  if (wanted === 0) return 0;
  for (let port = wanted; port < wanted + PORTS_TRIED_MAX && port <= 65_535; port += 1) {
    if (await isFree(port, host)) return port;
  }
  throw new Error(`ports ${wanted} to ${wanted + PORTS_TRIED_MAX - 1} are all busy: choose another with --port`);
}
