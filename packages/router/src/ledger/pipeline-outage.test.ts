import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { sleep, systemClock } from "@aimo-network/protocol/clock";
import { isAimoError } from "@aimo-network/protocol/errors";
import { createLog } from "../log.ts";
import { openLedgerBed } from "../test-bed/ledger-bed.ts";
import { startEmbeddedPostgres } from "./database/embedded/embedded-postgres.ts";
import { migrate } from "./database/migrate.ts";

const deps = { clock: systemClock, log: createLog("silent") };
const REFUSED_WITHIN_MS = 2_000;

test("when PostgreSQL is killed, locks are refused within two seconds, and every charge is posted once when it is back", async (t) => {
  const dataDirectory = mkdtempSync(join(tmpdir(), "aimo-outage-"));
  t.after(() => rmSync(dataDirectory, { recursive: true, force: true }));
  const postgres = await startEmbeddedPostgres({ dataDirectory, ...deps });
  t.after(() => postgres.stop());
  await migrate(postgres.url, deps);
  const bed = await openLedgerBed(t, undefined, undefined, postgres.url);
  const who = await bed.addUser(1_000_000n);
  const running = Array.from({ length: 200 }, () => bed.lockOf(who, 100n));
  await Promise.all(running.map((lock) => bed.ledger.lock(lock)));
  const { data_directory: data } = await bed.row("SHOW data_directory");
  const processId = Number(readFileSync(join(String(data), "postmaster.pid"), "utf8").split("\n")[0]);
  const charges = running.map((lock) => bed.ledger.charge(bed.chargeOf(lock, 30n)));
  process.kill(processId, "SIGKILL");
  // Asked as often as it takes: some come in time to be granted, none waits for the database to come back.
  const granted: string[] = [];
  let refused = 0;
  const untilMs = systemClock.monotonic() + 30_000;
  for (let backAgain = false; !backAgain && systemClock.monotonic() < untilMs;) {
    const lock = bed.lockOf(who, 10n);
    const startMs = systemClock.monotonic();
    try {
      await bed.ledger.lock(lock);
      granted.push(lock.id);
      backAgain = refused > 0;
    } catch (error) {
      assert.ok(isAimoError(error, "ledger_unavailable"));
      assert.ok(systemClock.monotonic() - startMs < REFUSED_WITHIN_MS);
      refused += 1;
      await sleep(systemClock, 20);
    }
  }
  assert.ok(refused > 0, "the outage was seen");
  const outcomes = await Promise.all(charges);
  assert.ok(outcomes.every(({ outcome, cost }) => cost === 30n && (outcome === "posted" || outcome === "repeated")));
  await bed.ledger.settle(10_000);
  assert.equal(bed.ledger.chargesWaiting, 0);
  const open = await bed.database.query<{ id: string }>("SELECT id FROM locks WHERE state = 'o'");
  assert.deepEqual(new Set(open.map(({ id }) => id)), new Set(granted), "what was refused is not locked");
  assert.deepEqual(await bed.row("SELECT count(*) AS n, sum(cost) AS cost FROM generations"), {
    n: 200n,
    cost: 6_000n,
  });
  assert.deepEqual(await bed.faults(), []);
});
