// The whole network on one machine: a router, a demo model and a provider that sells it, each a process of its own.
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Clock } from "@aimo-network/protocol/clock";
import { sleep } from "@aimo-network/protocol/clock";
import { runningPostgresUrl } from "aimo-router/src/ledger/database/embedded/embedded-postgres.ts";
import type { Child, ChildProgram } from "./child-process.ts";
import { startChild } from "./child-process.ts";
import { makeProviderKey, makeUserKey } from "./demo-keys.ts";
import type { Upstream } from "./demo-provider-config.ts";
import { demoProviderConfig, offerName } from "./demo-provider-config.ts";
import { fundFromFaucet } from "./faucet.ts";
import { findFreePort } from "./free-port.ts";
import type { LocalnetFile } from "./localnet-file.ts";
import { claimDataDirectory, removeLocalnetFile, writeLocalnetFile } from "./localnet-file.ts";
import type { FileWallet } from "./wallets.ts";
import { loadWallet } from "./wallets.ts";

/** What kind of network to start. */
export interface LocalnetOptions {
  /** The router's port; the next free one when it is busy, 0 for any. */
  readonly port: number;
  /** Where everything that lasts is kept. */
  readonly dataDirectory: string;
  /** Whether to forget what an earlier network left there. */
  readonly fresh: boolean;
  /** Whether a provider is started; without one the router has nothing to sell until somebody connects. */
  readonly withProvider: boolean;
  /** Somebody's own model API instead of the demo model. */
  readonly upstream?: Upstream;
  /** Further settings of the router, as its environment variables. */
  readonly routerSettings?: Readonly<Record<string, string>>;
}

/** A running network. */
export interface Localnet {
  readonly file: LocalnetFile;
  readonly operatorUrl: string;
  /** The demo model's base URL; undefined where somebody's own upstream is sold, or none. */
  readonly modelUrl: string | undefined;
  readonly children: readonly Child[];
  /** Resolves with the name of a program that ended although nobody asked it to. */
  readonly broken: Promise<string>;
  stop(): Promise<void>;
}

/** What starting a network needs from outside. */
export interface LocalnetDeps {
  readonly clock: Clock;
  readonly environment: NodeJS.ProcessEnv;
  readonly onLine: (line: string, name: string) => void;
}

const HOST = "127.0.0.1";
const READY_TIMEOUT_MS = 30_000; // a cold start on a slow machine takes a few seconds
const READY_POLL_MS = 25;
const DEMO_MODELS = ["demo", "demo-reasoning"] as const;

function program(name: string, path: string, more: Omit<ChildProgram, "name" | "entry"> = {}): ChildProgram {
  return { name, entry: new URL(path, import.meta.url), ...more };
}

function readJsonLine(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith("{")) return undefined;
  return JSON.parse(line) as Record<string, unknown>;
}

/** Where a router listens and who it is. */
export interface Listening {
  readonly url: string;
  readonly operatorUrl: string;
  readonly routerId: string;
}

/** Reads the line with which a router says that it listens; undefined for any other line. */
export function readListening(line: string): Listening | undefined {
  const entry = readJsonLine(line);
  const { msg: said, url, operatorUrl, routerId } = entry ?? {}; // pino's name for what a line says
  if (said !== "router listens" || typeof url !== "string") return undefined;
  if (typeof operatorUrl !== "string" || typeof routerId !== "string") return undefined;
  return { url, operatorUrl, routerId };
}

/** Programs of one network, started in order and stopped in the opposite one. */
class Programs {
  readonly #deps: LocalnetDeps;
  readonly children: Child[] = [];
  readonly broken: Promise<string>;
  readonly #tellBroken: (name: string) => void;
  #stopping = false;

  constructor(deps: LocalnetDeps) {
    this.#deps = deps;
    const { promise, resolve: tell } = Promise.withResolvers<string>();
    this.broken = promise;
    this.#tellBroken = tell;
  }

