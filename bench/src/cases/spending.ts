// One burst of requests, and what every process spent on it.
import type { Child } from "@aimo-network/localnet/child-process";
import type { Site } from "../bench-case.ts";
import { descendantsCpuSeconds } from "../descendants.ts";
import type { Burst } from "../load/burst.ts";
import type { Target } from "../load/request.ts";
import type { BenchNetwork } from "../network.ts";
import type { Usage } from "../usage.ts";
import type { Shape } from "./shapes.ts";

const WARM_UP_SHARE = 0.5; // of a burst

/** One burst and what each process spent on it. */
export interface Spending {
  readonly burst: Burst;
  /** CPU seconds per 1,000 requests. */
  readonly mock: number;
  /** Of the bare relay its front. */
  readonly router: number;
  /** Of the bare relay its back. */
  readonly proxy: number;
  /** The router's PostgreSQL; undefined where it cannot be told. */
  readonly database: number | undefined;
  readonly load: number;
}

/** Asking the mock itself, the mock behind router and proxy, or behind the bare relay. */
export type Way = "direct" | "routed" | "bare";

/** Where a way begins, and the two processes between there and the mock; asked directly, they rest. */
interface Path {
  readonly target: Target;
  readonly hops: readonly [Child, Child];
}

function pathOf({ direct, routed, router, proxy, bare }: BenchNetwork, way: Way): Path {
  if (way !== "bare") return { target: way === "direct" ? direct : routed, hops: [router, proxy] };
  if (bare === undefined) throw new Error("this network was started without a bare relay");
  return { target: bare.target, hops: [bare.front, bare.back] };
}

/** What the mock and the two hops have spent so far. */
async function usagesOf({ usages, mock }: BenchNetwork, [first, second]: Path["hops"]): Promise<[Usage, Usage, Usage]> {
  return [await usages.of(mock), await usages.of(first), await usages.of(second)];
}

/** Asks once as `shape` says. */
export async function spend({ network, load }: Site, way: Way, shape: Shape): Promise<Spending> {
  const { question, connections } = shape;
  const { target, hops } = pathOf(network, way);
  const requests = shape.requests * (way === "direct" ? shape.directTimes : 1);
  const before = await usagesOf(network, hops);
  const databaseBefore = descendantsCpuSeconds(network.router.pid);
  const burst = await load.run("burst", { target, question, connections, requests });
  const databaseAfter = descendantsCpuSeconds(network.router.pid);
  const after = await usagesOf(network, hops);
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
export async function warmUp(site: Site, way: Way, shape: Shape): Promise<void> {
  await spend(site, way, { ...shape, requests: Math.ceil(shape.requests * WARM_UP_SHARE) });
}
