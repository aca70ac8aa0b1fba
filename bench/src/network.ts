// What is measured: a mock upstream, and a router and a proxy that sell it, each a process of its own.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Child, ChildProgram } from "@aimo-network/localnet/child-process";
import { startChild } from "@aimo-network/localnet/child-process";
import { demoProviderConfig } from "@aimo-network/localnet/demo-provider-config";
import type { Clock } from "@aimo-network/protocol/clock";
import { sleep } from "@aimo-network/protocol/clock";
import type { BareRelay } from "./bare-relay/bare-relay.ts";
import { startBareRelay } from "./bare-relay/bare-relay.ts";
import { startBenchRouter } from "./bench-router.ts";
import { readUrl } from "./kept-server.ts";
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
  /** Whether a bare relay of the same two hops runs beside it. */
  readonly withBareRelay?: boolean;
}

/** A network that runs. */
export interface BenchNetwork {
  readonly routerUrl: string;
  readonly routerId: string;
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
  /** The mock behind a bare relay, where there is one. */
  readonly bare: (BareRelay & { readonly target: Target }) | undefined;
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

/** Where to ask at a base URL, as whom and for what. */
export function targetAt(base: string, apiKey: string, model: string): Target {
  const { port, pathname } = new URL(base);
  return { port: Number(port), path: `${pathname}/chat/completions`, apiKey, model };
}

/** The program of a package in a checkout, which may be another one than this. */
function programOf(checkout: string | undefined, packageName: "router" | "proxy"): URL {
  const root = checkout === undefined ? new URL("../../", import.meta.url) : pathToFileURL(`${resolve(checkout)}/`);
  return new URL(`packages/${packageName}/src/main.ts`, root);
}

/** Starts a network. */
export async function startBenchNetwork(deps: BenchDeps, options: NetworkOptions = {}): Promise<BenchNetwork> {
  const { clock } = deps;
  const { nodeOptions = [], checkout } = options;
  const usages = createUsages(clock);
  const environment = { ...deps.environment, NODE_OPTIONS: [`--import=${MEASURED_PROCESS}`, ...nodeOptions].join(" ") };
  const directory = mkdtempSync(join(tmpdir(), "aimo-bench-"));
  const children: Child[] = [];
  const start = (program: ChildProgram): Child => {
    const child = startChild(clock, program, environment, usages.read);
    children.push(child);
    return child;
  };
  const stop = async (): Promise<void> => {
    for (const child of children.toReversed()) await child.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const mock = start({ name: "mock-upstream", entry: new URL("./mock-upstream/main.ts", import.meta.url) });
    const upstreamUrl = await mock.firstLine(readUrl);
    const router = await startBenchRouter(clock, programOf(checkout, "router"), directory, start);
    const upstream = { url: upstreamUrl, models: ["bench"], author: "mock" };
    const config = join(directory, "config.toml");
    writeFileSync(config, `max_concurrency = ${CONCURRENCY}\n\n${demoProviderConfig(router.url, upstream)}`);
    const proxy = start({
      name: "proxy",
      entry: programOf(checkout, "proxy"),
      arguments: ["--config", config],
      environment: { AIMO_PROVIDER_KEY: router.providerKey },
    });
    await waitForModel(clock, `${router.url}/api/v1/models/mock/bench`);
    const relay = options.withBareRelay === true ? await startBareRelay(start, upstreamUrl) : undefined;
    return {
      routerUrl: router.url,
      routerId: router.id,
      directory,
      mock,
      router: router.child,
      proxy,
      usages,
      direct: targetAt(upstreamUrl, "none", "bench"),
      routed: targetAt(`${router.url}/api/v1`, router.userKey, "mock/bench"),
      bare: relay && { ...relay, target: targetAt(relay.url, "none", "bench") },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
