// What a provider link costs a router that nobody asks anything of: memory and CPU of 1,000 of them.
import type { Child } from "@aimo-network/localnet/child-process";
import { startChild } from "@aimo-network/localnet/child-process";
import { sleep } from "@aimo-network/protocol/clock";
import { HEARTBEAT_MS } from "@aimo-network/protocol/limits";
import type { BenchCase, BenchTools, Site } from "../bench-case.ts";
import { FRESH_ROUNDS_MAX, onFreshSite } from "../bench-case.ts";
import type { BenchNetwork } from "../network.ts";
import type { Figure } from "../results/figures.ts";
import { figure } from "../results/figures.ts";
import { heldBytes } from "../usage.ts";

const LINKS = 1_000;
const WINDOW_MS = HEARTBEAT_MS; // one ping on every link
const SETTLE_MS = 5_000; // for what the start or the opening left behind to be cleaned up
const KIB = 1024;

/** Of one link; memory after garbage collections; the CPU is the router's whole, of which hardly anything is not the links'. */
interface Cost {
  readonly rssKib: number;
  readonly heldKib: number;
  readonly cpuMsPerHour: number;
}

async function openLinks(tools: BenchTools, { routerUrl, routerId, directory }: BenchNetwork): Promise<Child> {
  const peers = startChild(
    tools.clock,
    {
      name: "idle-peers",
      entry: new URL("../idle-peers/main.ts", import.meta.url),
      arguments: [routerUrl, routerId, String(LINKS), directory],
    },
    tools.environment,
    () => undefined,
  );
  await peers.firstLine((line) => line.endsWith("links stand") || undefined);
  return peers;
}

/** In a router that has answered nothing yet: what a burst of requests leaves free would hide what links take. */
async function measureRound(tools: BenchTools, { network }: Site): Promise<Cost> {
  const { usages, router } = network;
  await sleep(tools.clock, SETTLE_MS);
  const before = await usages.alive(router);
  const peers = await openLinks(tools, network);
  try {
    await sleep(tools.clock, SETTLE_MS);
    const opened = await usages.of(router);
    await sleep(tools.clock, WINDOW_MS);
    const { cpuSeconds } = await usages.of(router);
    const after = await usages.alive(router);
    return {
      rssKib: (after.rssBytes - before.rssBytes) / LINKS / KIB,
      heldKib: (heldBytes(after) - heldBytes(before)) / LINKS / KIB,
      cpuMsPerHour: ((cpuSeconds - opened.cpuSeconds) / LINKS) * 1_000 * (3_600_000 / WINDOW_MS),
    };
  } finally {
    await peers.stop();
  }
}

async function measure(tools: BenchTools): Promise<Figure[]> {
  const costs: Cost[] = [];
  for (let round = 0; round < Math.min(tools.rounds, FRESH_ROUNDS_MAX); round += 1) {
    tools.say(`${LINKS} idle links, round ${round + 1}`);
    costs.push(await onFreshSite(tools, (site) => measureRound(tools, site)));
  }
  const about = { table: "One of 1,000 idle links, at the router", case: "idle link", digits: 1 };
  return [
    figure(
      { ...about, what: "resident KiB" },
      costs.map(({ rssKib }) => rssKib),
    ),
    figure(
      { ...about, what: "held by JavaScript KiB" },
      costs.map(({ heldKib }) => heldKib),
    ),
    figure(
      { ...about, what: "CPU ms an hour" },
      costs.map(({ cpuMsPerHour }) => cpuMsPerHour),
    ),
  ];
}

/** The subject `idle-links`. */
export const IDLE_LINKS: BenchCase = { name: "idle-links", measure };
