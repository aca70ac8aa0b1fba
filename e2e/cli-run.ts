// `aimo` run as a person runs it: a process of its own, its output read, its wallet and its memory in a folder of the test.
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { CommandResult } from "./command-result.ts";
import { resultOf } from "./command-result.ts";

const ENTRY = fileURLToPath(new URL("../packages/cli/src/main.ts", import.meta.url));
const RUN_MS = 60_000; // a command that waits for a chain takes seconds; one that hangs fails the test

/** How a command is run. */
export interface CommandSurroundings {
  /** Its home: ~/.config/solana/id.json and ~/.config/aimo are in there, and it runs there. */
  readonly home: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What is typed, or piped, into it. */
  readonly input?: string;
  readonly folder?: string;
}

/** Starts `aimo` with these words; its input stays open where none is given. */
export function startAimo(words: readonly string[], { home, env, folder }: CommandSurroundings): ChildProcess {
  const { PATH = "", NODE_COMPILE_CACHE } = process.env; // the second: half of what a start costs
  return spawn(process.execPath, ["--disable-warning=ExperimentalWarning", ENTRY, ...words], {
    cwd: folder ?? home,
    env: { PATH, NODE_COMPILE_CACHE, HOME: home, AIMO_HOME: join(home, ".config", "aimo"), ...env },
    stdio: "pipe",
  });
}

/** Runs `aimo` to its end. */
export async function aimo(words: readonly string[], surroundings: CommandSurroundings): Promise<CommandResult> {
  const child = startAimo(words, surroundings);
  child.stdin?.on("error", () => undefined); // a command that ends without reading what it was given
  child.stdin?.end(surroundings.input ?? "");
  return await resultOf(child, RUN_MS);
}

/** Runs `aimo … --json` and reads what it printed; throws with what it said where it failed. */
export async function aimoJson(words: readonly string[], surroundings: CommandSurroundings): Promise<unknown> {
  const { code, stdout, stderr } = await aimo([...words, "--json"], surroundings);
  if (code !== 0) throw new Error(`aimo ${words.join(" ")} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout);
}
