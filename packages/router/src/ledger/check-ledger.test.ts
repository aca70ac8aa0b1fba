import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { TestContext } from "node:test";
import { test } from "node:test";
import { systemClock } from "@aimo-network/protocol/clock";
import { createLog } from "../log.ts";
import type { LedgerBed, LedgerUser } from "../test-bed/ledger-bed.ts";
import { openLedgerBed, WIDE_RATES } from "../test-bed/ledger-bed.ts";
import { checkLedger, reportLines } from "./check-ledger.ts";
import { runLedgerCheck } from "./check-ledger-command.ts";
import { testDatabase } from "../test-bed/test-database.ts";

const DAY_MS = 86_400_000;
const START_MS = Date.parse("2024-02-27T12:00:00Z"); // over a leap day, and long ago: days close by the database's clock too
const CLOSE = "SELECT ledger_close_next_day($1) AS closed";

const now = (bed: LedgerBed): Date => new Date(bed.clock.now());

async function spend(bed: LedgerBed, who: LedgerUser, amount: bigint): Promise<void> {
  const lock = bed.lockOf(who, amount + 5n);
  await bed.ledger.lock(lock);
  await bed.ledger.charge(bed.chargeOf(lock, amount));
}

async function closeAll(bed: LedgerBed): Promise<void> {
  while ((await bed.row(CLOSE, [now(bed)]))["closed"] === true);
}

/** Six days of a small router: two users, one of whom rests from the third day on; four of the days are closed. */
async function openHistory(
  t: TestContext,
): Promise<LedgerBed & { readonly busy: LedgerUser; readonly quiet: LedgerUser }> {
  const bed = await openLedgerBed(t, WIDE_RATES, START_MS);
  for (const table of ["journal", "generations"]) {
    await bed.row("SELECT ledger_make_partitions($1, '2024-02-26', 10)", [table]);
  }
  const [busy, quiet] = [await bed.addUser(10_000n), await bed.addUser(500n)];
  for (let day = 0; day < 6; day += 1) {
    await spend(bed, busy, 100n + BigInt(day));
    if (day < 2) await spend(bed, quiet, 7n);
    if (day === 3)
      await bed.row("SELECT ledger_settle($1, $2, $3, $4, 300, 15, 0)", [now(bed), bed.id(), busy.user, bed.provider]);
    bed.clock.advance(DAY_MS);
  }
  await bed.ledger.lock(bed.lockOf(busy, 40n));
  await closeAll(bed);
  return { ...bed, busy, quiet };
}

function sha256(...parts: readonly (Buffer | string)[]): Buffer {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}

async function findings(bed: LedgerBed): Promise<string[]> {
  const { differences } = await checkLedger(bed.database);
  return differences.map(
    ({ check, account, day, expected, found }) => `${check}: ${account} ${day ?? ""} ${expected} ${found}`,
  );
}

/** Changes what the triggers protect, as somebody with the database's password could. */
async function tamper(bed: LedgerBed, text: string, values?: readonly unknown[]): Promise<void> {
  await bed.database.transaction(async (query) => {
    await query("SET LOCAL session_replication_role = replica");
    await query(text, values);
  });
}

test("right books are found right, with days closed and a router at work", async (t) => {
  const bed = await openHistory(t);
  assert.deepEqual(
    await bed.row("SELECT count(*) AS n, min(day)::text AS first, max(day)::text AS last FROM closings"),
    {
      n: 5n,
      first: "2024-02-27",
      last: "2024-03-02",
    },
  );
  const [report] = await Promise.all([checkLedger(bed.database), spend(bed, bed.busy, 1n)]);
  assert.deepEqual([report.count, report.daysClosed, report.vault], [0n, 5n, 10_500n]);
  assert.match(
    reportLines(report).join("\n"),
    /^The books are right: \d+ accounts, 5 closed days, 0\.0000105 USDC in the vault\.$/,
  );
  assert.deepEqual(await bed.faults(), []);
});

test("a closed day is chained to the one before: its hash can be computed by anybody from the balances alone", async (t) => {
  const bed = await openHistory(t);
  const days = await bed.database.query<{ hash: Buffer; day: string }>(
    "SELECT hash, day::text AS day FROM closings ORDER BY day",
  );
  let previous: Buffer = Buffer.alloc(0);
  for (const { day, hash } of days) {
    const rows = await bed.database.query<{ line: string }>(
      `SELECT concat_ws(' ', account, coalesce(encode(u.address, 'hex'), ''), coalesce(encode(p.address, 'hex'), ''), balance) AS line
       FROM closing_balances b LEFT JOIN wallets u ON u.id = user_id LEFT JOIN wallets p ON p.id = provider_id
       WHERE day = $1 ORDER BY account COLLATE "C", u.address NULLS FIRST, p.address NULLS FIRST`,
      [day],
    );
    const chain = rows.reduce<Buffer>((state, { line }) => sha256(state, line), Buffer.alloc(0));
    assert.deepEqual(hash, sha256(previous, day, chain), day);
    previous = hash;
  }
});

