// Money that comes in: the one function through which every deposit is credited.
import type { NanoUsdc } from "@aimo-network/protocol/money";
import { nanoUsdc } from "@aimo-network/protocol/money";
import type { Database } from "./database/database.ts";

/** What an escrow has brought in. */
export interface Deposit {
  /** A UUID version 7 for the event. */
  readonly id: string;
  readonly user: number;
  /** When the escrow was opened; together with the user it names what `total` is the total of. */
  readonly openedSlot: bigint;
  /** Everything deposited since; what exceeds the total credited before is credited now. */
  readonly total: NanoUsdc;
  /** Where it came from: a transaction's signature, or what stands for one. */
  readonly source: string;
}

/** Credits a deposit once, however often it is told; gives the amount credited now. */
export async function postDeposit(
  database: Database,
  at: Date,
  { id, user, openedSlot, total, source }: Deposit,
): Promise<NanoUsdc> {
  const [row] = await database.query<{ credited: bigint }>(
    "SELECT ledger_deposit($1, $2, $3, $4, $5, $6) AS credited",
    [at, id, user, openedSlot, total, source],
  );
  return nanoUsdc(row?.credited ?? 0n);
}
