// A router for tests: real sockets on free ports, a temporary data directory, keys to call it with.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { Clock, ManualClock } from "@aimo-network/protocol/clock";
import { systemClock } from "@aimo-network/protocol/clock";
import { uuidV7 } from "@aimo-network/protocol/ids";
import type { KeyContentV2 } from "@aimo-network/protocol/keys/key-content";
import type { Wallet } from "@aimo-network/protocol/keys/sign-key";
import { signKey } from "@aimo-network/protocol/keys/sign-key";
import { parseNanoUsdc } from "@aimo-network/protocol/money";
import { systemRandom } from "@aimo-network/protocol/random";
import { parseConfig } from "../config.ts";
import type { Database } from "../ledger/database/database.ts";
import { openDatabase } from "../ledger/database/database.ts";
import { createLog } from "../log.ts";
import type { Router } from "../router.ts";
import { startRouter } from "../router.ts";
import { testDatabase } from "./test-database.ts";
import { newWallet } from "./new-wallet.ts";

let fileDatabase: Promise<string> | undefined;

/** The database that the routers of one test file share, as instances of one router would: their wallets are their own. */
function sharedDatabase(): Promise<string> {
  return (fileDatabase ??= testDatabase());
}

/** USDC on a new key's wallet, far more than a test spends. */
const FUNDS_USDC = "1000000";

async function deposit({ query }: Database, wallet: Wallet, usdc: string): Promise<void> {
  if (parseNanoUsdc(usdc) === 0n) return;
  await query("SELECT ledger_deposit(now(), $1, ledger_wallet($2), 0, $3, 'test')", [
    uuidV7(systemClock, systemRandom),
    wallet.publicKey,
    parseNanoUsdc(usdc),
  ]);
}

/** A router under test; it may be closed twice, by a test and by what cleans up after it. */
export interface TestRouter extends Router {
  readonly logLines: string[];
  readonly database: Database;
  /** Gives a wallet so much USDC and no more; to be called before its first key. */
  fund(wallet: Wallet, usdc: string): Promise<void>;
  /** A key of a new wallet, or of the one given, which gets plenty of USDC with its first. */
  key(content?: Partial<KeyContentV2>, wallet?: Wallet, boundTo?: string): Promise<string>;
  chat(key: string, body: unknown, more?: RequestInit): Promise<Response>;
}

/** Lets time pass on a manual clock until something that waits for it has ended. */
async function passTime(clock: ManualClock, ending: Promise<void>): Promise<void> {
  const ended = new AbortController();
  void ending.finally(() => ended.abort());
  while (!ended.signal.aborted) {
    clock.advance(10);
    await setImmediate();
  }
  await ending;
}

/** Starts a router with `settings` over the defaults; `close` also removes its data. */
export async function startTestRouter(
  settings: Record<string, string> = {},
  clock: Clock | ManualClock = systemClock,
): Promise<TestRouter> {
  const dataDirectory = mkdtempSync(join(tmpdir(), "aimo-router-"));
  const logLines: string[] = [];
  const log = createLog("trace", { write: (line) => void logLines.push(line) });
  const config = parseConfig({
    AIMO_PORT: "0",
    AIMO_OPERATOR_PORT: "0",
    AIMO_DATA_DIR: dataDirectory,
    AIMO_DRAIN_MS: "2000",
    AIMO_CONSOLE_DIR: "none",
    AIMO_INSPECTION_USDC_PER_DAY: "0", // no test but those of examining wants requests that it did not send
    // Routers whose clocks are days apart share no books: one would close the day that the other lives in.
    DATABASE_URL: await ("advance" in clock ? testDatabase() : sharedDatabase()),
    ...settings,
  });
  const removeData = (): void => rmSync(dataDirectory, { recursive: true, force: true });
  const router = await startRouter(config, { clock, random: systemRandom, log }).catch((error: unknown) => {
    removeData();
    throw error;
  });
  const database = openDatabase(config.databaseUrl ?? "", { clock: systemClock, log });
  const close = async (): Promise<void> => {
    if ("advance" in clock) await passTime(clock, router.close());
    else await router.close();
    await database.close();
    removeData();
  };
  let closed: Promise<void> | undefined;
  const funded = new WeakSet<Wallet>();
  return {
    ...router,
    logLines,
    close: () => (closed ??= close()),
    database,
    async fund(wallet, usdc) {
      funded.add(wallet);
      await deposit(database, wallet, usdc);
    },
    async key(content = {}, payer = newWallet(), boundTo = router.routerId) {
      if (!funded.has(payer)) await deposit(database, payer, FUNDS_USDC);
      funded.add(payer);
      return signKey(
        payer,
        {
          version: 2,
          createdAtMs: clock.now() - 1_000,
          validForMs: 3_600_000,
          spending: { kind: "unlimited" },
          scopes: ["completion_model"],
          ...content,
        },
        boundTo,
      );
    },
    chat: (key, body, more = {}) =>
      fetch(`${router.url}/api/v1/chat/completions`, {
        method: "POST",
        headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
        body: typeof body === "string" ? body : JSON.stringify(body),
        ...more,
      }),
  };
}
