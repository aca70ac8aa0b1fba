// `npm run bench -- --against <checkout>`: this checkout's network beside another one's, in turn, in one run.
import type { BenchTools, Site } from "./bench-case.ts";
import { onFreshSite } from "./bench-case.ts";
import type { Shape } from "./cases/shapes.ts";
import { SHAPES } from "./cases/shapes.ts";
import type { Spending } from "./cases/spending.ts";
import { spend, warmUp } from "./cases/spending.ts";
import type { Figure } from "./results/figures.ts";
import { figure } from "./results/figures.ts";

const SUBJECTS: readonly string[] = ["json", "streams"]; // what is measured where nothing is named

interface Pair {
  readonly here: Spending;
  readonly there: Spending;
}

/** What router and proxy spent, and the router's PostgreSQL where it can be told and has one. */
function cpuOf({ router, proxy, database = 0 }: Spending): number {
  return router + proxy + database;
}

function figures(row: string, pairs: readonly Pair[]): Figure[] {
  const about = { table: "This checkout beside the other", case: row };
  const perRound = (pick: (pair: Pair) => number): number[] => pairs.map(pick);
  return [
    figure(
      { ...about, what: "other /s", digits: 0 },
      perRound(({ there }) => there.burst.perSecond),
    ),
    figure(
      { ...about, what: "this /s", digits: 0 },
      perRound(({ here }) => here.burst.perSecond),
    ),
    figure(
      { ...about, what: "this / other", digits: 3 },
      perRound(({ here, there }) => here.burst.perSecond / there.burst.perSecond),
    ),
    figure(
      { ...about, what: "added p50 ms", digits: 2 },
      perRound(({ here, there }) => here.burst.whole.p50Ms - there.burst.whole.p50Ms),
    ),
    figure(
      { ...about, what: "added p99 ms", digits: 2 },
      perRound(({ here, there }) => here.burst.whole.p99Ms - there.burst.whole.p99Ms),
    ),
    figure(
      { ...about, what: "other CPU s per 1,000", digits: 3 },
      perRound(({ there }) => cpuOf(there)),
    ),
    figure(
      { ...about, what: "this CPU s per 1,000", digits: 3 },
      perRound(({ here }) => cpuOf(here)),
    ),
    figure(
      { ...about, what: "of it PostgreSQL", digits: 3 },
      perRound(({ here }) => here.database ?? 0),
    ),
  ];
}

async function measureRound(shape: Shape, here: Site, there: Site, isHereFirst: boolean): Promise<Pair> {
  const first = await spend(isHereFirst ? here : there, "routed", shape);
  const second = await spend(isHereFirst ? there : here, "routed", shape);
  return isHereFirst ? { here: first, there: second } : { here: second, there: first };
}

async function measureShape(tools: BenchTools, shape: Shape, here: Site, there: Site): Promise<Figure[]> {
  for (const site of [here, there]) await warmUp(site, "routed", shape);
  const pairs: Pair[] = [];
  for (let round = 0; round < tools.rounds; round += 1) {
    pairs.push(await measureRound(shape, here, there, round % 2 === 0));
  }
  return figures(shape.title, pairs);
}

/** Measures requests through both networks; `only` names subjects with requests. */
export async function measureAgainst(tools: BenchTools, checkout: string, only: readonly string[]): Promise<Figure[]> {
  const chosen = SHAPES.filter(({ name }) => (only.length === 0 ? SUBJECTS : only).includes(name));
  if (chosen.length === 0)
    throw new Error(`--against: expected --only json, streams or prompts, found ${only.join(",")}`);
  return await onFreshSite(
    tools,
    (there) =>
      onFreshSite(tools, async (here) => {
        const measured: Figure[] = [];
        for (const shape of chosen.flatMap(({ shapes }) => shapes)) {
          tools.say(shape.title);
          measured.push(...(await measureShape(tools, shape, here, there)));
        }
        return measured;
      }),
    { checkout },
  );
}