  start(what: ChildProgram): Child {
    const child = startChild(this.#deps.clock, what, this.#deps.environment, this.#deps.onLine);
    this.children.push(child);
    void child.exited.then((how) => {
      if (!this.#stopping) this.#tellBroken(`${child.name} ended (${how}):\n${child.lastLines()}`);
    });
    return child;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    // Providers first: a router that closes before them would only make them reconnect.
    for (const child of this.children.toReversed()) await child.stop();
  }
}

/** Where the router keeps its ledger: in its data directory, unless it was told of a database. */
function databaseUrl({ dataDirectory, routerSettings }: LocalnetOptions): string {
  const url = routerSettings?.["DATABASE_URL"] ?? runningPostgresUrl(join(dataDirectory, "router"));
  if (url === undefined) throw new Error("the router listens, but its database cannot be found in its data directory");
  return url;
}

async function startRouter(programs: Programs, options: LocalnetOptions): Promise<Listening> {
  const port = await findFreePort(options.port, HOST);
  const router = programs.start(
    program("router", "../../router/src/main.ts", {
      environment: {
        AIMO_HOST: HOST,
        AIMO_PORT: String(port),
        AIMO_OPERATOR_PORT: "0",
        AIMO_DATA_DIR: join(options.dataDirectory, "router"),
        AIMO_NAME: "localnet",
        AIMO_ACCEPT_V1_SPENDING: "true",
        AIMO_DRAIN_MS: "3000",
        ...options.routerSettings,
      },
    }),
  );
  return await router.firstLine(readListening);
}

async function startDemoModel(programs: Programs): Promise<Upstream> {
  const model = programs.start(program("demo-model", "./demo-model/main.ts"));
  const url = await model.firstLine((line) => {
    const { url: found } = readJsonLine(line) ?? {};
    return typeof found === "string" ? found : undefined;
  });
  return { url, models: DEMO_MODELS, author: "aimo" };
}

function startProvider(
  programs: Programs,
  options: LocalnetOptions,
  routerUrl: string,
  upstream: Upstream,
  key: string,
): void {
  const directory = join(options.dataDirectory, "provider");
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const config = join(directory, "config.toml");
  writeFileSync(config, demoProviderConfig(routerUrl, upstream), { mode: 0o600 });
  programs.start(
    program("provider", "../../proxy/src/main.ts", {
      arguments: ["--config", config],
      environment: { AIMO_PROVIDER_KEY: key },
    }),
  );
}

async function waitForModel(
  { clock }: LocalnetDeps,
  routerUrl: string,
  model: string,
  broken: Promise<string>,
): Promise<void> {
  let failure: string | undefined;
  void broken.then((what) => (failure = what));
  const dueMs = clock.monotonic() + READY_TIMEOUT_MS;
  while (clock.monotonic() < dueMs) {
    const response = await fetch(`${routerUrl}/api/v1/models/${model}`);
    await response.body?.cancel();
    if (response.ok) return;
    if (failure !== undefined) throw new Error(failure);
    await sleep(clock, READY_POLL_MS);
  }
  throw new Error(`the provider did not offer ${model} within ${READY_TIMEOUT_MS} ms`);
}

function loadWallets(dataDirectory: string): { user: FileWallet; provider: FileWallet } {
  const wallets = join(dataDirectory, "wallets");
  return { user: loadWallet(join(wallets, "user.json")), provider: loadWallet(join(wallets, "provider.json")) };
}

async function bringUp(
  programs: Programs,
  options: LocalnetOptions,
  deps: LocalnetDeps,
): Promise<Omit<Localnet, "stop" | "children" | "broken">> {
  const { clock } = deps;
  const wallets = loadWallets(options.dataDirectory);
  const router = await startRouter(programs, options);
  await fundFromFaucet(clock, databaseUrl(options), wallets.user.address);
  const userKey = await makeUserKey(clock, wallets.user, router.routerId);
  const providerKey = await makeProviderKey(clock, wallets.provider, router.routerId);
  const demo = options.withProvider && options.upstream === undefined ? await startDemoModel(programs) : undefined;
  const upstream = options.upstream ?? demo;
  const model = `${upstream?.author ?? "aimo"}/${offerName(upstream?.models[0] ?? DEMO_MODELS[0])}`.toLowerCase();
  if (options.withProvider && upstream !== undefined) {
    startProvider(programs, options, router.url, upstream, providerKey);
    await waitForModel(deps, router.url, model, programs.broken);
  }
  const file: LocalnetFile = {
    router_url: router.url,
    router_id: router.routerId,
    user: { api_key: userKey, wallet: wallets.user.address },
    provider: { api_key: providerKey, wallet: wallets.provider.address },
    model,
    pid: process.pid,
  };
  writeLocalnetFile(options.dataDirectory, file);
  return { file, operatorUrl: router.operatorUrl, modelUrl: demo?.url };
}

/** Starts a network and waits until a request through it would be answered. */
export async function startLocalnet(given: LocalnetOptions, deps: LocalnetDeps): Promise<Localnet> {
  const options = { ...given, dataDirectory: resolve(given.dataDirectory) };
  claimDataDirectory(options.dataDirectory, options.fresh);
  const programs = new Programs(deps);
  const stop = async (): Promise<void> => {
    await programs.stop();
    removeLocalnetFile(options.dataDirectory);
  };
  try {
    const running = await bringUp(programs, options, deps);
    return { ...running, children: programs.children, broken: programs.broken, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
