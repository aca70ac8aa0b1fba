// One keeper at a time for one database: whoever listens on the lock's socket holds it, and a dead holder holds nothing.
import { chmodSync, mkdirSync, renameSync, rmSync } from "node:fs";
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

const LOOK_MS = 20; // between two tries
const HOLDER_MS_MAX = 1_000; // a router that was killed a moment ago is noticed by its keeper in far less
const STOPPING_MS_MAX = 60_000; // longer than a keeper takes to stop any PostgreSQL
const GUARD_MS_MAX = 5_000; // far longer than anybody is inside, so that who made the guard was killed there
const NOBODY_KNOWN: LockHolder = { routerProcessId: 0, isStopping: false };

function isCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
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

function listen(path: string, describe: () => LockHolder): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on("error", () => undefined); // it asked and did not wait for the answer
      socket.end(JSON.stringify(describe()));
    });
    server.on("error", reject);
    server.listen(path, () => {
      chmodSync(path, 0o600);
      resolve(server);
    });
  });
}

/** Looks who holds the lock and takes it from nobody or a dead holder; only inside the guard. */
async function takeFree(path: string, describe: () => LockHolder): Promise<KeeperLock | LockHolder> {
  const holder = await ask(path);
  if (holder !== undefined) return holder;
  // Node removes the path a server was made with when it closes: that must never be the lock of a successor.
  const draft = `${path}.${process.pid}`;
  rmSync(draft, { force: true });
  const server = await listen(draft, describe);
  renameSync(draft, path);
  return {
    release() {
      rmSync(path, { force: true });
      server.close();
    },
  };
}

/** Runs `work` alone among processes, or gives undefined where another is at it. */
async function guarded<Result>(guard: string, work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    mkdirSync(guard);
  } catch (error) {
    if (isCode(error, "EEXIST")) return undefined;
    throw error;
  }
  try {
    return await work();
  } finally {
    rmSync(guard, { recursive: true, force: true });
  }
}

/** Takes the lock at `path`, waiting for a holder that is about to go; gives the holder that stays. */
export async function takeKeeperLock(
  clock: Clock,
  path: string,
  describe: () => LockHolder,
): Promise<KeeperLock | LockHolder> {
  const guard = `${path}.guard`;
  const startMs = clock.monotonic();
  let outsideMs = startMs; // since when the guard has been in the way
  for (;;) {
    const taken = await guarded(guard, () => takeFree(path, describe));
    const nowMs = clock.monotonic();
    if (taken !== undefined) {
      if ("release" in taken) return taken;
      if (nowMs - startMs > (taken.isStopping ? STOPPING_MS_MAX : HOLDER_MS_MAX)) return taken;
      outsideMs = nowMs;
    } else if (nowMs - outsideMs > GUARD_MS_MAX) {
      rmSync(guard, { recursive: true, force: true });
      outsideMs = nowMs;
    }
    await sleep(clock, LOOK_MS);
  }
}
