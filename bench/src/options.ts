// What a person can ask of the bench on its command line.
import { parseArgs } from "node:util";

/** The command line as read. */
export interface Options {
  readonly rounds: number;
  /** Names of the subjects to measure; none stands for all. */
  readonly only: readonly string[];
  readonly compare: boolean;
  readonly write: boolean;
  readonly soak: boolean;
  readonly cpuProfile: boolean;
  /** Another checkout whose network is measured beside this one's. */
  readonly against: string | undefined;
  /** Whether the ledger is measured with its tables full, too. */
  readonly fullTables: boolean;
  /** Whether only the options are to be printed. */
  readonly help: boolean;
}

const ROUNDS_MAX = 99;

/** Reads a command line; throws, with what was expected, where it does not fit. `subjects` are the names there are. */
export function readOptions(words: readonly string[], subjects: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...words],
    options: {
      rounds: { type: "string", default: "5" },
      only: { type: "string", multiple: true, default: [] },
      compare: { type: "boolean", default: false },
      write: { type: "boolean", default: false },
      soak: { type: "boolean", default: false },
      "cpu-prof": { type: "boolean", default: false },
      against: { type: "string" },
      "full-tables": { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > ROUNDS_MAX) {
    throw new Error(`--rounds: expected a whole number from 1 to ${ROUNDS_MAX}, found ${values.rounds}`);
  }
  const only = values.only.flatMap((names) => names.split(","));
  const unknown = only.find((name) => !subjects.includes(name));
  if (unknown !== undefined) throw new Error(`--only: expected any of ${subjects.join(", ")}, found ${unknown}`);
  const { compare, write, soak, "cpu-prof": cpuProfile, against, "full-tables": fullTables, help } = values;
  if ((soak || cpuProfile || against !== undefined) && (write || compare)) {
    throw new Error(
      "--soak, --cpu-prof, --against: expected neither --write nor --compare, for they make no figures to keep",
    );
  }
  return { rounds, only, compare, write, soak, cpuProfile, against, fullTables, help };
}

/** The options there are, as text for a terminal. */
export function optionsHelp(subjects: readonly string[]): string {
  return `Usage: npm run bench -- [options]

Options:
  --rounds <count>   how often to measure, 1 to ${ROUNDS_MAX} (default: 5)
  --only <subjects>  any of ${subjects.join(", ")}, with commas between
  --compare          fail where ratios are worse than those kept in bench/figures.json
  --write            keep the run in bench/figures.json and bench/README.md
  --soak             many streams: how memory grows
  --cpu-prof         where router and proxy spend their time
  --against <path>   another checkout beside this one: json and streams, or those of them that --only names
  --full-tables      the ledger also with ten million generations, which take minutes to make

bench/README.md says what is measured and how.`;
}
