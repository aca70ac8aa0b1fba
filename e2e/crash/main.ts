// `npm run chaos`: many crashes in a row, by a seed that is printed: `npm run chaos -- --runs 500 --seed 7`.
import { parseArgs } from "node:util";
import { systemClock } from "@aimo-network/protocol/clock";
import { systemRandom } from "@aimo-network/protocol/random";
import { createAnswerJudge } from "./answer-rules.ts";
import { startCrashNetwork } from "./crash-network.ts";
import { planRuns } from "./crash-plan.ts";
import { crashRun } from "./crash-run.ts";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "500" },
    seed: { type: "string" },
    from: { type: "string", default: "1" },
  },
});
const seed = Number.parseInt(values.seed ?? String(Math.floor(systemRandom.fraction() * 1_000_000)), 10);
const last = Number.parseInt(values.from, 10) + Number.parseInt(values.runs, 10) - 1;
const plans = planRuns(seed, last).slice(Number.parseInt(values.from, 10) - 1);
console.log(
  `${plans.length} crashes of seed ${seed}; one again: npm run chaos -- --seed ${seed} --from <number> --runs 1`,
);

const network = await startCrashNetwork();
const judge = createAnswerJudge(network);
const counts = new Map<string, number>();
try {
  for (const plan of plans) {
    const startMs = systemClock.monotonic();
    const { fates } = await crashRun(network, judge, plan);
    for (const fate of fates) counts.set(fate, (counts.get(fate) ?? 0) + 1);
    const ms = Math.round(systemClock.monotonic() - startMs);
    console.log(`${String(plan.number).padStart(4)} ${plan.victim} at ${plan.point}: ${fates.join(", ")} (${ms} ms)`);
  }
  console.log(`check-ledger ends with ${await network.checkLedger()}`);
  console.log([...counts].map(([fate, count]) => `${count} ${fate}`).join(", "));
} finally {
  await network.stop();
}
