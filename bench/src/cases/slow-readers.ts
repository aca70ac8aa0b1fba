// What a client that hardly reads costs: memory of router and proxy for each of 1,000 long answers that nobody takes.
import { sleep } from "@aimo-network/protocol/clock";
import type { BenchCase, BenchTools, Site } from "../bench-case.ts";
import { FRESH_ROUNDS_MAX, onFreshSite } from "../bench-case.ts";
import type { Figure } from "../results/figures.ts";
import { figure } from "../results/figures.ts";
import { heldBytes } from "../usage.ts";

const READERS = 1_000;
const WARM_UP_STREAMS = 2_000;
const KIB_MAX = 96; // at the router
const KIB = 1024;
const LOOK_MS = 1_000;
const QUIET_SECONDS = 0.05; // of CPU between two looks: nothing moves any more
const SETTLE_LOOKS_MAX = 120;

/** KiB of one reader. */
interface Cost {
  /** After garbage collections before and after: resident, and of it what JavaScript holds. */
  readonly routerKib: number;
  readonly routerHeldKib: number;
  /** Without any: what is free of a process's memory, or is garbage, is in these too. */
  readonly routerAsItGoesKib: number;
  readonly proxyAsItGoesKib: number;
}

/** Waits until neither router nor proxy does anything: what can be sent has been sent. */
async function settle(tools: BenchTools, { network }: Site): Promise<void> {
  const { usages, router, proxy } = network;
  const spent = async (): Promise<number> => (await usages.of(router)).cpuSeconds + (await usages.of(proxy)).cpuSeconds;
  let before = await spent();
  for (let look = 0; look < SETTLE_LOOKS_MAX; look += 1) {
    await sleep(tools.clock, LOOK_MS);
    const now = await spent();
    if (now - before < QUIET_SECONDS) return;
    before = now;
  }
  throw new Error(
    `router and proxy were still busy ${(SETTLE_LOOKS_MAX * LOOK_MS) / 1_000} s after the last client came`,
  );
}

async function measureRound(tools: BenchTools, site: Site): Promise<Cost> {
  const { network, load } = site;
  const { usages, router, proxy } = network;
  const question = { kind: "stream", stream: true } as const;
  await load.run("burst", { target: network.routed, question, connections: 64, requests: WARM_UP_STREAMS });
  const before = { router: await usages.of(router), proxy: await usages.of(proxy), alive: await usages.alive(router) };
  await load.run("company", { kind: "slow-readers", target: network.routed, count: READERS });
  await settle(tools, site);
  const after = { router: await usages.of(router), proxy: await usages.of(proxy), alive: await usages.alive(router) };
  const { count } = await load.run("dismiss", undefined);
  if (count < READERS) throw new Error(`only ${count} of ${READERS} slow readers were still served`);
  const grown = (name: keyof typeof before): number => (after[name].rssBytes - before[name].rssBytes) / READERS / KIB;
  return {
    routerKib: grown("alive"),
    routerHeldKib: (heldBytes(after.alive) - heldBytes(before.alive)) / READERS / KIB,
    routerAsItGoesKib: grown("router"),
    proxyAsItGoesKib: grown("proxy"),
  };
}

async function measure(tools: BenchTools): Promise<Figure[]> {
  const costs: Cost[] = [];
  for (let round = 0; round < Math.min(tools.rounds, FRESH_ROUNDS_MAX); round += 1) {
    tools.say(`${READERS} slow readers, round ${round + 1}`);
    costs.push(await onFreshSite(tools, (site) => measureRound(tools, site)));
  }
  const about = { table: "One of 1,000 streams that are hardly read, KiB", case: "slow reader", digits: 0 };
  return [
    figure(
      { ...about, what: "router, resident", atMost: KIB_MAX },
      costs.map(({ routerKib }) => routerKib),
    ),
    figure(
      { ...about, what: "router, held by JavaScript", atMost: KIB_MAX },
      costs.map(({ routerHeldKib }) => routerHeldKib),
    ),
    figure(
      { ...about, what: "router, as it goes" },
      costs.map(({ routerAsItGoesKib }) => routerAsItGoesKib),
    ),
    figure(
      { ...about, what: "proxy, as it goes" },
      costs.map(({ proxyAsItGoesKib }) => proxyAsItGoesKib),
    ),
  ];
}

/** The subject `slow-readers`. */
export const SLOW_READERS: BenchCase = { name: "slow-readers", measure };
