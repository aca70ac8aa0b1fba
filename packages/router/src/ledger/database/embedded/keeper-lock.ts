// One keeper at a time for one database: whoever listens on the lock's socket holds it, and a dead holder holds nothing.
import { chmodSync, rmSync } from "node:fs";
import type { Server } from "node:net";
import { connect, createServer } from "node:net";
import type { Clock } from "@aimo-network/protocol/clock";
import { sleep } from "@aimo-network/protocol/clock";

/** What a holder says of itself. */
export interface LockHolder {
  readonly routerProcessId: number;
  /** Its router has ended: the lock is free soon. */
  readonly isStopping: boolean;
}

/** A lock that is held. */
export interface KeeperLock {
  release(): void;
}

const LOOK_MS = 50; // between two tries
const HOLDER_MS_MAX = 1_000; // a router that was killed a moment ago is noticed by its keeper in far less
const STOPPING_MS_MAX = 60_000; // longer than a keeper takes to stop any PostgreSQL
const SETTLE_MS = 250; // for two that found the same dead holder: only the last to listen is reached by its path

const NOBODY_KNOWN: LockHolder = { routerProcessId: 0, isStopping: false };

function isCode(error: Error, ...codes: readonly string[]): boolean {
  return "code" in error && codes.includes(String(error.code));
}

/** The living holder of the lock; undefined where there is none. */
function ask(path: string): Promise<LockHolder | undefined> {
  return new Promise((resolve, reject) => {
    let said = "";
    const socket = connect(path);
    socket.setEncoding("utf8");
    socket.on("data", (chunk: string) => {
      said += chunk;
    });
    // A holder that dies while it is asked says nothing, one that hangs has the lock all the same.
    socket.on("end", () => resolve(said === "" ? undefined : (JSON.parse(said) as LockHolder)));
    socket.setTimeout(HOLDER_MS_MAX, () => {
      socket.destroy();
      resolve(NOBODY_KNOWN);
    });
    socket.on("error", (error) => {
      if (isCode(error, "ENOENT", "ECONNREFUSED", "ECONNRESET")) resolve(undefined);
      else reject(error);
    });
  });
}

function listen(path: string, describe: () => LockHolder): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on("error", () => undefined); // it asked and did not wait for the answer
      socket.end(JSON.stringify(describe()));
    });
    server.on("error", (error) => (isCode(error, "EADDRINUSE") ? resolve(undefined) : reject(error)));
    server.listen(path, () => {
      chmodSync(path, 0o600);
      resolve(server);
    });
  });
}

/** One try: the lock, or who has it. */
async function take(clock: Clock, path: string, describe: () => LockHolder): Promise<KeeperLock | LockHolder> {
  const first = await listen(path, describe);
  if (first !== undefined) return { release: () => first.close() };
  const holder = await ask(path);
  if (holder !== undefined) return holder;
  rmSync(path, { force: true });
  const server = await listen(path, describe);
  if (server === undefined) return NOBODY_KNOWN;
  await sleep(clock, SETTLE_MS);
  const settled = await ask(path);
  if (settled?.routerProcessId === describe().routerProcessId) return { release: () => server.close() };
  server.close();
  return settled ?? NOBODY_KNOWN;
}

/** Takes the lock at `path`, waiting for a holder that is about to go; gives the holder that stays. */
export async function takeKeeperLock(
  clock: Clock,
  path: string,
  describe: () => LockHolder,
): Promise<KeeperLock | LockHolder> {
  const startMs = clock.monotonic();
  for (;;) {
    const taken = await take(clock, path, describe);
    if ("release" in taken) return taken;
    const waitedMs = clock.monotonic() - startMs;
    if (waitedMs > (taken.isStopping ? STOPPING_MS_MAX : HOLDER_MS_MAX)) return taken;
    await sleep(clock, LOOK_MS);
  }
}
