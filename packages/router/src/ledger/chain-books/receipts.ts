// Which generations a batch stands for, and the leaves of their receipts.
import { base58 } from "@scure/base";
import type { Receipt } from "@aimo-network/protocol/receipt";
import { nanoUsdc } from "@aimo-network/protocol/money";
import type { Database } from "../database/database.ts";
import type { PriceRow } from "../price-row.ts";
import { priceOf } from "../price-row.ts";

/** A receipt but for the router that gives it. */
export type LedgerReceipt = Omit<Receipt, "routerId">;

/** Where a receipt stands in its batch's order. */
export interface ReceiptPlace {
  readonly entry: bigint;
  readonly generation: string;
}

/** A generation's receipt, and the batch that stands for it. */
export interface SettledReceipt {
  readonly receipt: LedgerReceipt;
  /** Undefined while it is not in a batch. */
  readonly batch:
    | {
        readonly id: bigint;
        readonly signature: string | undefined;
        readonly hasLanded: boolean;
        readonly root: Uint8Array | undefined;
      }
    | undefined;
}

/** The receipts of a ledger. */
export interface LedgerReceipts {
  /** Makes the receipts that a batch stands for; what was made before stays. */
  make(batch: bigint): Promise<void>;
  /** Receipts of a batch without a leaf yet, in order, after a place. */
  withoutLeaf(
    batch: bigint,
    after: ReceiptPlace | undefined,
    most: number,
  ): Promise<readonly (LedgerReceipt & { readonly entry: bigint })[]>;
  keepLeaves(leaves: readonly { readonly id: string; readonly leaf: Uint8Array }[]): Promise<void>;
  /** All leaves of a batch, in order. */
  leavesOf(batch: bigint): Promise<readonly { readonly id: string; readonly leaf: Uint8Array }[]>;
  /** The receipt of a user's generation; undefined where there is none, or it is as old as the history kept. */
  find(generation: string, day: string, wallet: string): Promise<SettledReceipt | undefined>;
}

const COLUMNS = `g.id, u.address AS user_address, v.address AS provider_address, m.name AS model, p.prompt, p.completion, p.cache_read,
  p.image, p.request, g.prompt_tokens, g.completion_tokens, g.cached_tokens, g.reasoning_tokens, g.image_count, g.cost, g.flags,
  g.finish_reason`;
const TABLES = `JOIN wallets u ON u.id = g.user_id JOIN wallets v ON v.id = g.provider_id JOIN models m ON m.id = g.model_id
  JOIN prices p ON p.id = g.price_id`;
const WITHOUT_LEAF = `SELECT ${COLUMNS}, r.entry_id FROM settle_entries x JOIN receipts r ON r.entry_id = x.id
  JOIN generations g ON g.day = r.day AND g.id = r.generation_id ${TABLES}
  WHERE x.batch_id = $1 AND r.leaf IS NULL AND (r.entry_id, r.generation_id) > ($2, $3::uuid) ORDER BY r.entry_id, r.generation_id LIMIT $4`;
const KEEP = `UPDATE receipts r SET leaf = t.leaf FROM unnest($1::uuid[], $2::bytea[]) t(id, leaf) WHERE r.generation_id = t.id`;
const LEAVES = `SELECT r.generation_id AS id, r.leaf FROM settle_entries x JOIN receipts r ON r.entry_id = x.id
  WHERE x.batch_id = $1 AND r.leaf IS NOT NULL ORDER BY r.entry_id, r.generation_id`;
const FIND = `SELECT ${COLUMNS}, b.id AS batch_id, b.signature, b.state = 'landed' AS has_landed, b.root
  FROM generations g ${TABLES} LEFT JOIN receipts r ON r.generation_id = g.id LEFT JOIN settle_entries x ON x.id = r.entry_id
    LEFT JOIN settle_batches b ON b.id = x.batch_id
  WHERE g.id = $1 AND g.day = $2::date AND u.address = $3`;
const NOWHERE = "00000000-0000-0000-0000-000000000000";

interface Row extends PriceRow {
  readonly id: string;
  readonly user_address: Uint8Array;
  readonly provider_address: Uint8Array;
  readonly model: string;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly cached_tokens: number;
  readonly reasoning_tokens: number;
  readonly image_count: number;
  readonly cost: bigint;
  readonly flags: number;
  readonly finish_reason: string;
}

interface FoundRow extends Row {
  readonly batch_id: bigint | null;
  readonly signature: string | null;
  readonly has_landed: boolean | null;
  readonly root: Uint8Array | null;
}

function receiptOf(row: Row): LedgerReceipt {
  return {
    id: row.id,
    user: base58.encode(row.user_address),
    provider: base58.encode(row.provider_address),
    model: row.model,
    price: priceOf(row),
    promptTokens: row.prompt_tokens,
    completionTokens: row.completion_tokens,
    cachedTokens: row.cached_tokens,
    reasoningTokens: row.reasoning_tokens,
    imageCount: row.image_count,
    cost: nanoUsdc(row.cost),
    flags: row.flags,
    finishReason: row.finish_reason,
  };
}

/** Opens the receipts of a ledger's database. */
export function createLedgerReceipts({ query }: Pick<Database, "query">): LedgerReceipts {
  return {
    async make(batch) {
      await query("SELECT ledger_make_receipts($1)", [batch]);
    },
    async withoutLeaf(batch, after, most) {
      const values = [batch, after?.entry ?? 0n, after?.generation ?? NOWHERE, most];
      const rows = await query<Row & { readonly entry_id: bigint }>(WITHOUT_LEAF, values);
      return rows.map((row) => ({ ...receiptOf(row), entry: row.entry_id }));
    },
    async keepLeaves(leaves) {
      await query(KEEP, [leaves.map(({ id }) => id), leaves.map(({ leaf }) => leaf)]);
    },
    leavesOf: (batch) => query(LEAVES, [batch]),
    async find(generation, day, wallet) {
      const [row] = await query<FoundRow>(FIND, [generation, day, Buffer.from(base58.decode(wallet))]);
      if (row === undefined) return undefined;
      const { batch_id, signature, has_landed, root } = row;
      const batch =
        batch_id === null
          ? undefined
          : {
              id: batch_id,
              signature: signature ?? undefined,
              hasLanded: has_landed === true,
              root: root ?? undefined,
            };
      return { receipt: receiptOf(row), batch };
    },
  };
}
