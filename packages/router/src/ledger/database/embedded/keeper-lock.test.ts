import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { manualClock, systemClock } from "@aimo-network/protocol/clock";
import type { KeeperLock, LockHolder } from "./keeper-lock.ts";
import { takeKeeperLock } from "./keeper-lock.ts";

function newPath(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "aimo-lock-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return join(folder, "keeper.sock");
}

function take(
  path: string,
  routerProcessId: number,
  isStopping = (): boolean => false,
): Promise<KeeperLock | LockHolder> {
  return takeKeeperLock(systemClock, path, () => ({ routerProcessId, isStopping: isStopping() }));
}

async function takeSurely(path: string, routerProcessId: number, isStopping?: () => boolean): Promise<KeeperLock> {
  const taken = await take(path, routerProcessId, isStopping);
  assert.ok("release" in taken, "the lock is held");
  return taken;
}

test("a lock is held by one, who is told to others, and free when it is released", async (t) => {
  const path = newPath(t);
  const lock = await takeSurely(path, 1);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.deepEqual(await take(path, 2), { routerProcessId: 1, isStopping: false });
  lock.release();
  (await takeSurely(path, 2)).release();
  assert.equal(existsSync(path), false);
});

test("a holder that is about to go is waited for", async (t) => {
  const path = newPath(t);
  let asked = 0;
  const lock = await takeSurely(path, 1, () => {
    asked += 1;
    if (asked === 3) lock.release();
    return true;
  });
  (await takeSurely(path, 2)).release();
  assert.equal(asked, 3);
});

test("what a killed holder left behind is taken over, by one of many", async (t) => {
  const path = newPath(t);
  const script = `require("node:net").createServer().listen(${JSON.stringify(path)}, () => console.log("held"))`;
  const holder = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  await once(holder.stdout, "data");
  holder.kill("SIGKILL");
  await once(holder, "exit");
  assert.ok(existsSync(path));
  const taken = await Promise.all([1, 2, 3].map((routerProcessId) => take(path, routerProcessId)));
  const locks = taken.filter((each) => "release" in each);
  for (const lock of locks) lock.release();
  assert.equal(locks.length, 1);
});

test("who was killed while it took the lock does not keep others from it", async (t) => {
  const path = newPath(t);
  const clock = manualClock();
  mkdirSync(`${path}.guard`);
  const taking = takeKeeperLock(clock, path, () => ({ routerProcessId: 1, isStopping: false }));
  let lock: KeeperLock | LockHolder | undefined;
  void taking.then((taken) => (lock = taken));
  for (; clock.monotonic() <= 5_000; clock.advance(20)) {
    assert.equal(lock, undefined);
    await setImmediate();
  }
  const done = new AbortController();
  void taking.finally(() => done.abort());
  for (; !done.signal.aborted; clock.advance(20)) await setImmediate();
  const taken = await taking;
  assert.ok("release" in taken);
  taken.release();
});
