// `npm run bench -- --cpu-prof --only json`: where router and proxy spend their time on one kind of request.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BenchTools } from "./bench-case.ts";
import { onFreshSite } from "./bench-case.ts";
import type { Shape } from "./cases/shapes.ts";
import type { CpuProfile } from "./results/self-times.ts";
import { selfTimes } from "./results/self-times.ts";

const FUNCTIONS_SHOWN = 25;
const BURSTS = 4; // so that the start of the processes is a small part of their time

function topFunctions(directory: string, pid: number): string[] {
  const file = readdirSync(directory).find((name) => name.split(".").includes(String(pid)));
  if (file === undefined) throw new Error(`process ${pid} left no profile`);
  return selfTimes(JSON.parse(readFileSync(join(directory, file), "utf8")) as CpuProfile)
    .slice(0, FUNCTIONS_SHOWN)
    .map(({ where, share }) => `${(share * 100).toFixed(1).padStart(5)} %  ${where}`);
}

/** Profiles requests of one shape; resolves with the lines to print. */
export async function profile(tools: BenchTools, shape: Shape): Promise<string[]> {
  const directory = mkdtempSync(join(tmpdir(), "aimo-profile-"));
  try {
    const { question, connections, requests } = shape;
    const pids = await onFreshSite(
      tools,
      async ({ network, load }) => {
        await load.run("burst", { target: network.routed, question, connections, requests: requests * BURSTS });
        return { router: network.router.pid, proxy: network.proxy.pid };
      },
      { nodeOptions: ["--cpu-prof", `--cpu-prof-dir=${directory}`] },
    );
    return Object.entries(pids).flatMap(([name, pid]) => [
      `\n${shape.title}, ${name}: own time of its functions, without idle time`,
      ...topFunctions(directory, pid),
    ]);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