const ATTACKS = [
  {
    what: "a journal row of a closed day that is changed",
    text: "UPDATE journal SET amount = amount + 1, rest = rest - 1 WHERE event = 3 AND at < '2024-02-28'",
    found: /closed day differs from its journal: payable 2024-02-27/,
  },
  {
    what: "a journal row of a closed day that is gone",
    text: "DELETE FROM journal WHERE event = 7",
    found: /closed day differs from its journal: fees 2024-03-01/,
  },
  {
    what: "a journal row of today that is changed",
    text: "UPDATE journal SET amount = amount + 1 WHERE event = 2 AND at > '2024-03-04'",
    found: /balance differs from the journal: user:locked {2}41 40/,
  },
  {
    what: "a balance that is changed",
    text: "UPDATE users SET available = available + 1 WHERE available > 1000",
    found: /balance differs from the journal: user:available .*\n.*vault is not the sum/,
  },
  {
    what: "money that is moved from one user to another",
    text: "UPDATE users SET available = available + CASE WHEN available > 1000 THEN 1 ELSE -1 END WHERE available > 0",
    found: /balance differs from the journal: user:available .*\n.*balance differs from the journal: user:available/,
  },
  {
    what: "a closing balance that is changed",
    text: "UPDATE closing_balances SET balance = balance + 1 WHERE day = '2024-02-28' AND account = 'user:available' AND balance < 1000",
    found: /not the one its hash was made of: closing 2024-02-28/,
  },
  {
    what: "a closing balance that is gone",
    text: "DELETE FROM closing_balances WHERE day = '2024-02-27' AND account = 'vault'",
    found: /not the one its hash was made of: closing 2024-02-27/,
  },
  {
    what: "a closing balance with a hash made to fit",
    text: `WITH changed AS (UPDATE closing_balances SET balance = balance + 1 WHERE day = '2024-02-28' AND account = 'vault')
      UPDATE closings SET hash = sha256('fits') WHERE day = '2024-02-28'`,
    found: /hash was made of: closing 2024-02-28 .*\n.*hash was made of: closing 2024-02-29/,
  },
  {
    what: "a closed day that is gone from the chain",
    text: "DELETE FROM closings WHERE day = '2024-02-29'",
    found: /not the one its hash was made of: closing 2024-03-01/,
  },
  {
    what: "an open lock that is gone",
    text: "DELETE FROM locks WHERE state = 'o'",
    found: /locked is not the sum of the open locks: user:locked {2}0 40/,
  },
  {
    what: "a payable that is lowered together with its user's sum",
    text: "WITH p AS (UPDATE payables SET amount = amount - 1 RETURNING user_id) UPDATE users SET payable = payable - 1 WHERE id IN (SELECT user_id FROM p)",
    found: /balance differs from the journal: payable .*\n.*balance differs from the journal: payable .*\n.*vault/,
  },
  {
    what: "a generation that is gone",
    text: "DELETE FROM generations WHERE day = '2024-03-01'",
    found: /usage is not the sum of its generations: usage 2024-03-01 0 103/,
  },
  {
    what: "a key's spending that is lowered",
    text: "UPDATE keys SET window_spent = 0",
    found: /key has spent something else than its requests: key limit {2}14 0/,
  },
  {
    what: "a lock that says another charge than the journal",
    text: "UPDATE locks SET charged = charged - 1 WHERE state = 'c' AND ended_at > '2024-03-03'",
    found: /charged differently from the journal: charge 2024-03-03 104 105/,
  },
  {
    what: "a credit nobody deposited",
    text: "UPDATE deposits SET credited = credited + 1 WHERE credited > 1000",
    found: /deposits differ from what was credited: deposits {2}10000 10001/,
  },
];

for (const { what, text, found } of ATTACKS) {
  test(`check-ledger finds ${what}`, async (t) => {
    const bed = await openHistory(t);
    await tamper(bed, text);
    const lines = await findings(bed);
    assert.match(lines.join("\n"), found);
  });
}

test("a difference is printed with the account, the wallet in base58, and both amounts in USDC", async (t) => {
  const bed = await openHistory(t);
  await tamper(bed, "UPDATE users SET available = available - 7 WHERE id = $1", [bed.quiet.user]);
  const report = await checkLedger(bed.database);
  const [first, line] = reportLines(report);
  assert.equal(first, "The books are wrong in 2 places:");
  assert.match(
    line ?? "",
    /^ {2}a balance differs from the journal: user:available of [1-9A-HJ-NP-Za-km-z]{43,44}: expected 0\.000000486 USDC, found 0\.000000479 USDC$/,
  );
});

test("of many differences only the first are read, and all are counted", async (t) => {
  const bed = await openHistory(t);
  for (let count = 0; count < 60; count += 1) await bed.addWallet();
  await tamper(bed, "UPDATE users SET withdrawing = 1");
  const report = await checkLedger(bed.database);
  assert.equal(report.count, 127n); // every wallet, the model's provider too, by the journal and by what is held; and the vault
  assert.equal(report.differences.length, 101);
  assert.equal(reportLines(report).at(-1), "  and 26 more");
});

