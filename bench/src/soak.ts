// `npm run bench -- --soak`: 50,000 streams, and whether router and proxy grow with them.
import type { Child } from "@aimo-network/localnet/child-process";
import type { BenchTools, Site } from "./bench-case.ts";
import { onFreshSite } from "./bench-case.ts";
import type { Point } from "./results/slope.ts";
import { laterHalf, slopeOf } from "./results/slope.ts";
import type { Usage } from "./usage.ts";
import { heldBytes } from "./usage.ts";

const STREAMS = 50_000;
const STREAMS_A_LOOK = 1_000;
const CONNECTIONS = 64;
/** Before anything counts: by then all code is compiled and the first connections are made. */
const WARM_UP_STREAMS = 5_000;
const KIB = 1024;
const LOOKS_A_LINE = 2;

/** One process over the whole soak. */
class Growth {
  readonly child: Child;
  readonly points: Point[] = [];
  aliveAtStart: Usage | undefined;

  constructor(child: Child) {
    this.child = child;
  }

  /** How its resident memory grew over the later half, and what it held more after a collection at the end. */
  summary(aliveAtEnd: Usage): string {
    const slope = slopeOf(laterHalf(this.points)).toFixed(1);
    const more = heldBytes(aliveAtEnd) - (this.aliveAtStart === undefined ? Number.NaN : heldBytes(this.aliveAtStart));
    const held = (more / KIB / (STREAMS / 1_000)).toFixed(1);
    return `${this.child.name}: ${slope} KiB resident per 1,000 streams over the later half; ${held} KiB alive per 1,000 streams`;
  }
}

async function ask({ network, load }: Site, requests: number): Promise<void> {
  const question = { kind: "stream", stream: true } as const;
  await load.run("burst", { target: network.routed, question, connections: CONNECTIONS, requests });
}

async function soak(tools: BenchTools, site: Site): Promise<string[]> {
  const { usages, router, proxy } = site.network;
  const growths = [new Growth(router), new Growth(proxy)];
  await ask(site, WARM_UP_STREAMS);
  // Collected here and after the last stream only: in between, memory goes its own way.
  for (const growth of growths) growth.aliveAtStart = await usages.alive(growth.child);
  for (let streams = STREAMS_A_LOOK; streams <= STREAMS; streams += STREAMS_A_LOOK) {
    await ask(site, STREAMS_A_LOOK);
    for (const { child, points } of growths) {
      points.push({ at: streams / 1_000, value: (await usages.of(child)).rssBytes / KIB });
    }
    if ((streams / STREAMS_A_LOOK) % LOOKS_A_LINE === 0) {
      const held = growths.map(
        ({ child, points }) => `${child.name} ${((points.at(-1)?.value ?? 0) / KIB).toFixed(1)}`,
      );
      tools.say(`${String(streams).padStart(6)} streams, resident MiB: ${held.join(", ")}`);
    }
  }
  return await Promise.all(growths.map(async (growth) => growth.summary(await usages.alive(growth.child))));
}

/** Runs the soak; resolves with a sentence for each process. */
export function runSoak(tools: BenchTools): Promise<string[]> {
  return onFreshSite(tools, (site) => soak(tools, site));
}
