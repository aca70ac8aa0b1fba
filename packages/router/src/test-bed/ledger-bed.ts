// A ledger on a database of its own, with users, keys and commands as tests need them.
import { base58 } from "@scure/base";
import type { ManualClock } from "@aimo-network/protocol/clock";
import { manualClock, systemClock } from "@aimo-network/protocol/clock";
import { uuidV7 } from "@aimo-network/protocol/ids";
import { microUsdc, nanoUsdc } from "@aimo-network/protocol/money";
import { systemRandom } from "@aimo-network/protocol/random";
import type { ChargeCommand, LockCommand } from "../ledger/commands.ts";
import type { Database } from "../ledger/database/database.ts";
import { openDatabase } from "../ledger/database/database.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { createLedger } from "../ledger/ledger.ts";
import type { PipelineCounts } from "../ledger/pipeline.ts";
import { NO_USAGE } from "@aimo-network/protocol/usage";
import { createLog } from "../log.ts";
import { BOOK_FAULTS } from "./book-faults.ts";
import { testDatabase } from "./test-database.ts";

/** Rates that no test reaches by accident. */
export const WIDE_RATES: readonly bigint[] = [1_000_000n, 10n ** 12n, 1_000_000n, 10n ** 12n, 1_000_000n, 1_000_000n];

/** What a key of a test differs in. */
export type KeyColumns = Readonly<Record<string, unknown>>;

/** A user with one key. */
export interface LedgerUser {
  readonly user: number;
  readonly key: number;
}

/** A ledger and its database. */
export interface LedgerBed {
  readonly url: string;
  readonly clock: ManualClock;
  readonly database: Database;
  readonly ledger: Ledger;
  readonly instance: number;
  readonly provider: number;
  readonly model: number;
  readonly price: number;
  /** Batches that were refused as a whole, by SQL's state. */
  readonly refused: string[];
  readonly batchSizes: number[];
  /** Another router's ledger on the same database. */
  another(
    rates?: readonly bigint[],
    through?: Database,
  ): Promise<{ ledger: Ledger; refused: string[]; instance: number }>;
  addWallet(): Promise<number>;
  addKey(user: number, columns?: KeyColumns): Promise<number>;
  /** A user with so many nano-USDC and one key. */
  addUser(deposit: bigint, columns?: KeyColumns): Promise<LedgerUser>;
  id(): string;
  lockOf(who: LedgerUser, full: bigint, more?: Partial<LockCommand>): LockCommand;
  chargeOf(lock: LockCommand, amount: bigint, more?: Partial<ChargeCommand>): ChargeCommand;
  /** One row as SQL gives it. */
  row(text: string, values?: readonly unknown[]): Promise<Record<string, unknown>>;
  balances(user: number): Promise<{ available: bigint; locked: bigint; payable: bigint }>;
  stateOf(lock: { readonly id: string }): Promise<string | undefined>;
  /** Everything that must always hold of the books; empty when it does. */
  faults(): Promise<readonly string[]>;
}

/** Opens one; it closes with the test. */
export async function openLedgerBed(
  t: { after(close: () => Promise<void>): void },
  rates: readonly bigint[] = WIDE_RATES,
  startMs?: number,
  givenUrl?: string,
): Promise<LedgerBed> {
  const url = givenUrl ?? (await testDatabase());
  const clock = manualClock(startMs);
  const log = createLog("silent");
  const database = openDatabase(url, { clock: systemClock, log });
  const open: Ledger[] = [];
  t.after(async () => {
    await Promise.all(open.map((ledger) => ledger.close()));
    await database.close();
  });
  async function another(theirRates: readonly bigint[] = rates, through = database, sizes: number[] = []) {
    const refused: string[] = [];
    const counts: PipelineCounts = {
      batch: (size) => void sizes.push(size),
      refused: (state) => void refused.push(state),
    };
    const [made] = await database.query<{ id: number }>(
      "INSERT INTO instances (started_at, lease_until) VALUES ($1, $1) RETURNING id",
      [new Date(clock.now())],
    );
    const instance = made?.id ?? 0;
    const ledger = createLedger(
      { clock, ioClock: systemClock, log, database: through, counts },
      { instance, rates: theirRates },
    );
    open.push(ledger);
    return { ledger, refused, instance };
  }
  const batchSizes: number[] = [];
  const { ledger, refused, instance } = await another(rates, database, batchSizes);
  const addWallet = async (): Promise<number> => ledger.numbers.wallet(base58.encode(systemRandom.bytes(32)));
  const provider = await addWallet();
  const model = await ledger.numbers.model("acme/model");
  const price = await ledger.numbers.price({ prompt: microUsdc(1n), completion: microUsdc(2n) });
  const id = (): string => uuidV7(clock, systemRandom);

  async function addKey(user: number, columns: KeyColumns = {}): Promise<number> {
    const all = {
      key_id: Buffer.from(systemRandom.bytes(16)),
      user_id: user,
      created_at: new Date(clock.now()),
      ...columns,
    };
    const names = Object.keys(all);
    const [made] = await database.query<{ id: number }>(
      `INSERT INTO keys (${names.join(", ")}) VALUES (${names.map((_, index) => `$${index + 1}`).join(", ")}) RETURNING id`,
      Object.values(all),
    );
    return made?.id ?? 0;
  }

  async function row(text: string, values?: readonly unknown[]): Promise<Record<string, unknown>> {
    const [first] = await database.query<Record<string, unknown>>(text, values);
    return first ?? {};
  }

  return {
    url,
    clock,
    database,
    ledger,
    instance,
    provider,
    model,
    price,
    refused,
    batchSizes,
    another: (theirRates, through) => another(theirRates, through),
    addWallet,
    addKey,
    async addUser(deposit, columns) {
      const user = await addWallet();
      if (deposit > 0n) {
        await ledger.deposit({ id: id(), user, openedSlot: 1n, total: nanoUsdc(deposit), source: "test" });
      }
      return { user, key: await addKey(user, columns) };
    },
    id,
    lockOf: ({ user, key }, full, more) => ({
      id: id(),
      user,
      key,
      provider,
      model,
      price,
      full: nanoUsdc(full),
      least: nanoUsdc(full),
      tokens: 100,
      promptTokensMax: 50,
      outputTokensMax: 50,
      imageCount: 0,
      stream: false,
      deadlineMs: clock.now() + 660_000,
      idempotency: undefined,
      ...more,
    }),
    chargeOf: (lock, amount, more) => ({
      id: lock.id,
      user: lock.user,
      kind: "charged",
      amount: nanoUsdc(amount),
      provider: lock.provider,
      model: lock.model,
      price: lock.price,
      usage: { ...NO_USAGE, promptTokens: 10, completionTokens: 20 },
      firstOutputMs: 5,
      durationMs: 10,
      imageCount: 0,
      flags: 0,
      finishReason: "stop",
      unpaid: undefined,
      ...more,
    }),
    row,
    async balances(user) {
      const found = await row("SELECT available, locked, payable FROM users WHERE id = $1", [user]);
      return found as { available: bigint; locked: bigint; payable: bigint };
    },
    stateOf: async (lock) =>
      (await row("SELECT state FROM locks WHERE id = $1", [lock.id]))["state"] as string | undefined,
    faults: async () => {
      const rows = await database.query<{ fault: string }>(BOOK_FAULTS);
      return rows.map(({ fault }) => fault);
    },
  };
}
