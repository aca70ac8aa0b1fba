// Many random sequences in a row by one seed, and what a person is told where one fails.
import fc from "fast-check";
import { anySequence, runSequence, shrinkSequence } from "./escrow-run.ts";
import type { Coverage, Failure, Sequence } from "./escrow-run.ts";
import type { Scenery } from "./escrow-scenery.ts";

/** How many instructions a sequence sends, about; it is what random makes of it. */
const INSTRUCTIONS_PER_SEQUENCE = 430;

/** Lets the event loop turn: not before does the runtime free the chains of runs that are over. */
function chainsAreFreed(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

/** What to run. */
export interface ChaosPlan {
  readonly seed: number;
  /** About how many instructions to send. */
  readonly instructions: number;
  /** The place of one sequence, to run that one again. */
  readonly path?: string | undefined;
}

/** A failure, where to find it again, and the shortest sequence that fails like it. */
export interface Counterexample {
  readonly seed: number;
  readonly path: string;
  readonly sequence: Sequence;
  readonly failure: Failure;
}

/** Runs what was planned until something fails; `progress` is told after each sequence. */
export async function runChaos(
  scenery: Scenery,
  { seed, instructions, path }: ChaosPlan,
  coverage: Coverage,
  progress: () => void = () => undefined,
): Promise<Counterexample | undefined> {
  let failed: readonly [Sequence, Failure] | undefined;
  const property = fc.asyncProperty(anySequence, async (sequence) => {
    const failure = runSequence(scenery, sequence, coverage);
    progress();
    await chainsAreFreed();
    if (failure !== undefined) failed = [sequence, failure];
    return failure === undefined;
  });
  const numRuns = path === undefined ? Math.ceil(instructions / INSTRUCTIONS_PER_SEQUENCE) : 1;
  const place = path === undefined ? {} : { path };
  const details = await fc.check(property, { seed, numRuns, endOnFailure: true, ...place });
  if (failed === undefined) return undefined;
  const [sequence, failure] = shrinkSequence(scenery, ...failed);
  return { seed, path: details.counterexamplePath ?? "", sequence, failure };
}

/** What a person needs to see a failure again and to understand it. */
export function describeCounterexample({ seed, path, sequence, failure }: Counterexample): string {
  return [
    `AIMO_ESCROW_SEED=${seed} AIMO_ESCROW_PATH=${path} runs it again: ${sequence.steps.length} steps of it do.`,
    failure.error.stack ?? failure.error.message,
    "What happened, the last of it last:",
    ...failure.trace,
  ].join("\n");
}
