// Small answers, streams and large prompts, directly and through router and proxy: rates, times, CPU and memory.
import type { BenchCase, BenchTools, Site } from "../bench-case.ts";
import { onFreshSite } from "../bench-case.ts";
import type { Burst } from "../load/burst.ts";
import type { BenchNetwork } from "../network.ts";
import type { Figure } from "../results/figures.ts";
import { figure } from "../results/figures.ts";
import type { Shape } from "./shapes.ts";
import { SHAPES } from "./shapes.ts";
import type { Spending } from "./spending.ts";
import { spend, warmUp } from "./spending.ts";

const CPU_RATIO_MAX = 4; // router and proxy together, to the mock alone
const MIB = 1024 * 1024;

function requestFigures(row: string, direct: readonly Spending[], routed: readonly Spending[]): Figure[] {
  const about = { table: "Requests", case: row };
  const perRound = (pick: (routed: Burst, direct: Burst) => number): number[] =>
    routed.map((one, round) => pick(one.burst, (direct[round] as Spending).burst));
  return [
    figure(
      { ...about, what: "direct /s", digits: 0 },
      perRound((_, own) => own.perSecond),
    ),
    figure(
      { ...about, what: "routed /s", digits: 0 },
      perRound((one) => one.perSecond),
    ),
    figure(
      { ...about, what: "routed / direct", digits: 3, better: "higher" },
      perRound((one, own) => one.perSecond / own.perSecond),
    ),
    figure(
      { ...about, what: "added p50 ms", digits: 2 },
      perRound((one, own) => one.whole.p50Ms - own.whole.p50Ms),
    ),
    figure(
      { ...about, what: "added p99 ms", digits: 2 },
      perRound((one, own) => one.whole.p99Ms - own.whole.p99Ms),
    ),
    figure(
      { ...about, what: "added first byte p50 ms", digits: 2 },
      perRound((one, own) => one.firstByte.p50Ms - own.firstByte.p50Ms),
    ),
  ];
}

/** PostgreSQL's column; none on a machine that does not tell. */
function databaseFigures(about: Pick<Figure, "table" | "case" | "digits">, routed: readonly Spending[]): Figure[] {
  const database = routed.flatMap((one) => one.database ?? []);
  return database.length < routed.length ? [] : [figure({ ...about, what: "PostgreSQL" }, database)];
}

function spendingFigures(row: string, direct: readonly Spending[], routed: readonly Spending[]): Figure[] {
  const about = { table: "CPU seconds per 1,000 requests", case: row, digits: 3 };
  const ratios = routed.map((one, round) => (one.router + one.proxy) / (direct[round] as Spending).mock);
  return [
    figure(
      { ...about, what: "mock, direct" },
      direct.map(({ mock }) => mock),
    ),
    figure(
      { ...about, what: "mock, behind" },
      routed.map(({ mock }) => mock),
    ),
    figure(
      { ...about, what: "router" },
      routed.map(({ router }) => router),
    ),
    figure(
      { ...about, what: "proxy" },
      routed.map(({ proxy }) => proxy),
    ),
    ...databaseFigures(about, routed),
    figure(
      { ...about, what: "load, direct" },
      direct.map(({ load }) => load),
    ),
    figure(
      { ...about, what: "load, routed" },
      routed.map(({ load }) => load),
    ),
    figure({ ...about, what: "(router + proxy) / mock", digits: 2, better: "lower", atMost: CPU_RATIO_MAX }, ratios),
  ];
}

async function measureShape(site: Site, shape: Shape, rounds: number): Promise<Figure[]> {
  for (const way of ["direct", "routed"] as const) await warmUp(site, way, shape);
  const direct: Spending[] = [];
  const routed: Spending[] = [];
  for (let round = 0; round < rounds; round += 1) {
    direct.push(await spend(site, "direct", shape));
    routed.push(await spend(site, "routed", shape));
  }
  return [...requestFigures(shape.title, direct, routed), ...spendingFigures(shape.title, direct, routed)];
}

async function memoryFigures(row: string, { usages, router, proxy }: BenchNetwork): Promise<Figure[]> {
  const about = { table: "Resident memory after the requests", case: row, digits: 0 };
  return [
    figure({ ...about, what: "router MiB" }, [(await usages.of(router)).rssBytes / MIB]),
    figure({ ...about, what: "proxy MiB" }, [(await usages.of(proxy)).rssBytes / MIB]),
  ];
}

/** The subjects `json`, `streams` and `prompts`. */
export const JSON_AND_STREAMS: readonly BenchCase[] = SHAPES.map(({ name, shapes }) => ({
  name,
  measure: (tools: BenchTools) =>
    onFreshSite(tools, async (site) => {
      const figures: Figure[] = [];
      for (const shape of shapes) {
        tools.say(shape.title);
        figures.push(...(await measureShape(site, shape, tools.rounds)));
      }
      return [...figures, ...(await memoryFigures(name, site.network))];
    }),
}));
