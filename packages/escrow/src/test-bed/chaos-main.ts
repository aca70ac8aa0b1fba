// Sends random instructions to the program for as long as one likes, by a seed that is printed first:
// `node packages/escrow/src/test-bed/chaos-main.ts --instructions 200000 [--seed N [--path P]]`.
import { parseArgs } from "node:util";
import { systemClock } from "@aimo-network/protocol/clock";
import { systemRandom } from "@aimo-network/protocol/random";
import { describeCounterexample, runChaos } from "./chaos.ts";
import { Coverage } from "./escrow-run.ts";
import type { Scenery } from "./escrow-scenery.ts";
import { prepareScenery } from "./escrow-scenery.ts";

const SEEDS = 2 ** 31 - 1;
const PROGRESS_MS = 5_000;

/** Runs chaos as the arguments say and tells of it line by line; whether nothing failed. */
export async function chaosFromArguments(
  scenery: Scenery,
  words: string[],
  tell: (line: string) => void,
): Promise<boolean> {
  const { values } = parseArgs({
    args: words,
    options: {
      instructions: { type: "string", default: "200000" },
      seed: { type: "string" },
      path: { type: "string" },
    },
  });
  const seed = Number(values.seed ?? Math.floor(systemRandom.fraction() * SEEDS));
  const instructions = Number(values.instructions);
  tell(`Seed ${seed}; the same again: --seed ${seed} --instructions ${instructions}`);
  const coverage = new Coverage();
  const startMs = systemClock.monotonic();
  let toldMs = startMs;
  const tellThroughput = (): void => {
    const seconds = (systemClock.monotonic() - startMs) / 1_000;
    const perSecond = Math.round(coverage.instructions / seconds);
    tell(`${coverage.instructions} instructions in ${seconds.toFixed(1)} s, ${perSecond} per second`);
  };
  const counterexample = await runChaos(scenery, { seed, instructions, path: values.path }, coverage, () => {
    if (systemClock.monotonic() - toldMs < PROGRESS_MS) return;
    toldMs = systemClock.monotonic();
    tellThroughput();
  });
  tellThroughput();
  if (counterexample === undefined) {
    for (const [what, count] of coverage.entries())
      if (!what.includes(",")) tell(`${String(count).padStart(8)} ${what}`);
    return true;
  }
  tell(`Again: --seed ${seed} --path ${counterexample.path}`);
  tell(describeCounterexample(counterexample));
  return false;
}

if (import.meta.main) {
  const isGood = await chaosFromArguments(
    await prepareScenery(),
    process.argv.slice(2),
    (line) => void process.stdout.write(`${line}\n`),
  );
  process.exitCode = isGood ? 0 : 1;
}
