// A database with what happened in it, posted by the ledger's own functions: deposits, keys, locks and charged answers.
import { generateKeyPairSync } from "node:crypto";
import { base58 } from "@scure/base";
import type { Clock } from "@aimo-network/protocol/clock";
import { uuidV7 } from "@aimo-network/protocol/ids";
import { systemRandom } from "@aimo-network/protocol/random";
import type { Database } from "../ledger/database/database.ts";

/** A wallet that has taken part. */
export interface Party {
  readonly wallet: string;
  readonly number: number;
}

/** A key that rows name. */
export interface PostedKey {
  readonly id: string;
  readonly number: number;
  readonly owner: Party;
}

/** An answer to post. */
export interface Answer {
  readonly key: PostedKey;
  readonly provider: Party;
  readonly model?: string;
  readonly atMs: number;
  readonly cost?: bigint;
  /** 1: shown and not charged; 2: charged. */
  readonly kind?: 1 | 2;
  readonly promptTokens?: number;
  readonly completionTokens?: number;
  readonly cachedTokens?: number;
  readonly reasoningTokens?: number;
  readonly firstOutputMs?: number | null;
  readonly durationMs?: number;
  readonly imageCount?: number;
  readonly flags?: number;
  readonly finishReason?: string;
  /** By `AppNumbers`. */
  readonly app?: number;
  readonly unpaid?: { readonly reason: string; readonly amount: bigint };
}

/** Fills one database. */
export interface PostedGenerations {
  party(): Promise<Party>;
  key(owner: Party): Promise<PostedKey>;
  deposit(party: Party, amount: bigint, openedSlot?: bigint): Promise<void>;
  /** Locks as much without ever ending it. */
  lock(key: PostedKey, provider: Party, amount: bigint): Promise<void>;
  /** Locks and charges an answer; gives its generation's id. */
  answer(answer: Answer): Promise<string>;
  /** Settles what is payable between two. */
  settle(user: Party, provider: Party, applied: bigint, fee: bigint, shortfall?: bigint): Promise<void>;
}

const RATES = [1e6, 1e12, 1e6, 1e12, 1e6, 1e6];
const CHARGE_TYPES =
  "uuid,date,integer,smallint,bigint,integer,integer,integer,integer,integer,integer,integer,integer,integer,smallint,smallint,text,integer,text,bigint";
const LOCK_TYPES =
  "uuid,integer,integer,integer,integer,integer,bigint,bigint,integer,timestamptz,integer,integer,smallint,boolean,bytea,bytea";

/** `ledger_post` with one charge, or one lock, and nothing else. */
function postSql(charges: number, locks: number): string {
  const typesOf = (types: string): string[] => types.split(",");
  let place = 2;
  const arrays = (types: string, isUsed: boolean): string =>
    typesOf(types)
      .map((type) => `ARRAY[${isUsed ? `$${(place += 1)}` : ""}]::${type}[]`)
      .join(", ");
  const rates = `ARRAY[${RATES.join(",")}]::bigint[]`;
  return `SELECT * FROM ledger_post($1, $2, true, ${rates}, ${arrays(CHARGE_TYPES, charges > 0)}, ${arrays(LOCK_TYPES, locks > 0)})`;
}

const LOCK_SQL = postSql(0, 1);
const CHARGE_SQL = postSql(1, 0);
const LOCK_MS = 660_000;

