// How long the provider guide takes: from an empty folder, with nothing but Node, to money in the wallet.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startLocalnet } from "@aimo-network/localnet/localnet";
import { walkProviderGuide } from "@aimo-network/localnet/test-bed/guide/provider-guide";
import type { WalkedBlock } from "@aimo-network/localnet/test-bed/guide/walk-guide";
import type { BenchCase, BenchTools } from "../bench-case.ts";
import { FRESH_ROUNDS_MAX } from "../bench-case.ts";
import { packInto } from "../installed-cli.ts";
import type { Figure } from "../results/figures.ts";
import { figure } from "../results/figures.ts";

const TABLE = "Seconds for docs/provider-guide.md, followed by a script";
const MS = 1_000;

/** Follows the guide once, on a network of its own. */
async function walkOnce({ clock, environment }: BenchTools, folder: string): Promise<readonly WalkedBlock[]> {
  const [dataDirectory, tarballs, machine] = [join(folder, "network"), join(folder, "packed"), join(folder, "machine")];
  mkdirSync(tarballs);
  await packInto(tarballs, environment);
  const localnet = await startLocalnet(
    { port: 0, dataDirectory, fresh: false, withProvider: true },
    { clock, environment, onLine: () => undefined },
  );
  try {
    return await walkProviderGuide({ localnet, folder: machine, tarballs });
  } finally {
    await localnet.stop();
  }
}

/** Seconds by heading, in the guide's order. */
function secondsByStep(walked: readonly WalkedBlock[]): ReadonlyMap<string, number> {
  const seconds = new Map<string, number>();
  for (const { block, ms } of walked) seconds.set(block.heading, (seconds.get(block.heading) ?? 0) + ms / MS);
  return seconds;
}

async function measure(tools: BenchTools): Promise<Figure[]> {
  const rounds: ReadonlyMap<string, number>[] = [];
  for (let round = 0; round < Math.min(tools.rounds, FRESH_ROUNDS_MAX); round += 1) {
    tools.say(`provider guide, round ${round + 1}`);
    const folder = mkdtempSync(join(tmpdir(), "aimo-bench-guide-"));
    try {
      rounds.push(secondsByStep(await walkOnce(tools, folder)));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  const steps = [...(rounds[0]?.keys() ?? [])];
  const at = (name: string): number[] => rounds.map((seconds) => seconds.get(name) ?? 0);
  const whole = rounds.map((seconds) => [...seconds.values()].reduce((sum, each) => sum + each, 0));
  const about = { table: TABLE, what: "seconds", digits: 1 };
  return [
    ...steps.map((name) => figure({ ...about, case: name }, at(name))),
    figure({ ...about, case: "all of it", atMost: 300 }, whole),
  ];
}

/** The subject. */
export const PROVIDER_GUIDE: BenchCase = { name: "provider-guide", measure };
