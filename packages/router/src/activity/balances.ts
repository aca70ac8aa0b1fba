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

const BALANCE_SQL = `
  SELECT u.available, u.locked, u.withdrawing, u.payable, ledger_lockable(u, $2) AS lockable,
    (SELECT coalesce(sum(credited), 0) FROM deposits d WHERE d.user_id = u.id) AS deposited
  FROM wallets w JOIN users u ON u.id = w.id WHERE w.address = $1`;

const CREDITS_SQL = `
  SELECT (SELECT coalesce(sum(credited), 0) FROM deposits d WHERE d.user_id = w.id) AS deposited,
    (SELECT coalesce(sum(cost), 0) FROM usage_daily d WHERE d.user_id = w.id) AS charged
  FROM wallets w WHERE w.address = $1`;

const NOTHING = nanoUsdc(0n);

/** Creates the reader of balances. */
export function createBalances({ query }: Database, clock: Clock): Balances {
  return {
    async of(wallet) {
      type Row = Readonly<Record<keyof Balance, bigint>>;
      const [row] = await query<Row>(BALANCE_SQL, [walletBytes(wallet), new Date(clock.now())]);
      return {
        available: nanoUsdc(row?.available ?? NOTHING),
        locked: nanoUsdc(row?.locked ?? NOTHING),
        withdrawing: nanoUsdc(row?.withdrawing ?? NOTHING),
        payable: nanoUsdc(row?.payable ?? NOTHING),
        lockable: nanoUsdc(row?.lockable ?? NOTHING),
        deposited: nanoUsdc(row?.deposited ?? NOTHING),
      };
    },
    async creditsOf(wallet) {
      const [row] = await query<Readonly<Record<keyof Credits, bigint>>>(CREDITS_SQL, [walletBytes(wallet)]);
      return { deposited: nanoUsdc(row?.deposited ?? NOTHING), charged: nanoUsdc(row?.charged ?? NOTHING) };
    },
  };
}
