// Packages as somebody has them who installed them: npm, a Node of their own, an empty folder, nothing of this repository.
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { npmSettings } from "@aimo-network/localnet/test-bed/guide/npm-settings";
import type { CommandResult } from "./command-result.ts";
import { resultOf } from "./command-result.ts";

const COMMAND_MS_MAX = 180_000; // npm downloads a hundred packages at its first time

/** How a program is run there. */
export interface RunOptions {
  readonly folder: string;
  /** The folder of the Node that is found first. */
  readonly nodeFolder: string;
  readonly environment?: Readonly<Record<string, string>>;
}

function environmentOf({ folder, nodeFolder, environment }: RunOptions): NodeJS.ProcessEnv {
  return {
    ...npmSettings(process.env),
    PATH: [nodeFolder, process.env["PATH"] ?? ""].join(delimiter),
    HOME: folder,
    ...environment,
  };
}

/** Starts a program that is found on the PATH, or by its path. */
export function startProgram(command: string, words: readonly string[], options: RunOptions): ChildProcess {
  return spawn(command, words, { cwd: options.folder, env: environmentOf(options), stdio: "pipe" });
}

/** Runs a program to its end. */
export async function runProgram(
  command: string,
  words: readonly string[],
  options: RunOptions,
): Promise<CommandResult> {
  const child = startProgram(command, words, options);
  child.stdin?.end();
  return await resultOf(child, COMMAND_MS_MAX);
}

/** What `read` makes of the first line it knows; rejects with all lines where the program ends before. */
export function lineOf<Found>(child: ChildProcess, read: (line: string) => Found | undefined): Promise<Found> {
  return new Promise((resolve, reject) => {
    const lines: string[] = [];
    for (const output of [child.stdout, child.stderr]) {
      if (output === null) continue;
      createInterface({ input: output }).on("line", (line) => {
        lines.push(line);
        const found = read(line);
        if (found !== undefined) resolve(found);
      });
    }
    child.once("error", reject);
    child.once("close", (code, signal) => reject(new Error(`ended with ${code ?? signal}:\n${lines.join("\n")}`)));
  });
}

/** Ends a program and waits for its end. */
export async function endProgram(child: ChildProcess): Promise<number | string> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode ?? child.signalCode ?? "unknown";
  const ended = new Promise<number | string>((resolve) => {
    child.once("close", (code, signal) => resolve(code ?? signal ?? "unknown"));
  });
  child.kill("SIGTERM");
  return await ended;
}

async function npm(words: readonly string[], options: RunOptions): Promise<void> {
  const { code, stderr } = await runProgram("npm", words, options);
  if (code !== 0) throw new Error(`npm ${words.join(" ")} ended with ${code}:\n${stderr}`);
}

/** Installs one version of Node in `folder`, and gives the folder of its program. */
export async function installNode(folder: string, version: string): Promise<string> {
  const name = `node-${process.platform}-${process.arch}`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{"private":true}\n');
  await npm(["install", `${name}@${version}`], { folder, nodeFolder: dirname(process.execPath) });
  return join(folder, "node_modules", name, "bin");
}

/** Installs tarballs in an empty folder, as `npm install <tarball>` does. */
export async function installTarballs(folder: string, nodeFolder: string, tarballs: readonly string[]): Promise<void> {
  mkdirSync(folder, { recursive: true });
  if (readdirSync(folder).length > 0) throw new Error(`${folder} is not empty`);
  await npm(["install", "--engine-strict", ...tarballs], { folder, nodeFolder });
}

/** Bytes of all files below a folder. */
export function bytesBelow(folder: string): number {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
