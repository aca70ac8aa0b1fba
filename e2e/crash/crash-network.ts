// A network whose every process can be killed and brought back: a router, two proxies, and PostgreSQL behind a relay.
import { readFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { base58 } from "@scure/base";
import type { Child } from "@aimo-network/localnet/child-process";
import { startChild } from "@aimo-network/localnet/child-process";
import { makeProviderKey, makeUserKey } from "@aimo-network/localnet/demo-keys";
import type { DemoModel } from "@aimo-network/localnet/demo-model/demo-model";
import { createDemoModel } from "@aimo-network/localnet/demo-model/demo-model";
import { readListening } from "@aimo-network/localnet/localnet";
import { fundInLedger } from "@aimo-network/localnet/test-bed/fund-in-ledger";
import { systemClock } from "@aimo-network/protocol/clock";
import { isAimoError } from "@aimo-network/protocol/errors";
import type { Database, Query } from "aimo-router/src/ledger/database/database.ts";
import { openDatabase } from "aimo-router/src/ledger/database/database.ts";
import { startEmbeddedPostgres } from "aimo-router/src/ledger/database/embedded/embedded-postgres.ts";
import { createLog } from "aimo-router/src/log.ts";
import { readSpool } from "aimo-proxy/src/ends/spool-file.ts";
import { providerToml, waitFor } from "../network.ts";
import type { ChargeRelay } from "./charge-relay.ts";
import { startChargeRelay } from "./charge-relay.ts";
import { MODELS, USERS } from "./crash-plan.ts";
import { read } from "./plain-client.ts";
import type { RouterDoor } from "./router-door.ts";
import { startRouterDoor } from "./router-door.ts";
import { newWallet } from "aimo-router/src/test-bed/new-wallet.ts";

/** Somebody who asks. */
export interface CrashUser {
  readonly key: string;
  readonly wallet: string;
}

/** One of the providers; the demo model knows its proxy by its name. */
export interface CrashProvider {
  readonly name: string;
  readonly wallet: string;
  /** USDC per million tokens, either way. */
  readonly price: string;
}

/** A running network. */
export interface CrashNetwork {
  /** Where clients ask, whichever router is behind it. */
  readonly url: string;
  readonly users: readonly CrashUser[];
  readonly providers: readonly CrashProvider[];
  readonly model: DemoModel;
  /** Asks the database without the relay, again and again while it recovers from a crash. */
  readonly query: Query;
  readonly relay: ChargeRelay;
  /** What the programs have logged. */
  readonly lines: readonly string[];
  killRouter(): Promise<void>;
  killProxy(name: string): Promise<void>;
  /** Starts what has been killed again; resolves when every provider's offers are there. */
  revive(): Promise<void>;
  /** Starts proxies anew that would wait long for their next router: they have lost several in a row. */
  refresh(): Promise<void>;
  /** What `aimo-router check-ledger` says of the books: its exit code, with its words where it is not 0. */
  checkLedger(): Promise<string>;
  /** Ends that the proxies' spool files hold. */
  spooled(): string[];
  stop(): Promise<void>;
}

const FUNDS_USDC = "100";
const PRICES = ["0.371", "0.593"] as const; // odd, so that amounts are rounded; near, so that each is asked
const ROUTER_SETTINGS = { AIMO_PORT: "0", AIMO_OPERATOR_PORT: "0", AIMO_TOTAL_TIMEOUT_MS: "15000" };
const LOSSES_MAX = 2; // after which a proxy waits two seconds and more before it comes back (RECONNECT_MS_MIN, doubled)
// What a killed process has written is the system's: only a power cut would lose it.
const POSTGRES = { clock: systemClock, settings: { fsync: "off" } };
const RECOVERY_MS = 20_000; // PostgreSQL on a busy machine

/** A program that may be killed and started again. */
interface Revivable {
  child: Child | undefined;
  /** Deaths of the router that it has lived through, each of which it meets with more patience. */
  losses: number;
  start(): Promise<Child>;
}

function providerConfig(directory: string, url: string, provider: CrashProvider, upstreamUrl: string): string {
  const settings = `[spool]\npath = "${join(directory, "spool.jsonl")}"`;
  const models = Object.values(MODELS);
  const { name, price } = provider;
  const options = { models, price, settings, params: `api_key = "${name}"` };
  return providerToml(options, [{ url, routerId: "" }], upstreamUrl);
}

async function isOffered(url: string, { wallet }: CrashProvider): Promise<true | undefined> {
  const model = await read<{ endpoints: { provider_name: string }[] }>(url, `/models/test/${MODELS.quick}/endpoints`);
  return model?.endpoints.some(({ provider_name: name }) => name === wallet) === true ? true : undefined;
}

async function makeUser(database: Database, routerId: string): Promise<CrashUser> {
  const wallet = newWallet();
  const address = base58.encode(wallet.publicKey);
  await fundInLedger(systemClock, database, { wallet: address, usdc: FUNDS_USDC, source: "crash tests" });
  return { wallet: address, key: await makeUserKey(systemClock, wallet, routerId) };
}

/** Starts the programs of a network, and starts them again. */
class Programs {
  readonly lines: string[] = [];
  readonly #directory: string;
  readonly #door: RouterDoor;
  readonly router: Revivable;
  readonly proxies = new Map<string, Revivable>();
  routerId = "";

  constructor(directory: string, door: RouterDoor, databaseUrl: string) {
    this.#directory = directory;
    this.#door = door;
    this.router = {
      child: undefined,
      losses: 0,
      start: async () => {
        const settings = { ...ROUTER_SETTINGS, AIMO_DATA_DIR: join(directory, "router"), DATABASE_URL: databaseUrl };
        const child = this.#run("router", "../../packages/router/src/main.ts", settings);
        const { url, routerId } = await child.firstLine(readListening);
        this.routerId = routerId;
        door.open(url);
        return child;
      },
    };
  }

  #run(name: string, path: string, environment: Record<string, string>, words: readonly string[] = []): Child {
    return startChild(
      systemClock,
      { name, entry: new URL(path, import.meta.url), arguments: words, environment },
      // Each of them starts dozens of times: compiled once, it is there in half the time.
      { ...process.env, ["NODE_COMPILE_CACHE"]: join(this.#directory, "compiled") },
      (line) => void this.lines.push(`${name} ${line.replaceAll(/"frames":\[[^\]]*\]/g, "")}`),
    );
  }

  async checkLedger(databaseUrl: string): Promise<string> {
    const settings = { ["DATABASE_URL"]: databaseUrl };
    const child = this.#run("check-ledger", "../../packages/router/src/main.ts", settings, ["check-ledger"]);
    const code = await child.exited;
    return code === "0" ? code : `${code}: ${child.lastLines()}`;
  }

  async addProvider(name: string, price: string, upstreamUrl: string): Promise<CrashProvider> {
    const wallet = newWallet();
    const provider = { name, price, wallet: base58.encode(wallet.publicKey) };
    const key = await makeProviderKey(systemClock, wallet, this.routerId);
    const directory = join(this.#directory, name);
    const config = join(directory, "config.toml");
    mkdirSync(directory);
    writeFileSync(config, providerConfig(directory, this.#door.url, provider, upstreamUrl));
    this.proxies.set(name, {
      child: undefined,
      losses: 0,
      start: () => {
        const words = ["--config", config];
        return Promise.resolve(this.#run(name, "../../packages/proxy/src/main.ts", { ["KEY_0"]: key }, words));
      },
    });
    return provider;
  }

  spooled(): string[] {
    return [...this.proxies.keys()].flatMap((name) => [
      ...readSpool(join(this.#directory, name, "spool.jsonl")).ends.keys(),
    ]);
  }

  get all(): Revivable[] {
    return [this.router, ...this.proxies.values()];
  }
}

/** Ends a program, asked or as a crash would. */
async function end(program: Revivable | undefined, how: "stop" | "kill"): Promise<void> {
  const child = program?.child;
  if (program === undefined || child === undefined) return;
  program.child = undefined;
  program.losses = 0;
  await child[how]();
}

/** A query that waits for the end of a recovery; asked of statements that may be repeated. */
function patientQuery(database: Database): Query {
  return (text, values) =>
    waitFor("PostgreSQL to be back", () =>
      database.query<never>(text, values).catch((error: unknown) => {
        if (!isAimoError(error, "ledger_unavailable")) throw error;
        return undefined;
      }),
    );
}

/** Starts a network. */
export async function startCrashNetwork(): Promise<CrashNetwork> {
  const directory = mkdtempSync(join(tmpdir(), "aimo-crash-"));
  const log = createLog("silent");
  const postgres = await startEmbeddedPostgres({ ...POSTGRES, dataDirectory: join(directory, "ledger"), log });
  const relay = await startChargeRelay(postgres.url);
  const door = await startRouterDoor();
  const model = createDemoModel();
  const upstreamUrl = `http://127.0.0.1:${await model.listen(0)}/v1`;
  const patience = { answerMs: RECOVERY_MS, lockMs: RECOVERY_MS, connectionsMax: 4 };
  const database = openDatabase(postgres.url, { clock: systemClock, log }, patience);
  const programs = new Programs(directory, door, relay.url);
  const providers: CrashProvider[] = [];

  const revive = async (): Promise<void> => {
    await Promise.all(
      programs.all.map(async (program) => {
        program.child ??= await program.start();
      }),
    );
    for (const provider of providers) await waitFor(`${provider.name}'s offers`, () => isOffered(door.url, provider));
  };
  const stop = async (): Promise<void> => {
    await Promise.all([...programs.proxies.values()].map((proxy) => end(proxy, "stop")));
    await end(programs.router, "stop");
    await database.close();
    relay.close();
    door.close();
    await Promise.all([postgres.stop(), model.close()]);
    rmSync(directory, { recursive: true, force: true });
  };

  try {
    await revive();
    for (const [index, price] of PRICES.entries()) {
      providers.push(await programs.addProvider(`provider-${index + 1}`, price, upstreamUrl));
    }
    const { routerId } = programs;
    const users = await Promise.all(Array.from({ length: USERS }, () => makeUser(database, routerId)));
    await revive();
    return {
      url: door.url,
      users,
      providers,
      model,
      query: patientQuery(database),
      relay,
      lines: programs.lines,
      async killRouter() {
        door.shut();
        await end(programs.router, "kill");
        for (const proxy of programs.proxies.values()) proxy.losses += 1;
      },
      killProxy: (name) => end(programs.proxies.get(name), "kill"),
      async refresh() {
        const impatient = [...programs.proxies.values()].filter(({ losses }) => losses >= LOSSES_MAX);
        await Promise.all(impatient.map((proxy) => end(proxy, "stop")));
        if (impatient.length > 0) await revive();
      },
      revive,
      checkLedger: () => programs.checkLedger(postgres.url),
      spooled: () => programs.spooled(),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The process that started the PostgreSQL process with this number. */
export function parentOf(processId: number): number {
  return Number.parseInt(/^PPid:\s*([0-9]+)$/m.exec(readFileSync(`/proc/${processId}/status`, "utf8"))?.[1] ?? "", 10);
}
