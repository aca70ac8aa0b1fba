// Open books for a test: a real ledger on a database of its own, and payers with money.
import type { Clock } from "@aimo-network/protocol/clock";
import { systemClock } from "@aimo-network/protocol/clock";
import { uuidV7 } from "@aimo-network/protocol/ids";
import { parseNanoUsdc } from "@aimo-network/protocol/money";
import { systemRandom } from "@aimo-network/protocol/random";
import { base58 } from "@scure/base";
import type { Payer } from "../billing/billing.ts";
import type { RateRules } from "../billing/rate-rules.ts";
import { ledgerRates } from "../billing/rate-rules.ts";
import type { Database } from "../ledger/database/database.ts";
import { openDatabase } from "../ledger/database/database.ts";
import type { Instance } from "../ledger/instance.ts";
import { openInstance } from "../ledger/instance.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { createLedger } from "../ledger/ledger.ts";
import { createLog } from "../log.ts";
import { testDatabase } from "./test-database.ts";

/** Rules that no test reaches by accident. */
export const WIDE_RATES: RateRules = {
  key: { requests: 1_000_000, tokens: 10 ** 12, running: 1_000_000 },
  wallet: { requests: 1_000_000, tokens: 10 ** 12, running: 1_000_000 },
};

/** A ledger under test. */
export interface TestBooks {
  readonly url: string;
  readonly database: Database;
  readonly ledger: Ledger;
  readonly instance: Instance;
  /** SQL's states of the batches that were refused as a whole. */
  readonly refused: readonly string[];
  /** A new wallet with so much USDC and a key of its own, whose limit is in USDC too. */
  payer(usdc: string, keyLimit?: string): Promise<Payer>;
  /** What a payer has: available, locked and payable, in nano-USDC. */
  balances(payer: Payer): Promise<{ available: bigint; locked: bigint; payable: bigint }>;
  close(): Promise<void>;
}

async function makePayer(database: Database, ledger: Ledger, usdc: string, keyLimit?: string): Promise<Payer> {
  const wallet = base58.encode(systemRandom.bytes(32));
  const user = await ledger.numbers.wallet(wallet);
  const id = uuidV7(systemClock, systemRandom);
  const total = parseNanoUsdc(usdc);
  if (total > 0n) await ledger.deposit({ id, user, openedSlot: 0n, total, source: "test" });
  const keyId = Buffer.from(systemRandom.bytes(16));
  const [row] = await database.query<{ id: number }>(
    "INSERT INTO keys (key_id, user_id, spending_limit, created_at) VALUES ($1, $2, $3, now()) RETURNING id",
    [keyId, user, keyLimit === undefined ? null : parseNanoUsdc(keyLimit)],
  );
  return { wallet, id: keyId.toString("hex"), keyNumber: row!.id, userNumber: user };
}

/** Opens books; `url` for a second instance on the database of a first. */
export async function testBooks({
  clock = systemClock,
  rates = WIDE_RATES,
  url,
}: { clock?: Clock; rates?: RateRules; url?: string } = {}): Promise<TestBooks> {
  const home = url ?? (await testDatabase());
  const log = createLog("silent");
  const database = openDatabase(home, { clock: systemClock, log });
  const watched = { clock, log, database, patientDatabase: database, imbalance: () => undefined };
  const instance = await openInstance(watched, { historyDays: 400 });
  const refused: string[] = [];
  const counts = { batch: () => undefined, refused: (state: string) => void refused.push(state) };
  const deps = { clock, ioClock: systemClock, log, database, counts };
  const ledger = createLedger(deps, { instance: instance.id, rates: ledgerRates(rates) });
  return {
    url: home,
    database,
    ledger,
    instance,
    refused,
    payer: (usdc, keyLimit) => makePayer(database, ledger, usdc, keyLimit),
    async balances({ userNumber }) {
      const rows = await database.query<{ available: bigint; locked: bigint; payable: bigint }>(
        "SELECT available, locked, payable FROM users WHERE id = $1",
        [userNumber],
      );
      return rows[0]!;
    },
    async close() {
      await ledger.close();
      await instance.close();
      await database.close();
    },
  };
}
