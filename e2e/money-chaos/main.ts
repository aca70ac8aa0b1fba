// `npm run chaos:money`: many runs of the money path's chaos, by a seed that is printed; `-- --help` says more.
import { parseArgs } from "node:util";
import { systemClock } from "@aimo-network/protocol/clock";
import { systemRandom } from "@aimo-network/protocol/random";
import { startLanes } from "./lanes.ts";
import { planRuns } from "./money-plan.ts";
import { planWords } from "./plan-words.ts";

const HELP = `Usage: npm run chaos:money -- [options]

Kills routers at every step of deposits, settlements and withdrawals, on chains whose nodes fail, and looks after each
run whether ledger and chain agree.

  --runs <count>   how many (200)
  --seed <number>  what they follow from; drawn where none is given, and printed
  --from <number>  the first of them (1): one that failed is done again by --seed, --from and --runs 1
`;
const SEEDS = 1_000_000;

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "200" },
    seed: { type: "string" },
    from: { type: "string", default: "1" },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
const seed = Number.parseInt(values.seed ?? String(Math.floor(systemRandom.fraction() * SEEDS)), 10);
const from = Number.parseInt(values.from, 10);
const runs = Number.parseInt(values.runs, 10);
const plans = planRuns(seed, from + runs - 1).slice(from - 1);
console.log(`${plans.length} runs of seed ${seed}`);

const startMs = systemClock.monotonic();
const counts = new Map<string, number>();
let failed = 0;
const lanes = startLanes(plans);
for (const plan of plans) {
  const words = `${String(plan.number).padStart(4)} ${planWords(plan)}`;
  try {
    const { points, ms } = await lanes.report(plan.number);
    for (const point of points) counts.set(point, (counts.get(point) ?? 0) + 1);
    console.log(`${words} (${Math.round(ms)} ms)`);
  } catch (error) {
    failed += 1;
    console.error(`${words}: FAILED\n${error instanceof Error ? error.message : String(error)}`);
  }
}
await lanes.ended;
for (const [point, count] of [...counts].toSorted(([one], [other]) => (one < other ? -1 : 1)))
  console.log(`${String(count).padStart(4)} ${point}`);
console.log(
  `${plans.length - failed} of ${plans.length} in ${Math.round((systemClock.monotonic() - startMs) / 1000)} s`,
);
process.exit(failed === 0 ? 0 : 1); // whatever the chain's engine still does