/** Creates what fills `database`; events are dated by `clock` where nothing else is said. */
export async function createPostedGenerations(database: Database, clock: Clock): Promise<PostedGenerations> {
  const one = async (text: string, values: readonly unknown[]): Promise<number> => {
    const [row] = await database.query<{ readonly id: number }>(text, values);
    if (row === undefined) throw new Error(`no row: ${text}`);
    return row.id;
  };
  const price = await one(
    "INSERT INTO prices (prompt, completion, cache_read) VALUES (1000000, 2000000, 400000) ON CONFLICT (prompt, completion, cache_read, image, request) DO UPDATE SET image = 0 RETURNING id",
    [],
  );
  const instance = await one(
    "INSERT INTO instances (started_at, lease_until) VALUES (now(), now() + interval '1 day') RETURNING id",
    [],
  );
  const model = (name: string): Promise<number> =>
    one("INSERT INTO models (name) VALUES ($1) ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING id", [
      name,
    ]);
  const lock = async (
    key: PostedKey,
    provider: Party,
    names: { id: string; modelNumber: number; amount: bigint; atMs: number },
  ) => {
    const { id, modelNumber, amount, atMs } = names;
    const values = [
      id,
      key.owner.number,
      key.number,
      provider.number,
      modelNumber,
      price,
      amount,
      amount,
      10,
      new Date(atMs + LOCK_MS),
      5,
      5,
      0,
      true,
      null,
      null,
    ];
    const [row] = await database.query<{ readonly lock_codes: number[] | null }>(LOCK_SQL, [
      new Date(atMs),
      instance,
      ...values,
    ]);
    if (row?.lock_codes?.some((code) => code !== 0) === true) throw new Error(`refused: ${row.lock_codes.join()}`);
  };
  return {
    async party() {
      const { publicKey } = generateKeyPairSync("ed25519");
      const bytes = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
      return { wallet: base58.encode(bytes), number: await one("SELECT ledger_wallet($1) AS id", [bytes]) };
    },
    async key(owner) {
      const bytes = Buffer.from(systemRandom.bytes(16));
      const number = await one(
        "INSERT INTO keys (key_id, user_id, created_at, spending_limit) VALUES ($1, $2, $3, 1000000000000000000) RETURNING id",
        [bytes, owner.number, new Date(clock.now())],
      );
      return { id: bytes.toString("hex"), number, owner };
    },
    async deposit({ number }, amount, openedSlot = 1n) {
      const sql = "SELECT ledger_deposit($1, $2, $3, $4, $5, 'test')";
      await database.query(sql, [new Date(clock.now()), uuidV7(clock, systemRandom), number, openedSlot, amount]);
    },
    async lock(key, provider, amount) {
      const names = {
        id: uuidV7(clock, systemRandom),
        modelNumber: await model("acme/one"),
        amount,
        atMs: clock.now(),
      };
      await lock(key, provider, names);
    },
    async answer({ key, provider, atMs, cost = 0n, kind = 2, ...answer }) {
      const id = uuidV7({ ...clock, now: () => atMs }, systemRandom);
      const modelNumber = await model(answer.model ?? "acme/one");
      await lock(key, provider, { id, modelNumber, amount: cost, atMs });
      const { promptTokens = 10, completionTokens = 5, cachedTokens = 0, reasoningTokens = 0 } = answer;
      const {
        firstOutputMs = 120,
        durationMs = 500,
        imageCount = 0,
        flags = 1,
        finishReason = "stop",
        app = 0,
        unpaid,
      } = answer;
      const day = new Date(atMs).toISOString().slice(0, 10);
      await database.query(CHARGE_SQL, [
        new Date(atMs + durationMs),
        instance,
        ...[id, day, key.owner.number, kind, cost, provider.number, modelNumber, price, promptTokens, completionTokens],
        ...[cachedTokens, reasoningTokens, firstOutputMs, durationMs, imageCount, flags, finishReason, app],
        ...[unpaid?.reason ?? null, unpaid?.amount ?? null],
      ]);
      return `gen-${id}`;
    },
    async settle(user, provider, applied, fee, shortfall = 0n) {
      const sql = "SELECT ledger_settle($1, $2, $3, $4, $5, $6, $7)";
      const ref = uuidV7(clock, systemRandom);
      await database.query(sql, [new Date(clock.now()), ref, user.number, provider.number, applied, fee, shortfall]);
    },
  };
}
