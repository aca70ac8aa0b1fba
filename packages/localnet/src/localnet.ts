// The whole network on one machine: a chain, a router, a demo model and a provider that sells it, each a process of its own.
import { join, resolve } from "node:path";
import { buildConsole } from "@aimo-network/dashboard/build/build-console";
import { HOST } from "./chain/rpc-door.ts";
import type { Child } from "./child-process.ts";
import { makeProviderKey, makeUserKey } from "./demo-keys.ts";
import { firstModel, startDemoModel, startProvider } from "./demo-provider.ts";
import type { Upstream } from "./demo-provider-config.ts";
import { findFreePort } from "./free-port.ts";
import { claimDataDirectory, forgetNetwork, tellNetwork } from "./data-directory.ts";
import type { LocalnetFile } from "./localnet-file.ts";
import { depositOnce, waitForCredit } from "./money/demo-deposit.ts";
import { depositForInspector, inspectorWallet } from "./money/inspector-deposit.ts";
import type { Money } from "./money/open-money.ts";
import { openMoney } from "./money/open-money.ts";
import type { LocalnetDeps } from "./programs.ts";
import { program, Programs, readJsonLine } from "./programs.ts";
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
  /** Whether there is a chain, which is so unless said otherwise; without one nobody has money until somebody writes it in the ledger. */
  readonly withChain?: boolean;
  /** The chain's RPC port; the next free one when it is busy. Any unless said. */
  readonly rpcPort?: number;
  /** A validator that runs already, instead of a chain of the network's own. */
  readonly rpcUrl?: string;
  /** Whether the router examines the offers, quickly: requests that nobody else has sent. Not unless said. */
  readonly inspects?: boolean;
  /** Somebody's own model API instead of the demo model. */
  readonly upstream?: Upstream;
  /** Whether the router serves the web console, with a test wallet; it is built when its sources have changed. Not unless said. */
  readonly withConsole?: boolean;
  /** Further settings of the router, as its environment variables. */
  readonly routerSettings?: Readonly<Record<string, string>>;
}

