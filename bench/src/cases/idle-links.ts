// What a provider link costs a router that nobody asks anything of: memory and CPU of 1,000 of them.
import type { Child } from "@aimo-network/localnet/child-process";
import { startChild } from "@aimo-network/localnet/child-process";
import { sleep } from "@aimo-network/protocol/clock";
import { HEARTBEAT_MS } from "@aimo-network/protocol/limits";
import type { BenchCase, BenchTools, Site } from "../bench-case.ts";
import { onFreshSite } from "../bench-case.ts";
import type { BenchNetwork } from "../network.ts";
import type { Figure } from "../results/figures.ts";
import { figure } from "../results/figures.ts";
import { heldBytes } from "../usage.ts";

const LINKS = 1_000;
const WARM_UP_REQUESTS = 2_000;
const WINDOW_MS = HEARTBEAT_MS; // one ping on every link
const SETTLE_MS = 5_000; // for what a burst or the opening left behind to be cleaned up
const KIB = 1024;

interface Cost {
  readonly rssKib: number;
  readonly aliveKib: number;
  readonly cpuMsPerHour: number;
}

async function openLinks(tools: BenchTools, { file, directory }: BenchNetwork): Promise<Child> {
  const peers = startChild(
    tools.clock,
    {
      name: "idle-peers",
      entry: new URL("../idle-peers/main.ts", import.meta.url),
      arguments: [file.router_url, file.router_id, String(LINKS), directory],
    },
    tools.environment,
    () => undefined,
  );
  await peers.firstLine((line) => line.endsWith("links stand") || undefined);
  return peers;
}

async function measureRound(tools: BenchTools, { network, load }: Site): Promise<Cost> {
  const { usages, router } = network;
  const question = { kind: "json", stream: false } as const;
  await load.run("burst", { target: network.routed, question, connections: 16, requests: WARM_UP_REQUESTS });
  const aliveBefore = await usages.alive(router);
  await sleep(tools.clock, SETTLE_MS);
  const before = await usages.of(router);
  const peers = await openLinks(tools, network);
  try {
    await sleep(tools.clock, SETTLE_MS);
    const opened = await usages.of(router);
    await sleep(tools.clock, WINDOW_MS);
    const after = await usages.of(router);
    const aliveAfter = await usages.alive(router);
    return {
      rssKib: (after.rssBytes - before.rssBytes) / LINKS / KIB,
      aliveKib: (heldBytes(aliveAfter) - heldBytes(aliveBefore)) / LINKS / KIB,
      cpuMsPerHour: ((after.cpuSeconds - opened.cpuSeconds) / LINKS) * 1_000 * (3_600_000 / WINDOW_MS),
    };
  } finally {
    await peers.stop();
  }
}

async function measure(tools: BenchTools): Promise<Figure[]> {
  const costs: Cost[] = [];
  for (let round = 0; round < tools.rounds; round += 1) {
    tools.say(`${LINKS} idle links, round ${round + 1}`);
    costs.push(await onFreshSite(tools, (site) => measureRound(tools, site))); // fresh: memory once grown is used again
  }
  const about = { table: "One of 1,000 idle links, at the router", case: "idle link", digits: 1 };
  return [
    figure(
      { ...about, what: "resident KiB" },
      costs.map(({ rssKib }) => rssKib),
    ),
    figure(
      { ...about, what: "live KiB" },
      costs.map(({ aliveKib }) => aliveKib),
    ),
    figure(
      { ...about, what: "CPU ms an hour" },
      costs.map(({ cpuMsPerHour }) => cpuMsPerHour),
    ),
  ];
}

/** The subject `idle-links`. */
export const IDLE_LINKS: BenchCase = { name: "idle-links", measure };