test("balances never depend on dropped partitions, and a dropped day stays proven by its closing", async (t) => {
  const bed = await openHistory(t);
  const before = await bed.database.query("SELECT * FROM ledger_balances ORDER BY account, user_id, provider_id");
  for (const table of ["generations", "journal"]) {
    assert.deepEqual(await bed.row("SELECT ledger_drop_partitions($1, '2024-03-02', 2) AS n", [table]), { n: 2 });
    assert.deepEqual(await bed.row("SELECT ledger_drop_partitions($1, '2024-03-02', 9) AS n", [table]), { n: 2 });
  }
  assert.deepEqual(await bed.row("SELECT min(at)::date::text AS first FROM journal"), { first: "2024-03-02" });
  assert.deepEqual(
    await bed.database.query("SELECT * FROM ledger_balances ORDER BY account, user_id, provider_id"),
    before,
  );
  assert.deepEqual(await findings(bed), []);
  await spend(bed, bed.quiet, 9n);
  assert.deepEqual(await findings(bed), []);
  await tamper(
    bed,
    "UPDATE closing_balances SET balance = balance - 1 WHERE day = '2024-02-28' AND account = 'user:available'",
  );
  assert.match((await findings(bed)).join("\n"), /hash was made of: closing 2024-02-28/);
});

test("no partition is dropped before its day is closed, however short the retention", async (t) => {
  const bed = await openHistory(t);
  await bed.row("SELECT ledger_drop_partitions('journal', '2030-01-01', 1000)");
  assert.deepEqual(await bed.row("SELECT min(at)::date::text AS first FROM journal"), { first: "2024-03-03" });
  assert.deepEqual(await findings(bed), []);
});

test("a day closes when it has been over for a day, in order, and nothing is written into it afterwards", async (t) => {
  const bed = await openLedgerBed(t, WIDE_RATES, Date.parse("2024-05-01T23:59:59.999Z"));
  await bed.row("SELECT ledger_make_partitions('journal', '2024-05-01', 1)");
  const who = await bed.addUser(100n);
  bed.clock.advance(DAY_MS);
  assert.deepEqual(await bed.row(CLOSE, [now(bed)]), { closed: false });
  bed.clock.advance(1);
  assert.deepEqual(await bed.row(CLOSE, [now(bed)]), { closed: true });
  assert.deepEqual(await bed.row(CLOSE, [now(bed)]), { closed: false });
  await assert.rejects(
    bed.row("SELECT ledger_close_day($1, '2024-05-03')", [now(bed)]),
    /expected 2024-05-02 to be closed next/,
  );
  for (const day of ["2024-05-01", "2024-04-30"]) {
    const late = bed.row("SELECT ledger_deposit($1, $2, $3, 1, 101, 'late')", [`${day}T12:00:00Z`, bed.id(), who.user]);
    if (day === "2024-05-01") await assert.rejects(late, /the books of 2024-05-01 are closed/);
    else await late;
  }
  assert.match(
    (await findings(bed)).join("\n"),
    /closed day differs from its journal/,
    "a day before the first is found",
  );
});

test("a router whose clock is ahead cannot close days that are not over", async (t) => {
  const bed = await openLedgerBed(t, WIDE_RATES, START_MS);
  await bed.addUser(100n);
  const [today] = await bed.database.query<{ day: string }>("SELECT (now() AT TIME ZONE 'UTC')::date::text AS day");
  await tamper(bed, "UPDATE journal SET at = now()");
  await assert.rejects(
    bed.row("SELECT ledger_close_day('2999-01-01', $1)", [today?.day]),
    /expected|has not been over/,
  );
  assert.deepEqual(await bed.row(CLOSE, ["2999-01-01"]), { closed: false });
});

test("the command ends with 0 for right books, 1 for wrong ones, 2 where it could not check", async (t) => {
  const bed = await openHistory(t);
  const deps = { clock: systemClock, log: createLog("silent") };
  const at = (databaseUrl: string | undefined) =>
    runLedgerCheck({ databaseUrl, dataDirectory: "/nonexistent/aimo" }, deps);
  assert.equal((await at(bed.url)).code, 0);
  await tamper(bed, "UPDATE router_accounts SET fees = fees + 1");
  const wrong = await at(bed.url);
  assert.equal(wrong.code, 1);
  assert.match(wrong.lines.join("\n"), /fees: expected 0\.000000015 USDC, found 0\.000000016 USDC/);
  assert.equal((await at("postgres://127.0.0.1:1/none")).code, 2);
  assert.equal((await at(undefined)).code, 2);
  const empty = new URL(await testDatabase());
  assert.equal((await at(empty.href.replace(/\/[^/?]+(\?|$)/, "/postgres$1"))).code, 2, "a database without a ledger");
});
