// `npm run chaos:money`: many runs of the money path's chaos, by a seed that is printed.
import { systemClock } from "@aimo-network/protocol/clock";
import { systemRandom } from "@aimo-network/protocol/random";
import { Command, InvalidArgumentError } from "commander";
import { startLanes } from "./lanes.ts";
import { planRuns } from "./money-plan.ts";
import { planWords } from "./plan-words.ts";

const SEEDS = 1_000_000;

function wholeNumber(text: string): number {
  if (/^[0-9]{1,9}$/.test(text)) return Number.parseInt(text, 10);
  throw new InvalidArgumentError("Expected a whole number.");
}

interface Options {
  readonly runs: number;
  readonly seed?: number;
  readonly from: number;
}

const command = new Command("chaos:money")
  .description(
    "Kills routers at every step of deposits, settlements and withdrawals, on a chain whose nodes fail, and looks afterwards whether ledger and chain agree. (npm run chaos does the same to requests and their charges.)",
  )
  .option("--runs <count>", "how many", wholeNumber, 200)
  .option("--seed <number>", "what the runs follow from; drawn and printed where none is given", wholeNumber)
  .option(
    "--from <number>",
    "the first of them: one that failed is done again by --seed, --from and --runs 1",
    wholeNumber,
    1,
  )
  .parse();

const { runs, seed = Math.floor(systemRandom.fraction() * SEEDS), from } = command.opts<Options>();
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
