import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { sleep, systemClock as clock } from "@aimo-network/protocol/clock";

const LISTENS_MS_MAX = 20_000;
const PAUSE_MS = 5;
const ENDS_MS_MAX = 60_000; // by then it has started a PostgreSQL and stopped it

/** Whether somebody was there to be called. */
async function callAndLeave(path: string): Promise<boolean> {
  const caller = connect(path);
  try {
    await once(caller, "connect");
    return true;
  } catch {
    return false;
  } finally {
    caller.destroy();
  }
}

test("the test databases' keeper ends when its caller left while the server was starting", async (t) => {
  const directory = mkdtempSync(join(tmpdir(), "aimo-keeper-"));
  chmodSync(directory, 0o711);
  // One with a server given to it has no start to leave during.
  const env = { ...process.env, AIMO_TEST_DATABASE_URL: "" };
  const file = join(import.meta.dirname, "test-database-keeper.ts");
  const keeper = spawn(process.execPath, [file, directory], { env, stdio: "ignore" });
  t.after(() => {
    keeper.kill("SIGKILL");
    rmSync(directory, { recursive: true, force: true });
  });
  const ended = Promise.race([once(keeper, "exit"), sleep(clock, ENDS_MS_MAX).then(() => "never: it ends")]);

  const path = join(directory, "keeper.sock");
  const giveUpMs = clock.monotonic() + LISTENS_MS_MAX;
  while (!(await callAndLeave(path))) {
    assert.ok(clock.monotonic() < giveUpMs, "never: the keeper listens");
    await sleep(clock, PAUSE_MS);
  }

  assert.deepEqual(await ended, [0, null]);
  assert.deepEqual(readdirSync(directory), []);
});
