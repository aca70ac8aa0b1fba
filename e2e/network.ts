// A whole network for one test file: the localnet's own processes on free ports, and further providers and routers.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { base58 } from "@scure/base";
import type { Child, ChildProgram } from "@aimo-network/localnet/child-process";
import { startChild } from "@aimo-network/localnet/child-process";
import type { Localnet, LocalnetOptions } from "@aimo-network/localnet/localnet";
import { readListening, startLocalnet } from "@aimo-network/localnet/localnet";
import { makeProviderKey, makeUserKey } from "@aimo-network/localnet/demo-keys";
import { DEPOSIT_USDC } from "@aimo-network/localnet/money/demo-deposit";
import { fundInLedgerAt } from "@aimo-network/localnet/test-bed/fund-in-ledger";
import { sleep, systemClock } from "@aimo-network/protocol/clock";
import type { Wallet } from "@aimo-network/protocol/keys/sign-key";
import { runningPostgresUrl } from "aimo-router/src/ledger/database/embedded/embedded-postgres.ts";
import OpenAI from "openai";
import { newWallet } from "aimo-router/src/test-bed/new-wallet.ts";

/** One router a test provider serves. */
export interface ServedRouter {
  readonly url: string;
  readonly routerId: string;
}

/** A provider beside the demo one. */
export interface TestProvider {
  readonly child: Child;
  readonly wallet: string;
  /** The same wallet, which signs for what it earns. */
  readonly owner: Wallet;
  /** The keys it was started with, one for each router. */
  readonly keys: readonly string[];
}

/** A model that is sold under another name than its own, or in its own way. */
export interface SoldModel {
  readonly name: string;
  /** The model that is asked. */
  readonly model: string;
  /** TOML put below `[models.params]`, such as `timeouts`. */
  readonly params?: string;
  /** The upstream, where it is not the provider's. */
  readonly upstreamUrl?: string;
}

/** What a test provider sells: demo model names, each under its own name unless told otherwise. */
export interface TestProviderOptions {
  readonly models: readonly (string | SoldModel)[];
  readonly author?: string;
  readonly routers?: readonly ServedRouter[];
  /** USDC per million tokens, either way. */
  readonly price?: string;
  /** USDC per request, besides. */
  readonly requestPrice?: string;
  /** TOML put before the models, such as `[timeouts]`. */
  readonly settings?: string;
  /** TOML in each model's `[models.params]`. */
  readonly params?: string;
  /** Further words of the command. */
  readonly words?: readonly string[];
  /** The upstream, where it is not the network's demo model. */
  readonly upstreamUrl?: string;
}

/** A router beside the network's own. */
export interface StartedRouter extends ServedRouter {
  readonly child: Child;
  readonly operatorUrl: string;
  readonly userKey: string;
}

/** Settings of a further router, as its environment variables. */
type RouterSettings = Readonly<Record<string, string>> & {
  readonly AIMO_DATA_DIR: string;
  readonly DATABASE_URL?: string;
};

/** A running network. */
export interface Network extends Localnet {
  readonly directory: string;
  readonly lines: string[];
  readonly client: OpenAI;
  startProvider(options: TestProviderOptions): Promise<TestProvider>;
  /** Starts another router, without a chain, with a user that has money in its ledger. */
  startRouter(settings?: Readonly<Record<string, string>>): Promise<StartedRouter>;
}

const WAIT_MS = 20_000;
const POLL_MS = 20;

/** Waits until `check` gives something; fails the test after twenty seconds, saying what it waited for. */
export async function waitFor<Found>(what: string, check: () => Promise<Found | undefined>): Promise<Found> {
  const dueMs = systemClock.monotonic() + WAIT_MS;
  while (systemClock.monotonic() < dueMs) {
    const found = await check();
    if (found !== undefined) return found;
    await sleep(systemClock, POLL_MS);
  }
  throw new Error(`waited ${WAIT_MS} ms in vain for ${what}`);
}

/** Waits until a router offers a model, through any of its providers or through the wallet given. */
export async function waitForOffer(routerUrl: string, model: string, wallet?: string): Promise<void> {
  await waitFor(`${model} at ${routerUrl}`, async () => {
    const response = await fetch(`${routerUrl}/api/v1/models/${model}/endpoints`);
    if (!response.ok) {
      await response.body?.cancel();
      return undefined;
    }
    const { data } = (await response.json()) as { data: { endpoints: { provider_name: string }[] } };
    return data.endpoints.some((endpoint) => wallet === undefined || endpoint.provider_name === wallet) || undefined;
  });
}

const soldModel = (sold: string | SoldModel): SoldModel =>
  typeof sold === "string" ? { name: sold, model: sold } : sold;

