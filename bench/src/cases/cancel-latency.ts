// How soon a client's leaving reaches the model, directly and through router and proxy.
import type { BenchCase, BenchTools } from "../bench-case.ts";
import { onFreshSite } from "../bench-case.ts";
import type { Times } from "../load/burst.ts";
import type { CancelOrder } from "../load/cancel-latency.ts";
import type { Figure } from "../results/figures.ts";
import { figure } from "../results/figures.ts";

const CLIENTS = 200; // a round
const CANCEL_MS_MAX = 100;
const ways = ["direct", "routed"] as const;

function figures(row: string, direct: readonly Times[], routed: readonly Times[]): Figure[] {
  const about = { table: "Milliseconds from a client's leaving until the model sees it", case: row, digits: 2 };
  return [
    figure(
      { ...about, what: "direct p50" },
      direct.map(({ p50Ms }) => p50Ms),
    ),
    figure(
      { ...about, what: "direct p99" },
      direct.map(({ p99Ms }) => p99Ms),
    ),
    figure(
      { ...about, what: "routed p50" },
      routed.map(({ p50Ms }) => p50Ms),
    ),
    figure(
      { ...about, what: "routed p99", atMost: CANCEL_MS_MAX },
      routed.map(({ p99Ms }) => p99Ms),
    ),
  ];
}

async function measure(tools: BenchTools): Promise<Figure[]> {
  return await onFreshSite(tools, async ({ network, load }) => {
    const measured: Figure[] = [];
    for (const leave of ["after the first token", "before any output"] as const) {
      tools.say(`cancel, client leaves ${leave}`);
      const order = (way: (typeof ways)[number]): CancelOrder => ({
        target: network[way],
        mockPort: network.direct.port,
        leave,
        clients: CLIENTS,
      });
      for (const way of ways) await load.run("cancels", order(way)); // warm-up, not counted
      const times: Record<(typeof ways)[number], Times[]> = { direct: [], routed: [] };
      for (let round = 0; round < tools.rounds; round += 1) {
        for (const way of ways) times[way].push(await load.run("cancels", order(way)));
      }
      measured.push(...figures(`client leaves ${leave}`, times.direct, times.routed));
    }
    return measured;
  });
}

/** The subject `cancel`. */
export const CANCEL_LATENCY: BenchCase = { name: "cancel", measure };
