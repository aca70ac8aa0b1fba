// What one subject of the bench is: a name to ask for it, and how it is measured.
import type { LoadProcess } from "./load-process.ts";
import { startLoadProcess } from "./load-process.ts";
import type { BenchDeps, BenchNetwork, NetworkOptions } from "./network.ts";
import { startBenchNetwork } from "./network.ts";
import type { Figure } from "./results/figures.ts";

/** What a subject is measured with. */
export interface BenchTools extends BenchDeps {
  readonly rounds: number;
  /** Whether the ledger is measured with its tables full, too. */
  readonly fullTables: boolean;
  /** Says how far the measurement has come. */
  say(line: string): void;
}

/** One subject. */
export interface BenchCase {
  /** What `--only` calls it. */
  readonly name: string;
  measure(tools: BenchTools): Promise<Figure[]>;
}

/** Rounds of what is measured on a fresh network each time: memory once grown is used again, and a network takes a while. */
export const FRESH_ROUNDS_MAX = 3;

/** A network with a load generator beside it. */
export interface Site {
  readonly network: BenchNetwork;
  readonly load: LoadProcess;
}

/** Gives `measure` a fresh network and a load generator, and stops both when it is done, however it ends. */
export async function onFreshSite<Outcome>(
  deps: BenchDeps,
  measure: (site: Site) => Promise<Outcome>,
  options?: NetworkOptions,
): Promise<Outcome> {
  const network = await startBenchNetwork(deps, options);
  const load = startLoadProcess();
  try {
    return await measure({ network, load });
  } finally {
    await load.stop();
    await network.stop();
  }
}
