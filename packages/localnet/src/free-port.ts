// Ports for the localnet's programs: those asked for, or the next free ones.
import { createServer } from "node:net";
import type { Server } from "node:net";
import { systemRandom } from "@aimo-network/protocol/random";

const PORTS_TRIED_MAX = 50; // a machine with so many busy in a row has another problem
const PORT_MAX = 65_535;
/** Where any port will do: below the range that Linux and macOS give to connections, which would take one before it is listened on. */
const ANY = { first: 20_000, count: 12_000 };

/** Where a port found for later is claimed meanwhile: programs of ours that look at the same time ask here too. */
const CLAIMS_HOST = "127.0.0.2";

async function listenOn(port: number, host: string): Promise<Server | string> {
  const server = createServer();
  server.maxConnections = 0; // it holds the port, and answers nobody
  const result = await new Promise<Server | string>((resolve) => {
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? ""));
    server.listen(port, host, () => resolve(server));
  });
  server.unref();
  return result;
}

async function isFree(port: number, host: string): Promise<boolean> {
  const probe = await listenOn(port, host);
  if (typeof probe === "string") return false;
  await new Promise((resolve) => probe.close(resolve));
  return true;
}

/** Whoever found a port listens on it seconds later: of a process that finds thousands, only the last are still to come. */
const CLAIMS_MAX = 64;
const claims: Server[] = [];

/** Claims `port` for as long as this process has it among its last; only Linux has the address, elsewhere nothing is claimed. */
async function claim(port: number): Promise<boolean> {
  const held = await listenOn(port, CLAIMS_HOST);
  if (typeof held === "string") return held !== "EADDRINUSE";
  claims.push(held);
  if (claims.length > CLAIMS_MAX) claims.shift()?.close();
  return true;
}

/** The first port at or after `wanted` that is free, with as many after it as are asked for; 0 wants any, which no other search finds meanwhile. */
export async function findFreePort(wanted: number, host: string, inARow = 1): Promise<number> {
  const isAny = wanted === 0;
  const first = isAny ? ANY.first + Math.floor(systemRandom.fraction() * ANY.count) : wanted;
  let free = 0;
  for (let port = first; port < first + PORTS_TRIED_MAX && port <= PORT_MAX; port += 1) {
    const isOurs = (!isAny || (await claim(port))) && (await isFree(port, host));
    free = isOurs ? free + 1 : 0;
    if (free === inARow) return port - inARow + 1;
  }
  throw new Error(`ports ${first} to ${first + PORTS_TRIED_MAX - 1} are all busy: choose another`);
}
