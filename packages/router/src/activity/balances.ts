// What a wallet has at this router: what it may spend, what is held, and what it has brought in and used.
import type { Clock } from "@aimo-network/protocol/clock";
import type { NanoUsdc } from "@aimo-network/protocol/money";
import { nanoUsdc } from "@aimo-network/protocol/money";
import type { Database } from "../ledger/database/database.ts";
import { walletBytes } from "./wallet-bytes.ts";

/** A user's accounts in the ledger (docs/accounting.md). */
export interface Balance {
  readonly available: NanoUsdc;
  readonly locked: NanoUsdc;
  readonly withdrawing: NanoUsdc;
  /** Charged and not yet settled on chain. */
  readonly payable: NanoUsdc;
  /** What a request may lock now: available, and within the allowance in force. */
  readonly lockable: NanoUsdc;
  /** Everything that ever came in. */
  readonly deposited: NanoUsdc;
}

/** What came in and what was charged, ever. */
export interface Credits {
  readonly deposited: NanoUsdc;
  readonly charged: NanoUsdc;
}

/** Reads balances; a wallet that was never seen has nothing. */
export interface Balances {
  of(wallet: string): Promise<Balance>;
  creditsOf(wallet: string): Promise<Credits>;
}

/** What is selected of a row of `users` that is called `u`; $2 is the time. */
export const BALANCE_COLUMNS = `u.available, u.locked, u.withdrawing, u.payable, ledger_lockable(u, $2) AS lockable,
  (SELECT coalesce(sum(credited), 0) FROM deposits d WHERE d.user_id = u.id) AS deposited`;

/** The columns of `BALANCE_COLUMNS`. */
export type BalanceRow = Readonly<Record<keyof Balance, bigint>>;

/** The balance of a row, or of a wallet that has none. */
export function balanceOf(row: BalanceRow | undefined): Balance {
  return {
    available: nanoUsdc(row?.available ?? 0n),
    locked: nanoUsdc(row?.locked ?? 0n),
    withdrawing: nanoUsdc(row?.withdrawing ?? 0n),
    payable: nanoUsdc(row?.payable ?? 0n),
    lockable: nanoUsdc(row?.lockable ?? 0n),
    deposited: nanoUsdc(row?.deposited ?? 0n),
  };
}

const BALANCE_SQL = `SELECT ${BALANCE_COLUMNS} FROM wallets w JOIN users u ON u.id = w.id WHERE w.address = $1`;

const CREDITS_SQL = `
  SELECT (SELECT coalesce(sum(credited), 0) FROM deposits d WHERE d.user_id = w.id) AS deposited,
    (SELECT coalesce(sum(cost), 0) FROM usage_daily d WHERE d.user_id = w.id) AS charged
  FROM wallets w WHERE w.address = $1`;

/** Creates the reader of balances. */
export function createBalances({ query }: Database, clock: Clock): Balances {
  return {
    async of(wallet) {
      const [row] = await query<BalanceRow>(BALANCE_SQL, [walletBytes(wallet), new Date(clock.now())]);
      return balanceOf(row);
    },
    async creditsOf(wallet) {
      const [row] = await query<Readonly<Record<keyof Credits, bigint>>>(CREDITS_SQL, [walletBytes(wallet)]);
      return { deposited: nanoUsdc(row?.deposited ?? 0n), charged: nanoUsdc(row?.charged ?? 0n) };
    },
  };
}
