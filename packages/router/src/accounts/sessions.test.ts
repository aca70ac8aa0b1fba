// Sessions in a real database: both sides of every deadline, one use of a challenge, bounds, and other instances.
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { base58 } from "@scure/base";
import { manualClock } from "@aimo-network/protocol/clock";
import type { ManualClock } from "@aimo-network/protocol/clock";
import { isAimoError } from "@aimo-network/protocol/errors";
import { systemRandom } from "@aimo-network/protocol/random";
import type { Database } from "../ledger/database/database.ts";
import { SESSION_IDLE_MS, SESSION_MS, SESSION_TOUCH_MS, SESSIONS_SWEEP_MS } from "../limits.ts";
import { createLog } from "../log.ts";
import { openTestDatabase } from "../test-bed/test-database.ts";
import type { ProvenLogin, SessionBounds, Sessions } from "./sessions.ts";
import { createSessions } from "./sessions.ts";

const CHALLENGE_MS = 300_000;

describe("sessions", () => {
  let database: Database;
  beforeEach(async () => (database = await openTestDatabase()));
  afterEach(() => database.close());

  /** One that sweeps when it is told to only: time that a test lets pass must not sweep what another test has. */
  const instance = (clock: ManualClock, bounds?: SessionBounds): Sessions => {
    const sessions = createSessions({ clock, random: systemRandom, log: createLog("silent"), database }, bounds);
    sessions.close();
    return sessions;
  };
  const login = (clock: ManualClock, wallet = base58.encode(systemRandom.bytes(32))): ProvenLogin => ({
    wallet,
    nonce: systemRandom.bytes(32),
    challengeExpiresAtMs: clock.now() + CHALLENGE_MS,
  });
  const countOf = async (table: "sessions" | "used_challenges"): Promise<bigint | undefined> => {
    const [row] = await database.query<{ count: bigint }>(`SELECT count(*) FROM ${table}`);
    return row?.count;
  };

  test("are known by every instance by their token, and by no other", async () => {
    const clock = manualClock();
    const proven = login(clock);
    const token = await instance(clock).open(proven);
    assert.match(token, /^[A-Za-z0-9_-]{43}$/);
    assert.deepEqual(await instance(clock).use(token), {
      wallet: proven.wallet,
      expiresAtMs: clock.now() + SESSION_MS,
      idleExpiresAtMs: clock.now() + SESSION_IDLE_MS,
    });
    const other = `${token.startsWith("A") ? "B" : "A"}${token.slice(1)}`;
    for (const wrong of [other, "", `${token}A`, token.slice(1), "'; DROP TABLE sessions; --"]) {
      assert.equal(await instance(clock).use(wrong), undefined);
    }
  });

  test("leave nothing in the database that would let anybody in", async () => {
    const clock = manualClock();
    const token = await instance(clock).open(login(clock));
    const rows = await database.query<{ row: string }>("SELECT row_to_json(sessions)::text AS row FROM sessions");
    const bytes = Buffer.from(token, "base64url").toString("hex");
    for (const { row } of rows) assert.ok(!row.includes(token) && !row.includes(bytes));
  });

  test("open once for a challenge, however many ask at once and whatever became of the first", async () => {
    const clock = manualClock();
    const proven = login(clock);
    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => instance(clock).open(proven)));
    const [opened, ...more] = tries.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    assert.ok(opened !== undefined && more.length === 0);
    await instance(clock).end(opened);
    await instance(clock).sweep();
    await assert.rejects(instance(clock).open(proven), (error) => isAimoError(error, "bad_login"));
  });

  test("end for all instances at once, and ending twice is fine", async () => {
    const clock = manualClock();
    const token = await instance(clock).open(login(clock));
    await instance(clock).end(token);
    await instance(clock).end(token);
    await instance(clock).end("no token");
    assert.equal(await instance(clock).use(token), undefined);
  });

  for (const [passedMs, isOpen] of [
    [SESSION_IDLE_MS - 1, true],
    [SESSION_IDLE_MS, false],
    [SESSION_IDLE_MS + 1, false],
  ] as const) {
    test(`unused for ${passedMs} ms are ${isOpen ? "open" : "over"}`, async () => {
      const clock = manualClock();
      const token = await instance(clock).open(login(clock));
      clock.advance(passedMs);
      assert.equal((await instance(clock).use(token)) !== undefined, isOpen);
    });
  }

  for (const [offMs, isOpen] of [
    [-1, true],
    [0, false],
    [1, false],
  ] as const) {
    test(`used all the time are ${isOpen ? "open" : "over"} ${offMs} ms from their end`, async () => {
      const clock = manualClock();
      const sessions = instance(clock);
      const token = await sessions.open(login(clock));
      const endsAtMs = clock.now() + SESSION_MS;
      while (endsAtMs - clock.now() > SESSION_IDLE_MS / 2) {
        clock.advance(SESSION_IDLE_MS / 2);
        assert.ok((await sessions.use(token)) !== undefined);
      }
      clock.advance(endsAtMs - clock.now() + offMs);
      const last = await sessions.use(token);
      assert.equal(last !== undefined, isOpen);
      if (isOpen) assert.equal(last?.idleExpiresAtMs, endsAtMs);
    });
  }

  test("last from their last use, noted once a minute", async () => {
    const clock = manualClock();
    const sessions = instance(clock);
    const token = await sessions.open(login(clock));
    clock.advance(SESSION_TOUCH_MS - 1);
    await sessions.use(token); // not noted
    clock.advance(SESSION_IDLE_MS - SESSION_TOUCH_MS);
    await sessions.use(token); // one millisecond before the end that its opening gave it
    clock.advance(SESSION_IDLE_MS - 1);
    assert.ok((await sessions.use(token)) !== undefined);
  });

  test("of one wallet are as many as it may have, the oldest goes, also when all open at once", async () => {
    const clock = manualClock();
    const sessions = instance(clock, { perWalletMax: 3 });
    const wallet = base58.encode(systemRandom.bytes(32));
    const stranger = await sessions.open(login(clock));
    const oldest = await sessions.open(login(clock, wallet));
    clock.advance(1);
    const others = await Promise.all(Array.from({ length: 6 }, () => sessions.open(login(clock, wallet))));
    assert.equal(await sessions.use(oldest), undefined);
    const open = await Promise.all(others.map((token) => sessions.use(token)));
    assert.equal(open.filter((session) => session !== undefined).length, 3);
    assert.ok((await sessions.use(stranger)) !== undefined);
  });

  test("beyond the bound of all are swept, those first that nobody used for longest", async () => {
    const clock = manualClock();
    const sessions = instance(clock, { sessionsMax: 2 });
    const first = await sessions.open(login(clock));
    clock.advance(SESSION_TOUCH_MS);
    const second = await sessions.open(login(clock));
    clock.advance(SESSION_TOUCH_MS);
    await sessions.use(first);
    const third = await sessions.open(login(clock));
    await sessions.sweep();
    const open = await Promise.all([first, second, third].map((token) => sessions.use(token)));
    assert.deepEqual(
      open.map((session) => session !== undefined),
      [true, false, true],
    );
  });

  test("that are over are swept, and so are challenges that would have expired", async () => {
    const clock = manualClock();
    const sessions = instance(clock);
    await sessions.open(login(clock));
    clock.advance(CHALLENGE_MS - 1);
    await sessions.sweep();
    assert.deepEqual([await countOf("sessions"), await countOf("used_challenges")], [1n, 1n]);
    clock.advance(1);
    await sessions.sweep();
    assert.deepEqual([await countOf("sessions"), await countOf("used_challenges")], [1n, 0n]);
    clock.advance(SESSION_IDLE_MS - CHALLENGE_MS);
    await sessions.sweep();
    assert.equal(await countOf("sessions"), 0n);
  });

  test("are swept by themselves, until they are closed", async () => {
    const clock = manualClock();
    const sessions = createSessions({ clock, random: systemRandom, log: createLog("silent"), database });
    await sessions.open(login(clock));
    await database.query("UPDATE sessions SET used_at = to_timestamp(0)");
    clock.advance(SESSIONS_SWEEP_MS - 1);
    assert.equal(await countOf("sessions"), 1n);
    clock.advance(1);
    while ((await countOf("sessions")) !== 0n) await setImmediate();
    assert.equal(clock.waiting, 1);
    sessions.close();
    assert.equal(clock.waiting, 0);
  });
});
