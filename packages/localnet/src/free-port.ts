// Ports for the localnet's programs: those asked for, or the next free ones.
import { createServer } from "node:net";
import { systemRandom } from "@aimo-network/protocol/random";

const PORTS_TRIED_MAX = 50; // a machine with so many busy in a row has another problem
const PORT_MAX = 65_535;
/** Where any port will do: below the range that Linux and macOS give to connections, which would take one before it is listened on. */
const ANY = { first: 20_000, count: 12_000 };

function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, host, () => probe.close(() => resolve(true)));
  });
}

/** The first port at or after `wanted` that is free, with as many after it as are asked for; 0 wants any. */
export async function findFreePort(wanted: number, host: string, inARow = 1): Promise<number> {
  const first = wanted === 0 ? ANY.first + Math.floor(systemRandom.fraction() * ANY.count) : wanted;
  let free = 0;
  for (let port = first; port < first + PORTS_TRIED_MAX && port <= PORT_MAX; port += 1) {
    free = (await isFree(port, host)) ? free + 1 : 0;
    if (free === inARow) return port - inARow + 1;
  }
  throw new Error(`ports ${first} to ${first + PORTS_TRIED_MAX - 1} are all busy: choose another`);
}
