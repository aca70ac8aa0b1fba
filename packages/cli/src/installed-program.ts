// Runs the proxy or the router that is installed on this machine, as a person would type it.
import { spawn } from "node:child_process";
import type { ChildProcess, SpawnOptions } from "node:child_process";
import { accessSync, constants as accesses, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { delimiter, join } from "node:path";
import type { CommandContext } from "./context.ts";
import { CommandFault } from "./fault.ts";

/** A program of ours beside this one. */
export type ProgramName = "aimo-proxy" | "aimo-router";

/** How it is run. */
export interface ProgramOptions {
  /** Variables besides this process's own. */
  readonly environment?: CommandContext["environment"];
  /** The folder it runs in; the command's own without it. */
  readonly folder?: string;
  /** Takes all it prints; without it, it prints and reads where this process does. */
  readonly heard?: (text: string, stream: "output" | "errors") => void;
  /** Ends it when nobody waits for it any more. */
  readonly signal?: AbortSignal;
}

const SIGNAL_BASE = 128; // how shells count an end by a signal

interface Manifest {
  readonly bin?: string | Readonly<Record<string, string>>;
}

/** A package's program, where the package is installed in a folder of packages. */
function programIn(packages: string, name: ProgramName): string | undefined {
  try {
    const { bin } = JSON.parse(readFileSync(join(packages, name, "package.json"), "utf8")) as Manifest;
    const file = typeof bin === "string" ? bin : bin?.[name];
    return file === undefined ? undefined : join(packages, name, file);
  } catch {
    return undefined; // not installed here
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, accesses.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The words that start a program: a package runs by this very Node, a program on the PATH by itself. */
export function findProgram(
  name: ProgramName,
  besides: readonly string[],
  path: string,
): readonly string[] | undefined {
  for (const packages of besides) {
    const file = programIn(packages, name);
    if (file !== undefined) return [process.execPath, file];
  }
  const folders = path.split(delimiter).filter((folder) => folder !== "");
  const file = folders.map((folder) => join(folder, name)).find(isExecutable);
  return file === undefined ? undefined : [file];
}

/** Folders where packages beside this one may be; `import.meta.resolve` would need them to export their files. */
function packageFolders(name: ProgramName): readonly string[] {
  return createRequire(import.meta.url).resolve.paths(name) ?? [];
}

function missing(name: ProgramName): CommandFault {
  return new CommandFault({
    what: `${name} is not installed.`,
    why: "it is neither beside aimo nor on the PATH.",
    next: `npm install -g ${name}`,
    reason: "failed",
    code: "program_missing",
  });
}

/** Resolves with the exit code; 128 and the signal's number where a signal ended it. */
function ended(child: ChildProcess, name: ProgramName): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", (error) => {
      const why = `${error.message}.`;
      reject(new CommandFault({ what: `${name} cannot be started.`, why, reason: "failed" }, { cause: error }));
    });
    child.once("close", (code, signal) =>
      resolve(code ?? SIGNAL_BASE + (signal === null ? 0 : constants.signals[signal])),
    );
  });
}

/** Runs `name` with these words to its end and resolves with its exit code. Throws `CommandFault` where it is missing. */
export async function runInstalledProgram(
  context: CommandContext,
  name: ProgramName,
  words: readonly string[],
  { environment, folder, heard, signal }: ProgramOptions = {},
): Promise<number> {
  const [command, ...first] = findProgram(name, packageFolders(name), context.environment["PATH"] ?? "") ?? [];
  if (command === undefined) throw missing(name);
  const how: SpawnOptions = {
    cwd: folder ?? context.folder,
    env: { ...context.environment, ...environment },
    stdio: heard === undefined ? "inherit" : ["ignore", "pipe", "pipe"],
  };
  const child = spawn(command, [...first, ...words], how);
  child.stdout?.setEncoding("utf8").on("data", (text: string) => heard?.(text, "output"));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => heard?.(text, "errors"));
  // A terminal sends Ctrl-C to the child as well; a script that interrupts this process alone does not.
  const interrupt = (): void => void (context.terminal.isInteractive || child.kill("SIGINT"));
  const end = (): void => void child.kill();
  context.interrupted.addEventListener("abort", interrupt);
  signal?.addEventListener("abort", end);
  if (signal?.aborted === true) end();
  try {
    return await ended(child, name);
  } finally {
    context.interrupted.removeEventListener("abort", interrupt);
    signal?.removeEventListener("abort", end);
  }
}
