// What users have, as leaves of a root that is published: everybody can check that his own is counted.
import { base58 } from "@scure/base";
import type { NanoUsdc } from "@aimo-network/protocol/money";
import { nanoUsdc } from "@aimo-network/protocol/money";
import type { Database } from "../database/database.ts";

/** What a user has: available, locked, withdrawing and owed. */
export interface UserLiability {
  readonly user: number;
  readonly wallet: string;
  readonly balance: NanoUsdc;
}

/** What the chain said when a root was made, in micro-USDC. */
export interface LiabilityAssets {
  readonly slot: bigint;
  readonly vaultAmount: bigint;
  readonly owedUsers: bigint;
  readonly owedProviders: bigint;
  readonly owedFees: bigint;
}

/** A root of liabilities. */
export interface LiabilityRoot extends LiabilityAssets {
  readonly id: bigint;
  readonly at: Date;
  readonly root: Uint8Array;
  readonly total: NanoUsdc;
  readonly users: number;
}

/** A leaf of a root, at its place. */
export interface LiabilityLeaf extends Omit<UserLiability, "user"> {
  readonly user: number;
  readonly salt: Uint8Array;
}

/** The roots of a ledger. */
export interface Liabilities {
  /** Every user who has something, at one moment. */
  all(): Promise<readonly UserLiability[]>;
  /** Keeps a root with its leaves in their order, of the leader of the watcher's job; forgets those before `keepAfter`. */
  keep(
    fence: bigint,
    root: Omit<LiabilityRoot, "id" | "users">,
    leaves: readonly LiabilityLeaf[],
    keepAfter: Date,
  ): Promise<void>;
  latest(): Promise<LiabilityRoot | undefined>;
  leavesOf(root: bigint): Promise<readonly LiabilityLeaf[]>;
}

const ALL = `SELECT u.id, w.address, u.available + u.locked + u.withdrawing + u.payable AS balance FROM users u JOIN wallets w ON w.id = u.id
  WHERE u.available + u.locked + u.withdrawing + u.payable > 0`;
const KEEP = `INSERT INTO liability_roots (at, root, total, users, slot, vault_amount, owed_users, owed_providers, owed_fees)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id`;
const LEAVES = `INSERT INTO liability_leaves (root_id, place, user_id, balance, salt)
  SELECT $1, t.n - 1, t.user_id, t.balance, t.salt FROM unnest($2::integer[], $3::bigint[], $4::bytea[]) WITH ORDINALITY t(user_id, balance, salt, n)`;
const LATEST = "SELECT * FROM liability_roots ORDER BY id DESC LIMIT 1";
const LEAVES_OF = `SELECT l.user_id, w.address, l.balance, l.salt FROM liability_leaves l JOIN wallets w ON w.id = l.user_id
  WHERE l.root_id = $1 ORDER BY l.place`;

interface RootRow {
  readonly id: bigint;
  readonly at: Date;
  readonly root: Uint8Array;
  readonly total: bigint;
  readonly users: number;
  readonly slot: bigint;
  readonly vault_amount: bigint;
  readonly owed_users: bigint;
  readonly owed_providers: bigint;
  readonly owed_fees: bigint;
}

/** Opens the roots of a ledger's database. */
export function createLiabilities({ query, transaction }: Pick<Database, "query" | "transaction">): Liabilities {
  return {
    async all() {
      const rows = await query<{ id: number; address: Uint8Array; balance: bigint }>(ALL);
      return rows.map(({ id, address, balance }) => ({
        user: id,
        wallet: base58.encode(address),
        balance: nanoUsdc(balance),
      }));
    },
    async keep(fence, { at, root, total, ...assets }, leaves, keepAfter) {
      await transaction(async (run) => {
        await run("SELECT ledger_insist_leader('watcher', $1)", [fence]);
        const { slot, vaultAmount, owedUsers, owedProviders, owedFees } = assets;
        const values = [at, root, total, leaves.length, slot, vaultAmount, owedUsers, owedProviders, owedFees];
        const [row] = await run<{ id: bigint }>(KEEP, values);
        const columns = [
          leaves.map(({ user }) => user),
          leaves.map(({ balance }) => balance),
          leaves.map(({ salt }) => salt),
        ];
        await run(LEAVES, [row?.id, ...columns]);
        await run("DELETE FROM liability_roots WHERE at < $1 AND id <> $2", [keepAfter, row?.id]);
      });
    },
    async latest() {
      const [row] = await query<RootRow>(LATEST);
      if (row === undefined) return undefined;
      return {
        id: row.id,
        at: row.at,
        root: row.root,
        total: nanoUsdc(row.total),
        users: row.users,
        slot: row.slot,
        vaultAmount: row.vault_amount,
        owedUsers: row.owed_users,
        owedProviders: row.owed_providers,
        owedFees: row.owed_fees,
      };
    },
    async leavesOf(root) {
      const rows = await query<{ user_id: number; address: Uint8Array; balance: bigint; salt: Uint8Array }>(LEAVES_OF, [
        root,
      ]);
      return rows.map(({ user_id, address, balance, salt }) => ({
        user: user_id,
        wallet: base58.encode(address),
        balance: nanoUsdc(balance),
        salt: new Uint8Array(salt),
      }));
    },
  };
}
