// What the ledger says of the accounts that the chain has too, all at one moment.
import { base58 } from "@scure/base";
import type { Database } from "../database/database.ts";

/** A user's liabilities, in nano-USDC, and what of the escrow is posted, in micro-USDC. */
export interface UserStanding {
  readonly user: number;
  readonly wallet: string;
  readonly owed: bigint;
  readonly openedSlot: bigint;
  readonly deposited: bigint;
  readonly settled: bigint;
  readonly withdrawn: bigint;
  /** Whether nothing is promised in the user's name, since the chain had less. */
  readonly isHalted: boolean;
}

/** A provider's liabilities, in nano-USDC, and what of the account is posted, in micro-USDC. */
export interface ProviderLedger {
  readonly provider: number;
  readonly wallet: string;
  readonly owed: bigint;
  readonly earned: bigint;
  readonly withdrawn: bigint;
}

/** All of it at one moment. */
export interface LedgerStandings {
  readonly users: readonly UserStanding[];
  readonly providers: readonly ProviderLedger[];
  /** In nano-USDC. */
  readonly fees: bigint;
  /** Batches that have not landed. */
  readonly openBatches: number;
}

/** Something the chain did that nobody here asked for. */
export interface ChainSurprise {
  readonly at: Date;
  readonly slot: bigint;
  readonly kind: string;
  readonly wallet: string | undefined;
  readonly amount: bigint;
}

/** Reads standings, and halts users where the chain has less. */
export interface Standings {
  read(): Promise<LedgerStandings>;
  halt(fence: bigint, users: readonly number[]): Promise<void>;
  surprises(most: number): Promise<readonly ChainSurprise[]>;
}

const USERS = `SELECT u.id, w.address, u.available + u.locked + u.withdrawing + u.payable AS owed,
    coalesce(e.opened_slot, 0) AS opened_slot, coalesce(e.deposited, 0) AS deposited,
    coalesce(e.settled, 0) AS settled, coalesce(e.withdrawn, 0) AS withdrawn, u.is_halted
  FROM users u JOIN wallets w ON w.id = u.id LEFT JOIN escrows e ON e.user_id = u.id
  WHERE coalesce(e.opened_slot, 0) > 0 OR u.available + u.locked + u.withdrawing + u.payable > 0`;
const PROVIDERS = `SELECT p.id, w.address, p.claimable + p.withdrawing AS owed,
    coalesce(a.earned, 0) AS earned, coalesce(a.withdrawn, 0) AS withdrawn
  FROM providers p JOIN wallets w ON w.id = p.id LEFT JOIN provider_accounts a ON a.provider_id = p.id
  WHERE a.provider_id IS NOT NULL OR p.claimable + p.withdrawing > 0`;
const OWN = `SELECT fees, (SELECT count(*)::integer FROM settle_batches WHERE state IN ('queued', 'signed', 'sent')) AS open_batches
  FROM router_accounts`;
const SURPRISES = `SELECT s.at, s.slot, s.kind, w.address, s.amount FROM chain_surprises s
  LEFT JOIN wallets w ON w.id = coalesce(s.user_id, s.provider_id) ORDER BY s.id DESC LIMIT $1`;

interface UserRow {
  readonly id: number;
  readonly address: Uint8Array;
  readonly owed: bigint;
  readonly opened_slot: bigint;
  readonly deposited: bigint;
  readonly settled: bigint;
  readonly withdrawn: bigint;
  readonly is_halted: boolean;
}

interface ProviderRow extends Pick<UserRow, "id" | "address" | "owed" | "withdrawn"> {
  readonly earned: bigint;
}

/** Opens the standings of a ledger's database. */
export function createStandings(database: Pick<Database, "query" | "transaction">): Standings {
  const { query } = database;
  return {
    read: () =>
      database.transaction(async (run) => {
        await run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
        const users = await run<UserRow>(USERS);
        const providers = await run<ProviderRow>(PROVIDERS);
        const [own] = await run<{ fees: bigint; open_batches: number }>(OWN);
        return {
          users: users.map((row) => ({
            user: row.id,
            wallet: base58.encode(row.address),
            owed: row.owed,
            openedSlot: row.opened_slot,
            deposited: row.deposited,
            settled: row.settled,
            withdrawn: row.withdrawn,
            isHalted: row.is_halted,
          })),
          providers: providers.map((row) => ({
            provider: row.id,
            wallet: base58.encode(row.address),
            owed: row.owed,
            earned: row.earned,
            withdrawn: row.withdrawn,
          })),
          fees: own?.fees ?? 0n,
          openBatches: own?.open_batches ?? 0,
        };
      }),
    async halt(fence, users) {
      await query("SELECT ledger_halt_users($1, $2)", [fence, users]);
    },
    async surprises(most) {
      const rows = await query<{ at: Date; slot: bigint; kind: string; address: Uint8Array | null; amount: bigint }>(
        SURPRISES,
        [most],
      );
      return rows.map(({ address, ...row }) => ({
        ...row,
        wallet: address === null ? undefined : base58.encode(address),
      }));
    },
  };
}
