// Requests that were answered and charged, as far as a ledger knows of them: locked and charged as billing does, without a model.
import { base58 } from "@scure/base";
import type { Clock } from "@aimo-network/protocol/clock";
import { uuidV7 } from "@aimo-network/protocol/ids";
import type { NanoUsdc } from "@aimo-network/protocol/money";
import { microUsdc } from "@aimo-network/protocol/money";
import { systemRandom } from "@aimo-network/protocol/random";
import { NO_USAGE } from "@aimo-network/protocol/usage";
import type { Database } from "aimo-router/src/ledger/database/database.ts";
import { openDatabase } from "aimo-router/src/ledger/database/database.ts";
import type { Ledger } from "aimo-router/src/ledger/ledger.ts";
import { createLedger } from "aimo-router/src/ledger/ledger.ts";
import { createLog } from "aimo-router/src/log.ts";

/** One answer: who paid whom, and how much. Wallets in base58. */
export interface ChargedAnswer {
  readonly user: string;
  readonly provider: string;
  readonly cost: NanoUsdc;
}

const NO_LIMIT = 10n ** 15n;
const RATES = Array.from({ length: 6 }, () => NO_LIMIT); // `p_rates` of `ledger_lock_one`
const LOCKED_MS = 660_000;
const AT_ONCE = 256; // as many go into a batch of the ledger without waiting
const INSTANCE = "INSERT INTO instances (started_at, lease_until) VALUES ($1, $2) RETURNING id";
const KEYS = `INSERT INTO keys (key_id, user_id, created_at)
  SELECT substring(sha256(w.address), 1, 16), w.id, $2 FROM wallets w WHERE w.address = ANY ($1::bytea[])
  ON CONFLICT (key_id) DO UPDATE SET created_at = keys.created_at RETURNING id, user_id`;
const WALLETS = "INSERT INTO wallets (address) SELECT unnest($1::bytea[]) ON CONFLICT DO NOTHING";
const NUMBERS = "SELECT id, address FROM wallets WHERE address = ANY ($1::bytea[])";
const PROVIDERS = `INSERT INTO providers (id) SELECT id FROM wallets WHERE address = ANY ($1::bytea[]) ON CONFLICT DO NOTHING`;

interface Cast {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly model: number;
  readonly price: number;
  /** Numbers by wallets, and keys by their users' numbers. */
  readonly numbers: ReadonlyMap<string, number>;
  readonly keys: ReadonlyMap<number, number>;
}

async function charge({ ledger, clock, model, price, numbers, keys }: Cast, answer: ChargedAnswer): Promise<void> {
  const { cost } = answer;
  const user = numbers.get(answer.user) ?? 0;
  const terms = {
    id: uuidV7(clock, systemRandom),
    user,
    provider: numbers.get(answer.provider) ?? 0,
    model,
    price,
    imageCount: 0,
  };
  const { refusal } = await ledger.lock({
    ...terms,
    key: keys.get(user) ?? 0,
    full: cost,
    least: cost,
    tokens: 1_000,
    promptTokensMax: 100,
    outputTokensMax: 900,
    stream: false,
    deadlineMs: clock.now() + LOCKED_MS,
    idempotency: undefined,
  });
  if (refusal !== undefined) throw new Error(`the ledger refused a lock: ${refusal.reason}`);
  const { outcome } = await ledger.charge({
    ...terms,
    kind: "charged",
    amount: cost,
    usage: { ...NO_USAGE, promptTokens: 10, completionTokens: 20 },
    firstOutputMs: 10,
    durationMs: 20,
    flags: 0,
    finishReason: "stop",
    unpaid: undefined,
  });
  if (outcome !== "posted") throw new Error(`the ledger's answer to a charge was ${outcome}`);
}

const bytesOf = (wallets: readonly string[]): Uint8Array[] => [...new Set(wallets)].map((one) => base58.decode(one));

async function enterCast(
  database: Database,
  ledger: Ledger,
  clock: Clock,
  answers: readonly ChargedAnswer[],
): Promise<Cast> {
  const { query } = database;
  const [users, providers] = [
    bytesOf(answers.map(({ user }) => user)),
    bytesOf(answers.map(({ provider }) => provider)),
  ];
  const all = [...users, ...providers];
  await query(WALLETS, [all]);
  const wallets = await query<{ id: number; address: Uint8Array }>(NUMBERS, [all]);
  await query(PROVIDERS, [providers]);
  const keys = await query<{ id: number; user_id: number }>(KEYS, [users, new Date(clock.now())]);
  return {
    ledger,
    clock,
    model: await ledger.numbers.model("test/charged"),
    price: await ledger.numbers.price({ prompt: microUsdc(1_000_000n), completion: microUsdc(1_000_000n) }),
    numbers: new Map(wallets.map(({ id, address }) => [base58.encode(address), id])),
    keys: new Map(keys.map(({ id, user_id }) => [user_id, id])),
  };
}

/** Charges all of them, as another instance of a running router; they are payable when this resolves. */
export async function chargeInLedger(
  databaseUrl: string,
  clock: Clock,
  answers: readonly ChargedAnswer[],
): Promise<void> {
  const log = createLog("silent");
  const database = openDatabase(databaseUrl, { clock, log }, { connectionsMax: 2 });
  const lease = new Date(clock.now() + LOCKED_MS);
  const [instance] = await database.query<{ id: number }>(INSTANCE, [new Date(clock.now()), lease]);
  const counts = { batch: () => undefined, refused: () => undefined };
  const deps = { clock, ioClock: clock, log, database, counts };
  const ledger = createLedger(deps, { instance: instance?.id ?? 0, rates: RATES });
  try {
    const cast = await enterCast(database, ledger, clock, answers);
    const next = answers.values();
    const work = async (): Promise<void> => {
      for (const answer of next) await charge(cast, answer);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  } finally {
    await ledger.close();
    await database.close();
  }
}
