// What is measured: a mock upstream, and a router and a proxy that sell it, each a process of its own.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Child } from "@aimo-network/localnet/child-process";
import { startChild } from "@aimo-network/localnet/child-process";
import { demoProviderConfig } from "@aimo-network/localnet/demo-provider-config";
import type { Localnet } from "@aimo-network/localnet/localnet";
import { startLocalnet } from "@aimo-network/localnet/localnet";
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

/** Starts a network; `nodeOptions` are given to every process of it. */
export async function startBenchNetwork(deps: BenchDeps, nodeOptions: readonly string[] = []): Promise<BenchNetwork> {
  const { clock } = deps;
  const usages = createUsages(clock);
  const options = [`--import=${MEASURED_PROCESS}`, ...nodeOptions].join(" ");
  const environment = { ...deps.environment, NODE_OPTIONS: options };
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
      { port: 0, dataDirectory: join(directory, "localnet"), fresh: false, withProvider: false },
      { clock, environment, onLine: usages.read },
    );
    const { file } = localnet;
    const [router] = localnet.children;
    if (router === undefined) throw new Error("the localnet started no router");
    const upstream = { url: upstreamUrl, models: ["bench"], author: "mock" };
    const config = join(directory, "config.toml");
    writeFileSync(config, `max_concurrency = ${CONCURRENCY}\n\n${demoProviderConfig(file.router_url, upstream)}`);
    const proxy = start("proxy", new URL("../../packages/proxy/src/main.ts", import.meta.url), {
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
