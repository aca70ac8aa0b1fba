// What a wallet has brought in, one deposit after the other as this router saw them.
import { base58 } from "@scure/base";
import type { NanoUsdc } from "@aimo-network/protocol/money";
import { nanoUsdc } from "@aimo-network/protocol/money";
import type { Database } from "../ledger/database/database.ts";

/** A deposit that was credited. Where two landed between two looks at the chain, they are one. */
export interface CreditedDeposit {
  /** A UUID. */
  readonly id: string;
  readonly amount: NanoUsdc;
  readonly at: Date;
  /** The slot it was seen at: it landed there, or a little before; undefined of one that came from no chain. */
  readonly seenSlot: bigint | undefined;
}

/** Reads deposits. */
export interface Deposits {
  /** The newest first, below the one whose id is `before`. */
  list(wallet: string, page: { readonly most: number; readonly before?: string }): Promise<readonly CreditedDeposit[]>;
}

interface Row {
  readonly id: string;
  readonly amount: bigint;
  readonly source: string;
  readonly at: Date;
}

const SLOT = /^slot ([0-9]+)$/; // as chain-watch.ts writes it

const LIST_SQL = `SELECT id, amount, source, at FROM deposit_events
  WHERE user_id = (SELECT id FROM wallets WHERE address = $1) AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`;

/** Creates the reader. */
export function createDeposits({ query }: Pick<Database, "query">): Deposits {
  return {
    async list(wallet, { most, before }) {
      const rows = await query<Row>(LIST_SQL, [base58.decode(wallet), before ?? null, most]);
      return rows.map(({ id, amount, source, at }) => {
        const slot = SLOT.exec(source)?.[1];
        return { id, amount: nanoUsdc(amount), at, seenSlot: slot === undefined ? undefined : BigInt(slot) };
      });
    },
  };
}
