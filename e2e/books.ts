// The books of a network, looked at from beside its routers: what tests pay in, and whether everything adds up.
import { base58 } from "@scure/base";
import { fundInLedger } from "@aimo-network/localnet/test-bed/fund-in-ledger";
import { systemClock } from "@aimo-network/protocol/clock";
import type { Wallet } from "@aimo-network/protocol/keys/sign-key";
import { checkLedger, reportLines } from "aimo-router/src/ledger/check-ledger.ts";
import { openDatabase } from "aimo-router/src/ledger/database/database.ts";
import { createLog } from "aimo-router/src/log.ts";
import { waitFor } from "./network.ts";

/** What a wallet has, in nano-USDC. */
export interface Balances {
  readonly available: bigint;
  readonly locked: bigint;
  readonly payable: bigint;
}

/** How far sums are apart that must be equal, and what must never have happened. */
export interface Imbalance {
  /** The vault against everything that is owed. */
  readonly vault: bigint;
  /** Payables, and open locks, against what their users' rows say. */
  readonly payables: bigint;
  readonly locks: bigint;
  readonly deadlocks: bigint;
}

/** Nothing is apart. */
export const BALANCED: Imbalance = { vault: 0n, payables: 0n, locks: 0n, deadlocks: 0n };

/** The open books. */
export interface Books {
  pay(wallet: Wallet, usdc: string): Promise<void>;
  balances(wallet: Wallet): Promise<Balances>;
  /** The same, once nothing is locked any more. */
  settled(wallet: Wallet): Promise<Balances>;
  imbalance(): Promise<Imbalance>;
  /** What `aimo-router check-ledger` finds wrong: every balance held against the journal. */
  faults(): Promise<readonly string[]>;
  close(): Promise<void>;
}

const BALANCES = "SELECT available, locked, payable FROM users WHERE id = ledger_wallet($1)";
const IMBALANCE = `SELECT
  (vault - fees - (SELECT sum(available + locked + withdrawing + payable) FROM users)
    - (SELECT sum(claimable + withdrawing) FROM providers))::bigint AS vault,
  ((SELECT coalesce(sum(amount), 0) FROM payables) - (SELECT sum(payable) FROM users))::bigint AS payables,
  ((SELECT coalesce(sum(ceiling), 0) FROM locks WHERE state = 'o') - (SELECT sum(locked) FROM users))::bigint AS locks,
  (SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()) AS deadlocks
  FROM router_accounts`;

const PATIENCE = { answerMs: 60_000, lockMs: 60_000 };

/** Opens them at the routers' database. */
export function openBooks(databaseUrl: string): Books {
  const database = openDatabase(databaseUrl, { clock: systemClock, log: createLog("silent") }, PATIENCE);
  const { query, close } = database;
  const balances = async ({ publicKey }: Wallet): Promise<Balances> => {
    const [row] = await query<Balances>(BALANCES, [publicKey]);
    return row ?? { available: 0n, locked: 0n, payable: 0n };
  };
  return {
    pay: ({ publicKey }, usdc) =>
      fundInLedger(systemClock, database, { wallet: base58.encode(publicKey), usdc, source: "test" }),
    balances,
    settled: (wallet) =>
      waitFor("the last charge of a wallet", async () => {
        const now = await balances(wallet);
        return now.locked === 0n ? now : undefined;
      }),
    async imbalance() {
      const [row] = await query<Imbalance>(IMBALANCE);
      return row ?? BALANCED;
    },
    async faults() {
      const report = await checkLedger(database);
      return report.count === 0n ? [] : reportLines(report);
    },
    close,
  };
}