/** A running network. */
export interface Localnet {
  readonly file: LocalnetFile;
  readonly operatorUrl: string;
  /** Where the web console is; undefined where none is served. */
  readonly consoleUrl: string | undefined;
  /** The demo model's base URL; undefined where somebody's own upstream is sold, or none. */
  readonly modelUrl: string | undefined;
  /** Its chain and the faucet there; undefined where there is none. */
  readonly money: Money | undefined;
  readonly children: readonly Child[];
  /** Resolves with the name of a program that ended although nobody asked it to. */
  readonly broken: Promise<string>;
  stop(): Promise<void>;
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

/** What the router is told of the chain: to be quicker than where money is real, and to ask nothing of small providers. */
function chainSettings({ rpcUrl, programId }: Money): Record<string, string> {
  return {
    AIMO_RPC_URL: rpcUrl,
    AIMO_PROGRAM_ID: programId,
    AIMO_COMMITMENT: "confirmed",
    AIMO_CHAIN_POLL_MS: "200",
    AIMO_SETTLE_AGE_MS: "5000",
    AIMO_SPONSOR_MIN_USDC: "0",
  };
}

async function startRouter(
  programs: Programs,
  options: LocalnetOptions,
  port: number,
  money: Money | undefined,
): Promise<Listening> {
  const router = programs.start(
    program("router", "../../router/src/main.ts", {
      environment: {
        AIMO_HOST: HOST,
        AIMO_CONSOLE_DIR: options.withConsole === true ? await buildConsole({ mode: "localnet" }) : "none",
        AIMO_PORT: String(port),
        AIMO_OPERATOR_PORT: "0",
        AIMO_DATA_DIR: join(options.dataDirectory, "router"),
        AIMO_NAME: "localnet",
        AIMO_ACCEPT_V1_SPENDING: "true",
        AIMO_DRAIN_MS: "3000",
        ...(options.inspects === true ? { AIMO_INSPECTION_DELAY_MS: "2000" } : { AIMO_INSPECTION_USDC_PER_DAY: "0" }),
        ...(money !== undefined && chainSettings(money)),
        ...options.routerSettings,
      },
    }),
  );
  return await router.firstLine(readListening);
}

interface DemoWallets {
  readonly user: FileWallet;
  readonly provider: FileWallet;
}

function loadWallets(dataDirectory: string): DemoWallets {
  const wallets = join(dataDirectory, "wallets");
  return { user: loadWallet(join(wallets, "user.json")), provider: loadWallet(join(wallets, "provider.json")) };
}

function describeNetwork(
  router: Listening,
  money: Money | undefined,
  { user, provider }: DemoWallets,
  keys: { readonly user: string; readonly provider: string },
  model: string,
): LocalnetFile {
  return {
    router_url: router.url,
    router_id: router.routerId,
    ...(money !== undefined && {
      rpc_url: money.rpcUrl,
      ws_url: money.wsUrl,
      program_id: money.programId,
      mint: money.mint,
    }),
    user: { api_key: keys.user, wallet: user.address, wallet_file: user.file },
    provider: { api_key: keys.provider, wallet: provider.address, wallet_file: provider.file },
    model,
    pid: process.pid,
  };
}

async function bringUp(
  programs: Programs,
  options: LocalnetOptions,
  { clock }: LocalnetDeps,
): Promise<Omit<Localnet, "stop" | "children" | "broken">> {
  const { dataDirectory, withProvider, withChain = true, inspects = false, rpcPort = 0, rpcUrl } = options;
  const wallets = loadWallets(dataDirectory);
  const isDemo = withProvider && options.upstream === undefined;
  const port = await findFreePort(options.port, HOST); // not the router's own choice: the chain tells where it is
  const place = { dataDirectory, rpcPort, rpcUrl, routerUrl: `http://${HOST}:${port}` };
  const payers = [wallets.user, wallets.provider, ...(withChain && inspects ? [inspectorWallet(dataDirectory)] : [])];
  const money = withChain ? await openMoney(programs, clock, { ...place, wallets: payers }) : undefined;
  const [router, demo] = await Promise.all([
    startRouter(programs, options, port, money),
    isDemo ? startDemoModel(programs) : undefined,
    money === undefined ? undefined : depositOnce(money.faucet, wallets.user),
    money === undefined || !inspects ? undefined : depositForInspector(money.faucet, dataDirectory),
  ]);
  const keys = {
    user: await makeUserKey(clock, wallets.user, router.routerId),
    provider: await makeProviderKey(clock, wallets.provider, router.routerId),
  };
  const upstream = options.upstream ?? demo;
  const waiting = { clock, broken: programs.broken };
  const directory = join(dataDirectory, "provider");
  const sale = { directory, routerUrl: router.url, key: keys.provider };
  await Promise.all([
    withProvider && upstream !== undefined ? startProvider(programs, waiting, { ...sale, upstream }) : undefined,
    money === undefined ? undefined : waitForCredit(waiting, router.url, keys.user),
  ]);
  const file = describeNetwork(router, money, wallets, keys, firstModel(upstream));
  tellNetwork(dataDirectory, file);
  const consoleUrl = options.withConsole === true ? router.url : undefined;
  return { file, operatorUrl: router.operatorUrl, consoleUrl, modelUrl: demo?.url, money };
}

/** Starts a network and waits until a request through it would be answered. */
export async function startLocalnet(given: LocalnetOptions, deps: LocalnetDeps): Promise<Localnet> {
  const options = { ...given, dataDirectory: resolve(given.dataDirectory) };
  claimDataDirectory(options.dataDirectory, options.fresh);
  const programs = new Programs(deps);
  const stop = async (): Promise<void> => {
    await programs.stop();
    forgetNetwork(options.dataDirectory);
  };
  try {
    const running = await bringUp(programs, options, deps);
    return { ...running, children: programs.children, broken: programs.broken, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
