// What a client that hardly reads costs: memory of router and proxy for each of 1,000 long answers that nobody takes.
import { sleep } from "@aimo-network/protocol/clock";
import type { BenchCase, BenchTools, Site } from "../bench-case.ts";
import { FRESH_ROUNDS_MAX, onFreshSite } from "../bench-case.ts";
import type { Figure } from "../results/figures.ts";
import { figure } from "../results/figures.ts";
import type { Usage } from "../usage.ts";
import { heldBytes } from "../usage.ts";

const READERS = 1_000;
// Passing on what fills the first sockets makes garbage, and memory for it that stays: it is no reader's own.
const FIRST_READERS = 200;
const WARM_UP_STREAMS = 2_000;
const KIB_MAX = 96; // at the router
const KIB = 1024;
const LOOK_MS = 1_000;
const QUIET_SECONDS = 0.05; // of CPU between two looks: nothing moves any more
const SETTLE_LOOKS_MAX = 120;

interface Cost {
  /** Of each reader after the first ones. */
  readonly routerKib: number;
  /** Of each reader, with what the first ones leave behind. */
  readonly routerAllKib: number;
  /** What JavaScript holds after a garbage collection. */
  readonly routerHeldKib: number;
  readonly proxyKib: number;
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

async function bringReaders(tools: BenchTools, site: Site, count: number): Promise<Usage[]> {
  const { usages, router, proxy, routed } = site.network;
  await site.load.run("company", { kind: "slow-readers", target: routed, count });
  await settle(tools, site);
  return [await usages.of(router), await usages.of(proxy)];
}

async function measureRound(tools: BenchTools, site: Site): Promise<Cost> {
  const { network, load } = site;
  const { usages, router } = network;
  const question = { kind: "stream", stream: true } as const;
  await load.run("burst", { target: network.routed, question, connections: 64, requests: WARM_UP_STREAMS });
  const before = await usages.of(router);
  const aliveBefore = await usages.alive(router);
  const few = await bringReaders(tools, site, FIRST_READERS);
  const many = await bringReaders(tools, site, READERS - FIRST_READERS);
  const aliveAfter = await usages.alive(router);
  const { count } = await load.run("dismiss", undefined);
  if (count < READERS) throw new Error(`only ${count} of ${READERS} slow readers were still served`);
  const grown = (index: 0 | 1): number => (many[index]?.rssBytes ?? Number.NaN) - (few[index]?.rssBytes ?? Number.NaN);
  return {
    routerKib: grown(0) / (READERS - FIRST_READERS) / KIB,
    routerAllKib: ((many[0]?.rssBytes ?? Number.NaN) - before.rssBytes) / READERS / KIB,
    routerHeldKib: (heldBytes(aliveAfter) - heldBytes(aliveBefore)) / READERS / KIB,
    proxyKib: grown(1) / (READERS - FIRST_READERS) / KIB,
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
      { ...about, what: "router, resident, from the first on" },
      costs.map(({ routerAllKib }) => routerAllKib),
    ),
    figure(
      { ...about, what: "router, held by JavaScript" },
      costs.map(({ routerHeldKib }) => routerHeldKib),
    ),
    figure(
      { ...about, what: "proxy, resident" },
      costs.map(({ proxyKib }) => proxyKib),
    ),
  ];
}

/** The subject `slow-readers`. */
export const SLOW_READERS: BenchCase = { name: "slow-readers", measure };
