// `aimo` run as a person runs it: a process of its own, its output read, its wallet and its memory in a folder of the test.
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { systemClock } from "@aimo-network/protocol/clock";

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

/** What came of it. */
export interface CommandResult {
  /** The exit code; the signal's name where one ended it. */
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts `aimo` with these words; its input stays open where none is given. */
export function startAimo(words: readonly string[], { home, env, folder }: CommandSurroundings): ChildProcess {
  return spawn(process.execPath, ["--disable-warning=ExperimentalWarning", ENTRY, ...words], {
    cwd: folder ?? home,
    env: { PATH: process.env["PATH"] ?? "", HOME: home, AIMO_HOME: join(home, ".config", "aimo"), ...env },
    stdio: "pipe",
  });
}

/** Runs `aimo` to its end. */
export async function aimo(words: readonly string[], surroundings: CommandSurroundings): Promise<CommandResult> {
  const child = startAimo(words, surroundings);
  const late = systemClock.timer(RUN_MS, () => child.kill("SIGKILL"));
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout?.on("data", (piece: Buffer) => stdout.push(piece));
  child.stderr?.on("data", (piece: Buffer) => stderr.push(piece));
  child.stdin?.on("error", () => undefined); // a command that ends without reading what it was given
  child.stdin?.end(surroundings.input ?? "");
  const code = await new Promise<number | string>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status, signal) => resolve(status ?? signal ?? "unknown"));
  });
  late.cancel();
  return { code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() };
}

/** Runs `aimo … --json` and reads what it printed; throws with what it said where it failed. */
export async function aimoJson(words: readonly string[], surroundings: CommandSurroundings): Promise<unknown> {
  const { code, stdout, stderr } = await aimo([...words, "--json"], surroundings);
  if (code !== 0) throw new Error(`aimo ${words.join(" ")} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout);
}
