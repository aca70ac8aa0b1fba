// A real ledger, with two routers on it, and the model of it, kept at the same point by doing everything to both.
import assert from "node:assert/strict";
import { nanoUsdc } from "@aimo-network/protocol/money";
import type { LockCommand } from "../ledger/commands.ts";
import type { DatabaseConnection } from "../ledger/database/database.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { BOOK_FAULTS } from "./book-faults.ts";
import type { LedgerBed } from "./ledger-bed.ts";
import { openLedgerBed } from "./ledger-bed.ts";
import type { Model, Operation } from "./ledger-model.ts";
import { apply, deadlineOf, owedBy } from "./ledger-model.ts";

/** Both, and which numbers the model's places stand for. */
export interface World {
  readonly bed: LedgerBed;
  readonly ledgers: readonly [Ledger, Ledger];
  readonly users: readonly number[];
  readonly providers: readonly number[];
  readonly keys: readonly number[];
  readonly locks: Map<string, LockCommand>;
  /** What each user's escrow has brought in, as the chain would say. */
  readonly totals: bigint[];
  /** A connection for looking at the tables. */
  readonly looking: DatabaseConnection;
  model: Model;
}

/** How many users and how many providers there are; each user has a key and a child of it. */
export const WALLETS = 3;
const LIFE_LIMIT = 2_000n;
const DAILY_LIMIT = 500n;
const SQL_REFUSALS = /check constraint|expected 0 <= fee|nothing is payable/;

/** Opens a world in which nothing has happened. */
export async function openWorld(t: Parameters<typeof openLedgerBed>[0]): Promise<World> {
  const bed = await openLedgerBed(t);
  const { ledger } = await bed.another();
  const users: number[] = [];
  const providers: number[] = [];
  const keys: number[] = [];
  const model: Model = {
    users: [],
    providers: [],
    keys: [],
    locks: [],
    vault: 0n,
    fees: 0n,
    isPaused: false,
    nowMs: bed.clock.now(),
  };
  for (let place = 0; place < WALLETS; place += 1) {
    const user = await bed.addWallet();
    users.push(user);
    providers.push(await bed.addWallet());
    const key = await bed.addKey(user, { spending_limit: LIFE_LIMIT });
    const child = { parent_id: key, secret_hash: Buffer.alloc(32, place), spending_limit: DAILY_LIMIT };
    keys.push(key, await bed.addKey(user, { ...child, limit_reset: "daily" }));
    const empty = { available: 0n, locked: 0n, withdrawing: 0n, settled: 0n, deposited: 0n };
    model.users.push({ ...empty, payable: new Map(), allowance: null, isExiting: false });
    model.providers.push({ claimable: 0n, withdrawing: 0n });
    const fresh = { user: place, spent: 0n, window: 0 };
    model.keys.push({ ...fresh, parent: undefined, limit: LIFE_LIMIT, isDaily: false });
    model.keys.push({ ...fresh, parent: place * 2, limit: DAILY_LIMIT, isDaily: true });
  }
  const totals = users.map(() => 0n);
  const looking = await bed.database.connect();
  t.after(() => looking.end());
  await looking.query({ text: "SET plan_cache_mode = force_generic_plan; SET jit = off" });
  return { bed, ledgers: [bed.ledger, ledger], users, providers, keys, locks: new Map(), totals, looking, model };
}

/** Asks SQL for what it may refuse. */
async function posted({ bed }: World, text: string, values: readonly unknown[]): Promise<unknown> {
  try {
    const row = await bed.row(text, [new Date(bed.clock.now()), bed.id(), ...values]);
    return row["answer"] ?? "done";
  } catch (error) {
    if (error instanceof Error && SQL_REFUSALS.test(error.message)) return "refused";
    throw error;
  }
}

const place = (items: readonly number[], index: number): number => items[index] as number;

async function lock(world: World, ledger: Ledger, id: string, operation: Extract<Operation, { do: "lock" }>) {
  const { bed, model, keys, users, providers } = world;
  const { key, full, least, isShort } = operation;
  const who = { user: place(users, model.keys[key]?.user ?? 0), key: place(keys, key) };
  const command = bed.lockOf(who, full, {
    id,
    least: nanoUsdc(least),
    provider: place(providers, 0),
    deadlineMs: deadlineOf(bed.clock.now(), isShort),
  });
  world.locks.set(id, command);
  const { granted } = await ledger.lock(command);
  return granted ?? "refused";
}

const KINDS = { charge: "charged", release: "released", show: "shown" } as const;

