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
    },
  });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > ROUNDS_MAX) {
    throw new Error(`--rounds: expected a whole number from 1 to ${ROUNDS_MAX}, found ${values.rounds}`);
  }
  const only = values.only.flatMap((names) => names.split(","));
  const unknown = only.find((name) => !subjects.includes(name));
  if (unknown !== undefined) throw new Error(`--only: expected any of ${subjects.join(", ")}, found ${unknown}`);
  if (values.write && only.length > 0) {
    throw new Error("--write: expected no --only, for what is kept is one run of everything");
  }
  const { compare, write, soak, "cpu-prof": cpuProfile } = values;
  if ((soak || cpuProfile) && (write || compare)) {
    throw new Error("--soak, --cpu-prof: expected neither --write nor --compare, for they measure no figures");
  }
  return { rounds, only, compare, write, soak, cpuProfile };
}
