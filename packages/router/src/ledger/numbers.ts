// The numbers by which rows name wallets, models and prices: asked of the database once, then remembered.
import { base58 } from "@scure/base";
import { assert } from "@aimo-network/protocol/assert";
import type { Price } from "@aimo-network/protocol/price";
import { LRUCache } from "lru-cache";
import { NUMBERS_KEPT_MAX } from "./limits.ts";
import type { Query } from "./database/database.ts";

/** Finds the number of a thing, giving it one where it has none yet. What is remembered is answered without a promise. */
export interface Numbers {
  /** Of a wallet's address in base58; the same number stands for it as user and as provider. */
  wallet(address: string): number | Promise<number>;
  /** Of a model, `author/slug`. */
  model(name: string): number | Promise<number>;
  price(price: Price): number | Promise<number>;
}

interface Numbered {
  readonly id: number;
}

function remembering(find: (name: string) => Promise<readonly Numbered[]>): (name: string) => number | Promise<number> {
  const known = new LRUCache<string, number>({ max: NUMBERS_KEPT_MAX });
  const asking = new Map<string, Promise<number>>();
  const ask = async (name: string): Promise<number> => {
    try {
      const [row] = await find(name);
      assert(row !== undefined, "what is asked for is made where it is missing");
      known.set(name, row.id);
      return row.id;
    } finally {
      asking.delete(name);
    }
  };
  return (name) => {
    const found = known.get(name) ?? asking.get(name);
    if (found !== undefined) return found;
    const answer = ask(name);
    asking.set(name, answer);
    return answer;
  };
}

const FIND_MODEL = `WITH made AS (INSERT INTO models (name) SELECT $1 WHERE NOT EXISTS (SELECT FROM models WHERE name = $1)
  ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING id)
  SELECT id FROM made UNION ALL SELECT id FROM models WHERE name = $1 LIMIT 1`;
const FIND_PRICE = `WITH made AS (INSERT INTO prices (prompt, completion, cache_read, image, request)
  SELECT $1, $2, $3::bigint, $4, $5 WHERE NOT EXISTS (SELECT FROM prices WHERE prompt = $1 AND completion = $2
    AND cache_read IS NOT DISTINCT FROM $3::bigint AND image = $4 AND request = $5)
  ON CONFLICT (prompt, completion, cache_read, image, request) DO UPDATE SET image = excluded.image RETURNING id)
  SELECT id FROM made UNION ALL SELECT id FROM prices WHERE prompt = $1 AND completion = $2
    AND cache_read IS NOT DISTINCT FROM $3::bigint AND image = $4 AND request = $5 LIMIT 1`;

/** Creates the numbers of a database; nothing is remembered yet. */
export function createNumbers(query: Query): Numbers {
  const price = remembering((text) =>
    query<Numbered>(
      FIND_PRICE,
      text.split(",").map((part) => (part === "" ? null : part)),
    ),
  );
  return {
    wallet: remembering((address) =>
      query<Numbered>("SELECT ledger_wallet($1) AS id", [Buffer.from(base58.decode(address))]),
    ),
    model: remembering((name) => query<Numbered>(FIND_MODEL, [name])),
    price: ({ prompt, completion, inputCacheRead, image = 0n, request = 0n }) =>
      price(`${prompt},${completion},${inputCacheRead ?? ""},${image},${request}`),
  };
}