/** Does one thing to the real ledger, and gives its answer in the model's words. */
async function perform(world: World, operation: Operation, ledger: Ledger, id: string): Promise<unknown> {
  const { bed, users, providers, model } = world;
  switch (operation.do) {
    case "deposit": {
      const { user, total } = operation;
      const deposit = { id: bed.id(), openedSlot: 1n, source: "chain" };
      return ledger.deposit({ ...deposit, user: place(users, user), total: nanoUsdc(total) });
    }
    case "lock":
      return lock(world, ledger, id, operation);
    case "lock again": {
      const command = world.locks.get(model.locks[operation.lock]?.id ?? "");
      assert.ok(command);
      return ledger.lock(command).then(
        ({ granted }) => granted,
        () => "error",
      );
    }
    case "charge":
    case "release":
    case "show": {
      const command = world.locks.get(model.locks[operation.lock]?.id ?? "");
      assert.ok(command);
      const more = { kind: KINDS[operation.do], provider: place(providers, operation.provider) };
      const { outcome, cost } = await ledger.charge(bed.chargeOf(command, operation.amount, more));
      return [outcome, cost];
    }
    case "expire":
      bed.clock.advance(operation.afterMs);
      return (await bed.row("SELECT ledger_expire($1, 1000) AS n", [new Date(bed.clock.now())]))["n"];
    case "settle": {
      const { user, provider, applied, fee, shortfall } = operation;
      const values = [place(users, user), place(providers, provider), applied, fee, shortfall];
      return posted(world, "SELECT ledger_settle($1, $2, $3, $4, $5, $6, $7)", values);
    }
    case "withdraw": {
      const { party, step, wallet, amount } = operation;
      const values = [party, step, place(party === "user" ? users : providers, wallet), amount];
      return posted(world, "SELECT ledger_withdraw($1, $2, $3, $4, $5, $6) AS answer", values);
    }
    case "exit": {
      const { party, wallet } = operation;
      const name = `ledger_${party}_exit`;
      return posted(world, `SELECT ${name}($1, $2, $3)`, [place(party === "user" ? users : providers, wallet)]);
    }
    case "collect fees":
      return posted(world, "SELECT ledger_collect_fees($1, $2, $3)", [operation.amount]);
    case "allow": {
      const values = [place(users, operation.user), operation.allowance, operation.isExiting];
      await bed.row("UPDATE users SET allowance = $2, is_exiting = $3 WHERE id = $1", values);
      return "done";
    }
    case "pause":
      await bed.row("UPDATE router_accounts SET is_paused = $1", [operation.isPaused]);
      return "done";
  }
}

// Every list as one text, in the order of the model's places.
const REAL = `SELECT
  (SELECT string_agg(concat_ws(',', available, locked, withdrawing, payable, settled, allowance, is_exiting), ' ' ORDER BY array_position($1, id))
   FROM users WHERE id = ANY ($1)) AS users,
  (SELECT string_agg(concat_ws(',', claimable, withdrawing), ' ' ORDER BY array_position($2, id))
   FROM providers WHERE id = ANY ($2)) AS providers,
  (SELECT string_agg(concat_ws(',', window_spent, limit_window - DATE '1970-01-01'), ' ' ORDER BY array_position($3, id))
   FROM keys WHERE id = ANY ($3)) AS keys,
  (SELECT coalesce(string_agg(concat_ws(',', state, charged), ' ' ORDER BY id), '') FROM locks) AS locks,
  vault, fees, is_paused AS "isPaused" FROM router_accounts`;

/** The same as `REAL`, of the model. */
function picture({ users, providers, keys, locks, vault, fees, isPaused }: Model): object {
  const byId = locks.toSorted((one, other) => (one.id < other.id ? -1 : 1));
  return {
    users: users
      .map(({ available, locked, withdrawing, settled, allowance, isExiting, ...user }) => {
        const owed = owedBy(user);
        // As SQL joins them: what is null is left out.
        const shown = [available, locked, withdrawing, owed, settled, allowance, isExiting ? "t" : "f"];
        return shown.filter((value) => value !== null).join(",");
      })
      .join(" "),
    providers: providers.map(({ claimable, withdrawing }) => `${claimable},${withdrawing}`).join(" "),
    keys: keys.map(({ spent, window }) => `${spent},${window}`).join(" "),
    locks: byId.map(({ state, charged }) => (charged === undefined ? state : `${state},${charged}`)).join(" "),
    vault,
    fees,
    isPaused,
  };
}

function* orders(count: number): Generator<number[]> {
  if (count === 0) {
    yield [];
    return;
  }
  for (const order of orders(count - 1)) {
    for (let index = 0; index < count; index += 1) yield order.toSpliced(index, 0, count - 1);
  }
}

/** What the model would answer, and be, after doing everything in this order. */
function inOrder(model: Model, operations: readonly Operation[], ids: readonly string[], order: readonly number[]) {
  const after = structuredClone(model);
  const answers: unknown[] = [];
  for (const index of order) answers[index] = apply(after, operations[index] as Operation, ids[index] as string);
  return { after, seen: { answers, ...picture(after) } };
}

/** Does several things at once, through either router in turn, and holds that they came out as they would in some order. */
export async function together(world: World, operations: readonly Operation[], first: number): Promise<void> {
  const { bed, ledgers, users, providers, keys } = world;
  const ids = operations.map(() => bed.id());
  const answers = await Promise.all(
    operations.map((operation, index) =>
      perform(world, operation, ledgers[(index + first) % 2] as Ledger, ids[index] as string),
    ),
  );
  // Planned once: planning them costs more than everything else here.
  const values = [users, providers, keys];
  const [row] = await world.looking.query<object>({ name: "real", text: REAL, values });
  const faults = await world.looking.query<object>({ name: "faults", text: BOOK_FAULTS });
  const found = { answers, ...row };
  let nearest: ReturnType<typeof inOrder> | undefined;
  for (const order of orders(operations.length)) {
    const expected = inOrder(world.model, operations, ids, order);
    nearest ??= expected;
    if (isSame(found, expected.seen)) {
      world.model = expected.after;
      assert.deepEqual(faults, []);
      return;
    }
  }
  assert.deepEqual(found, nearest?.seen);
}

function isSame(one: unknown, other: unknown): boolean {
  try {
    assert.deepEqual(one, other);
    return true;
  } catch {
    return false;
  }
}
