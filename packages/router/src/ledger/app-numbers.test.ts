import assert from "node:assert/strict";
import { test } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import { openLedgerBed } from "../test-bed/ledger-bed.ts";
import type { App } from "./app-numbers.ts";
import { createAppNumbers } from "./app-numbers.ts";
import type { Query } from "./database/database.ts";
import {
  APPS_ASKED_MAX,
  APPS_ASKED_PER_WALLET_MAX,
  APPS_MADE_PER_WALLET_MAX,
  APPS_PER_WALLET_AND_DAY_MAX,
} from "./limits.ts";

const NOW = Date.UTC(2026, 10, 25, 8);
const MINUTE = 60_000;
const DAY = 86_400_000;

function appOf(name: string | number, more: Partial<App> = {}): App {
  return { url: `https://${name}.example.org/`, title: "Chat", isPublic: false, ...more };
}

/** Numbers on a database, what they asked it, and users with money. */
async function openBed(t: Parameters<typeof openLedgerBed>[0]) {
  const bed = await openLedgerBed(t);
  const clock = manualClock(NOW);
  const asked: unknown[] = [];
  const query: Query = (text, values) => {
    asked.push(values);
    return bed.database.query(text, values);
  };
  const apps = async (): Promise<unknown> => (await bed.row("SELECT count(*) FROM apps"))["count"];
  const payer = async (): Promise<number> => (await bed.addUser(1n)).user;
  return { ...bed, clock, asked, apps, payer, numbers: createAppNumbers(query, clock) };
}

test("an app has one number, whoever asks and however many ask at once; in public it is the same below 0", async (t) => {
  const { database, clock, payer } = await openBed(t);
  const [user, another] = await Promise.all([payer(), payer()]);
  const askers = Array.from({ length: 8 }, () => createAppNumbers(database.query, clock));
  const found = await Promise.all(
    askers.map(async (numbers, index) => numbers.of(appOf("one"), index % 2 === 0 ? user : another)),
  );
  assert.equal(new Set(found).size, 1, String(found));
  const [number = 0] = found;
  assert.ok(number > 0);
  assert.equal(await askers[0]?.of(appOf("one", { isPublic: true }), user), -number);
});

test("names and addresses that differ have numbers of their own, and one site keeps its public number", async (t) => {
  const { database, numbers, payer } = await openBed(t);
  const user = await payer();
  const found = [appOf("a"), appOf("a", { title: "" }), appOf("b"), appOf("a'\\b", { title: "'\"\\" })];
  const ids = await Promise.all(found.map(async (app) => numbers.of(app, user)));
  assert.equal(new Set(ids).size, 4);
  const sites = await database.query<{ n: bigint }>(
    "SELECT count(DISTINCT site_id) AS n FROM apps WHERE id = ANY ($1)",
    [ids],
  );
  assert.equal(sites[0]?.n, 3n);
});

test("what is known is answered without asking, and what failed is asked again", async (t) => {
  const { database, clock, payer } = await openBed(t);
  const user = await payer();
  let fails = true;
  let asked = 0;
  const numbers = createAppNumbers((text, values) => {
    asked += 1;
    return fails ? Promise.reject(new Error("away")) : database.query(text, values);
  }, clock);
  await assert.rejects(async () => numbers.of(appOf("one"), user), /away/);
  fails = false;
  const [first, second] = await Promise.all([numbers.of(appOf("one"), user), numbers.of(appOf("one"), user)]);
  assert.equal(numbers.of(appOf("one"), user), first);
  assert.equal(second, first);
  assert.equal(asked, 2);
});

test("a wallet that never deposited makes no app, and uses those that others made", async (t) => {
  const { numbers, payer, addUser, apps } = await openBed(t);
  const { user: penniless } = await addUser(0n);
  assert.equal(await numbers.of(appOf("one"), penniless), 0);
  assert.equal(await apps(), 0n);
  const made = await numbers.of(appOf("one"), await payer());
  assert.ok(made > 0);
  assert.equal(await numbers.of(appOf("one"), penniless), made);
});