/** The `config.toml` of a test provider. */
export function providerToml(
  options: TestProviderOptions,
  routers: readonly ServedRouter[],
  upstreamUrl: string,
): string {
  const sections = routers.map(({ url }, index) => `[[routers]]\nurl = "${url}"\napi_key = "std::env::KEY_${index}"`);
  const models = options.models
    .map(soldModel)
    .map(({ name, model, params, upstreamUrl: own }) =>
      [
        `[[models]]\nname = "${name}"\ndisplay_name = "${name}"\nprovider_name = "${options.author ?? "test"}"`,
        'input_modalities = ["text", "image"]',
        `[models.pricing]\nprompt = ${options.price ?? "0.5"}\ncompletion = ${options.price ?? "1.5"}`,
        ...(options.requestPrice === undefined ? [] : [`request = ${options.requestPrice}`]),
        `[models.params]\nmodel = "${model}"\napi_base = "${own ?? upstreamUrl}"`,
        params ?? options.params ?? "",
      ].join("\n"),
    );
  return [...sections, options.settings ?? "", ...models].join("\n\n");
}

/** Gives the user of a router without a chain what the localnet's user deposits on one. */
async function fundUser(databaseUrl: string | undefined, wallet: string): Promise<void> {
  if (databaseUrl === undefined) throw new Error("the router listens, but its database cannot be found");
  await fundInLedgerAt(databaseUrl, systemClock, { wallet, usdc: DEPOSIT_USDC, source: "test" });
}

/** A further router, whose user has money. */
async function startFurtherRouter(
  start: (program: ChildProgram) => Child,
  name: string,
  environment: RouterSettings,
): Promise<StartedRouter> {
  const child = start({ name, entry: new URL("../packages/router/src/main.ts", import.meta.url), environment });
  const { url, operatorUrl, routerId } = await child.firstLine(readListening);
  const user = newWallet();
  const databaseUrl = environment.DATABASE_URL ?? runningPostgresUrl(environment.AIMO_DATA_DIR);
  await fundUser(databaseUrl, base58.encode(user.publicKey));
  return { child, url, operatorUrl, routerId, userKey: await makeUserKey(systemClock, user, routerId) };
}

/**
 * Starts a network; `stop` also removes its directory. It has no chain unless asked for, because most tests need only
 * somebody who can pay: its user's money is in the ledger then.
 */
export async function startNetwork(more: Partial<LocalnetOptions> = {}): Promise<Network> {
  const directory = mkdtempSync(join(tmpdir(), "aimo-e2e-"));
  const lines: string[] = [];
  const onLine = (line: string, name: string): void => void lines.push(`${name} ${line}`);
  const localnet = await startLocalnet(
    { port: 0, dataDirectory: directory, fresh: false, withProvider: true, withChain: false, ...more },
    { clock: systemClock, environment: process.env, onLine },
  );
  const { file, money } = localnet;
  const databaseUrl = more.routerSettings?.["DATABASE_URL"] ?? runningPostgresUrl(join(directory, "router"));
  if (money === undefined) {
    await fundUser(databaseUrl, file.user.wallet).catch(async (error: unknown) => {
      await localnet.stop(); // or what has started would keep this process alive
      throw error;
    });
  }
  const extra: Child[] = [];
  let started = 0;
  const start = (program: ChildProgram): Child => {
    const child = startChild(systemClock, program, process.env, onLine);
    extra.push(child);
    return child;
  };

  const startProvider = async (provider: TestProviderOptions): Promise<TestProvider> => {
    const routers = provider.routers ?? [{ url: file.router_url, routerId: file.router_id }];
    const wallet = newWallet();
    const address = base58.encode(wallet.publicKey);
    const name = `provider-${(started += 1)}`;
    mkdirSync(join(directory, name));
    const config = join(directory, name, "config.toml");
    writeFileSync(config, providerToml(provider, routers, provider.upstreamUrl ?? localnet.modelUrl ?? ""));
    const keys = await Promise.all(routers.map(({ routerId }) => makeProviderKey(systemClock, wallet, routerId)));
    const child = start({
      name,
      entry: new URL("../packages/proxy/src/main.ts", import.meta.url),
      arguments: ["--config", config, ...(provider.words ?? [])],
      environment: Object.fromEntries(keys.map((key, index) => [`KEY_${index}`, key])),
    });
    const [first = ""] = provider.models;
    const model = `${provider.author ?? "test"}/${soldModel(first).name}`;
    for (const { url } of routers) await waitForOffer(url, model, address);
    return { child, wallet: address, owner: wallet, keys };
  };

  return {
    ...localnet,
    directory,
    lines,
    client: new OpenAI({ baseURL: `${file.router_url}/api/v1`, apiKey: file.user.api_key, maxRetries: 0 }),
    startProvider,
    startRouter(settings = {}) {
      const name = `router-${(started += 1)}`;
      const own = { AIMO_PORT: "0", AIMO_OPERATOR_PORT: "0", AIMO_DATA_DIR: join(directory, name) };
      return startFurtherRouter(start, name, { ...own, ...settings });
    },
    async stop() {
      await Promise.all(extra.map((child) => child.stop()));
      await localnet.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
