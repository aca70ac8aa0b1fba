// Small answers, streams and large prompts, directly and through router and proxy: rates, times, CPU and memory.
import type { BenchCase, BenchTools, Site } from "../bench-case.ts";
import { onFreshSite } from "../bench-case.ts";
import type { Burst } from "../load/burst.ts";
import type { Question } from "../load/request.ts";
import type { BenchNetwork } from "../network.ts";
import type { Figure } from "../results/figures.ts";
import { figure } from "../results/figures.ts";
import type { Usage } from "../usage.ts";

/** One way of asking. */
export interface Shape {
  readonly title: string;
  readonly question: Question;
  readonly connections: number;
  /** Of a burst through router and proxy; a direct one has so many times more, to last about as long. */
  readonly requests: number;
  readonly directTimes: number;
}

/** One burst and what each process spent on it. */
interface Spending {
  readonly burst: Burst;
  /** CPU seconds per 1,000 requests. */
  readonly mock: number;
  readonly router: number;
  readonly proxy: number;
  readonly load: number;
}

const CPU_RATIO_MAX = 4; // router and proxy together, to the mock alone
const WARM_UP_SHARE = 0.5; // of a burst, uncounted: enough for the hot functions to be compiled
const MIB = 1024 * 1024;

const json = { kind: "json", stream: false } as const;
const stream = { kind: "stream", stream: true } as const;
const PROMPT_CHARS = 100 * 1024;

const SUBJECTS: readonly { readonly name: string; readonly shapes: readonly Shape[] }[] = [
  {
    name: "json",
    shapes: [
      { title: "JSON, 1 connection", question: json, connections: 1, requests: 2_000, directTimes: 5 },
      { title: "JSON, 16 connections", question: json, connections: 16, requests: 6_000, directTimes: 5 },
      { title: "JSON, 64 connections", question: json, connections: 64, requests: 8_000, directTimes: 5 },
    ],
  },
  {
    name: "streams",
    shapes: [
      { title: "streams, 1 connection", question: stream, connections: 1, requests: 1_000, directTimes: 2 },
      { title: "streams, 16 connections", question: stream, connections: 16, requests: 3_000, directTimes: 2 },
      { title: "streams, 64 connections", question: stream, connections: 64, requests: 3_000, directTimes: 2 },
    ],
  },
  {
    name: "prompts",
    shapes: [
      {
        title: "JSON, 100 KB prompt, 16 connections",
        question: { ...json, promptChars: PROMPT_CHARS },
        connections: 16,
        requests: 1_500,
        directTimes: 3,
      },
      {
        title: "streams, 100 KB prompt, 16 connections",
        question: { ...stream, promptChars: PROMPT_CHARS },
        connections: 16,
        requests: 1_000,
        directTimes: 2,
      },
    ],
  },
];

async function usagesOf({ usages, mock, router, proxy }: BenchNetwork): Promise<readonly [Usage, Usage, Usage]> {
  return [await usages.of(mock), await usages.of(router), await usages.of(proxy)];
}

async function spend({ network, load }: Site, way: "direct" | "routed", shape: Shape): Promise<Spending> {
  const { question, connections } = shape;
  const requests = shape.requests * (way === "direct" ? shape.directTimes : 1);
  const before = await usagesOf(network);
  const burst = await load.run("burst", { target: network[way], question, connections, requests });
  const after = await usagesOf(network);
  const thousands = requests / 1_000;
  const spent = (index: 0 | 1 | 2): number => (after[index].cpuSeconds - before[index].cpuSeconds) / thousands;
  return { burst, mock: spent(0), router: spent(1), proxy: spent(2), load: burst.cpuSeconds / thousands };
}

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
  const warmUp = { ...shape, requests: Math.ceil(shape.requests * WARM_UP_SHARE) };
  for (const way of ["direct", "routed"] as const) await spend(site, way, warmUp);
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

/** The shape of a subject that is profiled: the one with 16 connections. */
export function shapeToProfile(subject: string): Shape | undefined {
  return SUBJECTS.find(({ name }) => name === subject)?.shapes.find(({ connections }) => connections === 16);
}

/** The subjects `json`, `streams` and `prompts`. */
export const JSON_AND_STREAMS: readonly BenchCase[] = SUBJECTS.map(({ name, shapes }) => ({
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
