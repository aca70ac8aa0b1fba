// What is measured: a mock upstream, and a router and a proxy that sell it, each a process of its own.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Child } from "@aimo-network/localnet/child-process";
import { startChild } from "@aimo-network/localnet/child-process";
import { demoProviderConfig } from "@aimo-network/localnet/demo-provider-config";
import type * as LocalnetModule from "@aimo-network/localnet/localnet";
import type { Localnet, LocalnetOptions } from "@aimo-network/localnet/localnet";
import type { Clock } from "@aimo-network/protocol/clock";
import { sleep } from "@aimo-network/protocol/clock";
import type { Target } from "./load/request.ts";
import type { Usages } from "./usage.ts";
import { createUsages, MEASURED_PROCESS } from "./usage.ts";

/** What measurements need from outside. */
export interface BenchDeps {
  readonly clock: Clock;
  readonly environment: NodeJS.ProcessEnv;
}

/** How a network is started; what is left out is as users have it. */
export interface NetworkOptions {
  /** Given to every process of it. */
  readonly nodeOptions?: readonly string[];
  /** The checkout whose router and proxy are measured; undefined for this one. */
  readonly checkout?: string | undefined;
}

/** A network that runs. */
export interface BenchNetwork {
  readonly file: Localnet["file"];
  /** Where temporary files of this network may be kept. */
  readonly directory: string;
  readonly mock: Child;
  readonly router: Child;
  readonly proxy: Child;
  readonly usages: Usages;
  /** The mock itself. */
  readonly direct: Target;
  /** The mock behind router and proxy. */
  readonly routed: Target;
  stop(): Promise<void>;
}

const CONCURRENCY = 4_096; // of the provider: more than any case has at once
const FAUCET_USDC = "1000000"; // the ceilings of a thousand long answers are locked at once
// One key asks for everything here, which no limit is meant for.
const NO_LIMITS: NonNullable<LocalnetOptions["routerSettings"]> = {
  AIMO_REQUESTS_PER_KEY_MAX: "100000",
  AIMO_REQUESTS_PER_WALLET_MAX: "100000",
  AIMO_KEY_REQUESTS_PER_MINUTE: "1000000000",
  AIMO_WALLET_REQUESTS_PER_MINUTE: "1000000000",
  AIMO_KEY_TOKENS_PER_MINUTE: "1000000000000",
  AIMO_WALLET_TOKENS_PER_MINUTE: "1000000000000",
};
const OFFER_TIMEOUT_MS = 30_000; // a cold start on a slow machine takes a few seconds
const OFFER_POLL_MS = 25;

async function waitForModel(clock: Clock, url: string): Promise<void> {
  const dueMs = clock.monotonic() + OFFER_TIMEOUT_MS;
  while (clock.monotonic() < dueMs) {
    const response = await fetch(url);
    await response.body?.cancel();
    if (response.ok) return;
    await sleep(clock, OFFER_POLL_MS);
  }
  throw new Error(`the provider did not offer its model within ${OFFER_TIMEOUT_MS} ms`);
}

function targetAt(base: string, apiKey: string, model: string): Target {
  const { port, pathname } = new URL(base);
  return { port: Number(port), path: `${pathname}/chat/completions`, apiKey, model };
}

/** The programs of a checkout, which may be another one than this. */
function programsOf(checkout: string | undefined): { readonly localnet: URL; readonly proxy: URL } {
  const root = checkout === undefined ? new URL("../../", import.meta.url) : pathToFileURL(`${resolve(checkout)}/`);
  return {
    localnet: new URL("packages/localnet/src/localnet.ts", root),
    proxy: new URL("packages/proxy/src/main.ts", root),
  };
}

/** Starts a network. */
export async function startBenchNetwork(deps: BenchDeps, options: NetworkOptions = {}): Promise<BenchNetwork> {
  const { clock } = deps;
  const { nodeOptions = [], checkout } = options;
  const programs = programsOf(checkout);
  const { startLocalnet } = (await import(programs.localnet.href)) as typeof LocalnetModule;
  const usages = createUsages(clock);
  const environment = { ...deps.environment, NODE_OPTIONS: [`--import=${MEASURED_PROCESS}`, ...nodeOptions].join(" ") };
  const directory = mkdtempSync(join(tmpdir(), "aimo-bench-"));
  const children: Child[] = [];
  const start = (name: string, entry: URL, more: Partial<Parameters<typeof startChild>[1]> = {}): Child => {
    const child = startChild(clock, { name, entry, ...more }, environment, usages.read);
    children.push(child);
    return child;
  };
  let localnet: Localnet | undefined;
  const stop = async (): Promise<void> => {
    for (const child of children.toReversed()) await child.stop();
    await localnet?.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const mock = start("mock-upstream", new URL("./mock-upstream/main.ts", import.meta.url));
    const upstreamUrl = await mock.firstLine((line) => /"url":"([^"]+)"/.exec(line)?.[1]);
    localnet = await startLocalnet(
      {
        port: 0,
        dataDirectory: join(directory, "localnet"),
        fresh: false,
        withProvider: false,
        routerSettings: NO_LIMITS,
        faucetUsdc: FAUCET_USDC,
      },
      { clock, environment, onLine: usages.read },
    );
    const { file } = localnet;
    const [router] = localnet.children;
    if (router === undefined) throw new Error("the localnet started no router");
    const upstream = { url: upstreamUrl, models: ["bench"], author: "mock" };
    const config = join(directory, "config.toml");
    writeFileSync(config, `max_concurrency = ${CONCURRENCY}\n\n${demoProviderConfig(file.router_url, upstream)}`);
    const proxy = start("proxy", programs.proxy, {
      arguments: ["--config", config],
      environment: { AIMO_PROVIDER_KEY: file.provider.api_key },
    });
    await waitForModel(clock, `${file.router_url}/api/v1/models/mock/bench`);
    return {
      file,
      directory,
      mock,
      router,
      proxy,
      usages,
      direct: targetAt(upstreamUrl, "none", "bench"),
      routed: targetAt(`${file.router_url}/api/v1`, file.user.api_key, "mock/bench"),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
