// Small answers, streams and large prompts, directly, through a bare relay, and through router and proxy: rates, times, CPU and memory.
import type { BenchCase, BenchTools, Site } from "../bench-case.ts";
import { onFreshSite } from "../bench-case.ts";
import type { Burst } from "../load/burst.ts";
import type { BenchNetwork } from "../network.ts";
import type { Figure } from "../results/figures.ts";
import { figure } from "../results/figures.ts";
import type { Spread } from "../results/spread.ts";
import type { Shape } from "./shapes.ts";
import { SHAPES } from "./shapes.ts";
import type { Spending, Way } from "./spending.ts";
import { spend, warmUp } from "./spending.ts";

const CPU_RATIO_MAX = 4; // router and proxy together, to the mock alone
const MIB = 1024 * 1024;

/** The bursts of each way, round by round. */
type Measured = Readonly<Record<Way, readonly Spending[]>>;

function requestFigures(row: string, measured: Measured): Figure[] {
  const about = { table: "Requests", case: row };
  const perRound = (pick: (bursts: Readonly<Record<Way, Burst>>) => number): number[] =>
    measured.routed.map((routed, round) =>
      pick({
        routed: routed.burst,
        direct: (measured.direct[round] as Spending).burst,
        bare: (measured.bare[round] as Spending).burst,
      }),
    );
  const columns: readonly [
    Omit<Figure, keyof Spread | "table" | "case">,
    (bursts: Readonly<Record<Way, Burst>>) => number,
  ][] = [
    [{ what: "direct /s", digits: 0 }, ({ direct }) => direct.perSecond],
    [{ what: "bare relay /s", digits: 0 }, ({ bare }) => bare.perSecond],
    [{ what: "routed /s", digits: 0 }, ({ routed }) => routed.perSecond],
    [
      { what: "routed / direct", digits: 3, better: "higher" },
      ({ routed, direct }) => routed.perSecond / direct.perSecond,
    ],
    [{ what: "routed / bare", digits: 3, better: "higher" }, ({ routed, bare }) => routed.perSecond / bare.perSecond],
    [{ what: "added p50 ms", digits: 2 }, ({ routed, direct }) => routed.whole.p50Ms - direct.whole.p50Ms],
    [{ what: "added p99 ms", digits: 2 }, ({ routed, direct }) => routed.whole.p99Ms - direct.whole.p99Ms],
    [
      { what: "added first byte p50 ms", digits: 2 },
      ({ routed, direct }) => routed.firstByte.p50Ms - direct.firstByte.p50Ms,
    ],
  ];
  return columns.map(([what, pick]) => figure({ ...about, ...what }, perRound(pick)));
}

/** PostgreSQL's column; none on a machine that does not tell. */
function databaseFigures(about: Pick<Figure, "table" | "case" | "digits">, routed: readonly Spending[]): Figure[] {
  const database = routed.flatMap((one) => one.database ?? []);
  return database.length < routed.length ? [] : [figure({ ...about, what: "PostgreSQL" }, database)];
}

function spendingFigures(row: string, { direct, bare, routed }: Measured): Figure[] {
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
      { ...about, what: "bare relay" },
      bare.map(({ router, proxy }) => router + proxy),
    ),
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

const WAYS: readonly Way[] = ["direct", "bare", "routed"];

async function measureShape(site: Site, shape: Shape, rounds: number): Promise<Figure[]> {
  const measured: Record<Way, Spending[]> = { direct: [], bare: [], routed: [] };
  for (const way of WAYS) await warmUp(site, way, shape);
  for (let round = 0; round < rounds; round += 1) {
    for (const way of WAYS) measured[way].push(await spend(site, way, shape));
  }
  return [...requestFigures(shape.title, measured), ...spendingFigures(shape.title, measured)];
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
    onFreshSite(
      tools,
      async (site) => {
        const figures: Figure[] = [];
        for (const shape of shapes) {
          tools.say(shape.title);
          figures.push(...(await measureShape(site, shape, tools.rounds)));
        }
        return [...figures, ...(await memoryFigures(name, site.network))];
      },
      { withBareRelay: true },
    ),
}));
