// One burst of requests, and what every process spent on it.
import type { Site } from "../bench-case.ts";
import { descendantsCpuSeconds } from "../descendants.ts";
import type { Burst } from "../load/burst.ts";
import type { BenchNetwork } from "../network.ts";
import type { Usage } from "../usage.ts";
import type { Shape } from "./shapes.ts";

const WARM_UP_SHARE = 0.5; // of a burst

/** One burst and what each process spent on it. */
export interface Spending {
  readonly burst: Burst;
  /** CPU seconds per 1,000 requests. */
  readonly mock: number;
  readonly router: number;
  readonly proxy: number;
  /** The router's PostgreSQL; undefined where it cannot be told. */
  readonly database: number | undefined;
  readonly load: number;
}

async function usagesOf({ usages, mock, router, proxy }: BenchNetwork): Promise<readonly [Usage, Usage, Usage]> {
  return [await usages.of(mock), await usages.of(router), await usages.of(proxy)];
}

/** Asks once as `shape` says, the mock itself or the mock behind router and proxy. */
export async function spend({ network, load }: Site, way: "direct" | "routed", shape: Shape): Promise<Spending> {
  const { question, connections } = shape;
  const requests = shape.requests * (way === "direct" ? shape.directTimes : 1);
  const before = await usagesOf(network);
  const databaseBefore = descendantsCpuSeconds(network.router.pid);
  const burst = await load.run("burst", { target: network[way], question, connections, requests });
  const databaseAfter = descendantsCpuSeconds(network.router.pid);
  const after = await usagesOf(network);
  const thousands = requests / 1_000;
  const spent = (index: 0 | 1 | 2): number => (after[index].cpuSeconds - before[index].cpuSeconds) / thousands;
  return {
    burst,
    mock: spent(0),
    router: spent(1),
    proxy: spent(2),
    database:
      databaseBefore === undefined || databaseAfter === undefined
        ? undefined
        : (databaseAfter - databaseBefore) / thousands,
    load: burst.cpuSeconds / thousands,
  };
}

/** Asks half as often, uncounted: enough for the hot functions to be compiled. */
export async function warmUp(site: Site, way: "direct" | "routed", shape: Shape): Promise<void> {
  await spend(site, way, { ...shape, requests: Math.ceil(shape.requests * WARM_UP_SHARE) });
}
