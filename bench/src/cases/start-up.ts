// How long the installed command line takes to start, in units of a Node that does nothing.
import { spawnSync } from "node:child_process";
import type { BenchCase, BenchTools } from "../bench-case.ts";
import { onFreshSite } from "../bench-case.ts";
import type { InstalledCli } from "../installed-cli.ts";
import { installCli } from "../installed-cli.ts";
import type { Figure } from "../results/figures.ts";
import { figure } from "../results/figures.ts";
import { spreadOf } from "../results/spread.ts";

const STARTS = 11; // of each in a round, in turn, so that a busy second is everybody's
const TABLE = "Start-up of the installed `aimo`";

interface Started {
  readonly name: string;
  readonly words: readonly string[];
  /** How often it may take as long as Node alone. */
  readonly atMost?: number;
}

/** Milliseconds from the start of a process to its end. */
function startOnce({ clock, environment }: BenchTools, { home }: InstalledCli, words: readonly string[]): number {
  const env = { PATH: environment["PATH"], HOME: home, AIMO_HOME: home };
  const begunMs = clock.monotonic();
  const { status, stderr } = spawnSync(process.execPath, words, { env, cwd: home, encoding: "utf8" });
  const tookMs = clock.monotonic() - begunMs;
  if (status !== 0) throw new Error(`${words.join(" ")} ended with ${status}: ${stderr}`);
  return tookMs;
}

/** The median milliseconds of each. */
function measureRound(tools: BenchTools, cli: InstalledCli, programs: readonly Started[]): number[] {
  const taken = programs.map((): number[] => []);
  for (let start = 0; start < STARTS; start += 1) {
    for (const [index, { words }] of programs.entries()) taken[index]?.push(startOnce(tools, cli, words));
  }
  return taken.map((times) => spreadOf(times).median);
}

function figuresOf(programs: readonly Started[], rounds: readonly (readonly number[])[]): Figure[] {
  return programs.flatMap(({ name, atMost }, index) => {
    const at = (round: readonly number[]): number => round[index] ?? Number.NaN;
    const about = { table: TABLE, case: name };
    const times = figure({ ...about, what: "ms", digits: 0 }, rounds.map(at));
    if (atMost === undefined) return [times];
    const ratios = rounds.map((round) => at(round) / (round[0] ?? Number.NaN));
    return [times, figure({ ...about, what: "/ node", digits: 2, better: "lower", atMost }, ratios)];
  });
}

async function measure(tools: BenchTools): Promise<Figure[]> {
  tools.say("packing and installing aimo");
  const cli = await installCli(tools.environment);
  try {
    return await onFreshSite(tools, ({ network }) => {
      const programs: readonly Started[] = [
        { name: "`node -e 0`", words: ["-e", "0"] },
        { name: "`aimo --help`", words: [cli.file, "--help"], atMost: 3 },
        { name: "`aimo models`", words: [cli.file, "models", "--router", network.routerUrl], atMost: 6 },
      ];
      tools.say("starting aimo");
      measureRound(tools, cli, programs); // the first one fills the disk's cache
      const rounds = Array.from({ length: tools.rounds }, () => measureRound(tools, cli, programs));
      return Promise.resolve(figuresOf(programs, rounds));
    });
  } finally {
    cli.remove();
  }
}

/** The subject. */
export const START_UP: BenchCase = { name: "start-up", measure };