test("a wallet asks for so many unknown apps in a minute, and another for its own all the same", async (t) => {
  const { numbers, payer, asked, addUser, apps, clock } = await openBed(t);
  const { user: stranger } = await addUser(0n);
  const ask = async (from: number, count: number): Promise<number[]> => {
    const names = Array.from({ length: count }, (_, index) => appOf(from + index));
    return await Promise.all(names.map(async (app) => numbers.of(app, stranger)));
  };
  await ask(0, 1_000);
  assert.equal(asked.length, APPS_ASKED_PER_WALLET_MAX);
  assert.equal(await apps(), 0n);
  const made = await numbers.of(appOf("other"), await payer());
  assert.ok(made > 0);
  assert.equal(numbers.of(appOf("other"), stranger), made);
  clock.advance(MINUTE - 1);
  await ask(5_000, 1);
  assert.equal(asked.length, APPS_ASKED_PER_WALLET_MAX + 1); // the payer's
  clock.advance(1);
  await ask(5_000, 1);
  assert.equal(asked.length, APPS_ASKED_PER_WALLET_MAX + 2);
});

test("all wallets together ask for so many in a minute", async (t) => {
  const { numbers, asked, clock } = await openBed(t);
  const wallets = APPS_ASKED_MAX / APPS_ASKED_PER_WALLET_MAX;
  for (let user = 1; user <= wallets; user += 1) {
    const names = Array.from({ length: APPS_ASKED_PER_WALLET_MAX }, (_, index) => appOf(`${user}-${index}`));
    await Promise.all(names.map(async (app) => numbers.of(app, -user)));
  }
  assert.equal(asked.length, APPS_ASKED_MAX);
  assert.equal(numbers.of(appOf("late"), -9_999), 0);
  assert.equal(asked.length, APPS_ASKED_MAX);
  clock.advance(MINUTE);
  await numbers.of(appOf("late"), -9_999);
  assert.equal(asked.length, APPS_ASKED_MAX + 1);
});

test("a wallet's requests count for so many apps in a day, and for those all day", async (t) => {
  const { numbers, payer, apps, clock } = await openBed(t);
  const user = await payer();
  const found: number[] = [];
  for (let index = 0; index < APPS_PER_WALLET_AND_DAY_MAX; index += 1) {
    if (index % APPS_ASKED_PER_WALLET_MAX === 0) clock.advance(MINUTE);
    found.push(await numbers.of(appOf(index), user));
  }
  assert.equal(new Set(found).size, APPS_PER_WALLET_AND_DAY_MAX);
  assert.ok(!found.includes(0));
  clock.advance(MINUTE);
  assert.equal(numbers.of(appOf("one-more"), user), 0);
  assert.equal(numbers.of(appOf(0, { isPublic: true }), user), 0); // a row of its own
  assert.equal(await apps(), BigInt(APPS_PER_WALLET_AND_DAY_MAX));
  assert.equal(numbers.of(appOf(0), user), found[0]);
  const another = await payer();
  assert.ok((await numbers.of(appOf("one-more"), another)) > 0);
  assert.equal(numbers.of(appOf("one-more"), user), 0);
  clock.advance(DAY);
  assert.ok((await numbers.of(appOf("one-more"), user)) > 0);
});

test("a wallet makes so many apps ever, and all together so many", async (t) => {
  const { row, payer } = await openBed(t);
  const user = await payer();
  const make = async (name: string, ownMax: number, allMax: number, by = user): Promise<unknown> => {
    const found = await row("SELECT app_number($1, $2, 'Chat', $3, $4) AS n", [by, `https://${name}/`, ownMax, allMax]);
    return found["n"];
  };
  const fill = `SELECT app_number($1, 'https://' || n || '.example.org/', '', $2, 1000) FROM generate_series(1, $2) n`;
  await row(fill, [user, APPS_MADE_PER_WALLET_MAX - 1]);
  assert.ok(Number(await make("last", APPS_MADE_PER_WALLET_MAX, 1_000)) > 0);
  assert.equal(await make("beyond", APPS_MADE_PER_WALLET_MAX, 1_000), 0);
  assert.ok(Number(await make("last", APPS_MADE_PER_WALLET_MAX, 1_000)) > 0);
  const another = await payer();
  const many = Number((await row("SELECT max(id) AS n FROM apps"))["n"]);
  assert.equal(await make("others", 10, many, another), 0);
  assert.ok(Number(await make("others", 10, many + 1, another)) > 0);
});
