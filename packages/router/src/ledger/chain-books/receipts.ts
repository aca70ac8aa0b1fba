// Which generations a batch stands for, and the leaves of their receipts.
import { base58 } from "@scure/base";
import type { Receipt } from "@aimo-network/protocol/receipt";
import { nanoUsdc } from "@aimo-network/protocol/money";
import type { Database, Query } from "../database/database.ts";
import type { PriceRow } from "../price-row.ts";
import { priceOf } from "../price-row.ts";

/** A receipt but for the router that gives it. */
export type LedgerReceipt = Omit<Receipt, "routerId">;

/** A receipt without a leaf yet. */
export type UnmadeReceipt = LedgerReceipt & { readonly entry: bigint };

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
  /**
   * What a batch stands for and has no leaves yet, at most so many at a time. Nobody's row is held meanwhile: a busy user's are
   * hundreds of thousands, and what is charged after the cut belongs to another.
   */
  unmade(batch: bigint, most: number): AsyncIterable<readonly UnmadeReceipt[]>;
  keepLeaves(
    leaves: readonly { readonly id: string; readonly entry: bigint; readonly leaf: Uint8Array }[],
  ): Promise<void>;
  /** Notes that all of a batch have their leaves. */
  finish(batch: bigint): Promise<void>;
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
// For each entry and key a plan of its own, by the key's index: so are the days before, and what is older, never read.
const OF_ENTRY = `FROM settle_entries x JOIN keys k ON k.user_id = x.user_id
  CROSS JOIN LATERAL (
    SELECT * FROM generations
    WHERE key_id = k.id AND day >= ledger_uuid_day(greatest(x.receipts_from, $1)) AND id >= x.receipts_from AND id > $1
      AND provider_id = x.provider_id AND cut = x.cut AND cost > 0
    ORDER BY id LIMIT $2
  ) g ${TABLES}`;
const FIRST = `SELECT ${COLUMNS}, x.id AS entry_id, k.id AS key_id ${OF_ENTRY} WHERE x.batch_id = $3 AND NOT x.has_receipts
  ORDER BY x.id, k.id, g.id`;
const NEXT = `SELECT ${COLUMNS}, x.id AS entry_id, k.id AS key_id ${OF_ENTRY} WHERE x.id = $3 AND k.id = $4 ORDER BY g.id`;
const LATE = `SELECT ${COLUMNS}, x.id AS entry_id, g.key_id FROM settle_entries x
  JOIN late_generations l ON l.user_id = x.user_id AND l.provider_id = x.provider_id AND l.cut = x.cut
  JOIN generations g ON g.day = ledger_uuid_day(l.generation_id) AND g.id = l.generation_id ${TABLES}
  WHERE x.batch_id = $1 AND NOT x.has_receipts AND g.cost > 0`;
const KEEP = `INSERT INTO receipts (generation_id, day, entry_id, leaf)
  SELECT id, ledger_uuid_day(id), entry, leaf FROM unnest($1::uuid[], $2::bigint[], $3::bytea[]) t(id, entry, leaf) ON CONFLICT DO NOTHING`;
const LEAVES = `SELECT r.generation_id AS id, r.leaf FROM settle_entries x JOIN receipts r ON r.entry_id = x.id
  WHERE x.batch_id = $1 ORDER BY r.entry_id, r.generation_id`;
const FIND = `SELECT ${COLUMNS}, b.id AS batch_id, b.signature, b.state = 'landed' AS has_landed, b.root
  FROM generations g ${TABLES}
    LEFT JOIN settle_entries x ON x.user_id = g.user_id AND x.provider_id = g.provider_id AND x.cut = g.cut AND g.cost > 0
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

interface UnmadeRow extends Row {
  readonly entry_id: bigint;
  readonly key_id: number;
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

const unmadeOf = (row: UnmadeRow): UnmadeReceipt => ({ ...receiptOf(row), entry: row.entry_id });

function* slices<Item>(rows: readonly Item[], most: number): Generator<readonly Item[]> {
  for (let start = 0; start < rows.length; start += most) yield rows.slice(start, start + most);
}

/** The last row of each entry and key that has as many as were asked for: there may be more. */
function unfinished(rows: readonly UnmadeRow[], most: number): UnmadeRow[] {
  const groups = Map.groupBy(rows, ({ entry_id, key_id }) => `${entry_id} ${key_id}`);
  return [...groups.values()].flatMap((group) => (group.length < most ? [] : (group.at(-1) ?? [])));
}

async function* readUnmade(query: Query, batch: bigint, most: number): AsyncGenerator<readonly UnmadeRow[]> {
  const first = await query<UnmadeRow>(FIRST, [NOWHERE, most, batch]);
  yield* slices(first, most);
  for (const start of unfinished(first, most)) {
    let last: UnmadeRow | undefined = start;
    while (last !== undefined) {
      const next: readonly UnmadeRow[] = await query<UnmadeRow>(NEXT, [last.id, most, last.entry_id, last.key_id]);
      yield next;
      last = next.length < most ? undefined : next.at(-1);
    }
  }
  yield* slices(await query<UnmadeRow>(LATE, [batch]), most);
}

/** Opens the receipts of a ledger's database. */
export function createLedgerReceipts({ query }: Pick<Database, "query">): LedgerReceipts {
  return {
    async *unmade(batch, most) {
      for await (const rows of readUnmade(query, batch, most)) if (rows.length > 0) yield rows.map(unmadeOf);
    },
    async keepLeaves(leaves) {
      const columns = [leaves.map(({ id }) => id), leaves.map(({ entry }) => entry), leaves.map(({ leaf }) => leaf)];
      await query(KEEP, columns);
    },
    async finish(batch) {
      await query("SELECT ledger_finish_receipts($1)", [batch]);
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
