// Writes the files of a new proxy: none that is there is replaced unasked, and keys are for their owner's eyes alone.
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CommandFault } from "../fault.ts";

/** Where each file goes. */
export interface InitFiles {
  readonly config: string;
  readonly compose: string;
  readonly variables: string;
}

/** The names in a folder. */
export function initFiles(folder: string): InitFiles {
  return {
    config: join(folder, "config.toml"),
    compose: join(folder, "compose.yaml"),
    variables: join(folder, ".env"),
  };
}

/** Throws `CommandFault` where a file is there already; asked before anything else, so that no question is in vain. */
export function refuseExisting(files: InitFiles): void {
  const there = Object.values(files).filter((file: string) => existsSync(file));
  if (there.length === 0) return;
  throw new CommandFault({
    what: `${there.join(" and ")} ${there.length === 1 ? "is" : "are"} there already, and nothing was changed.`,
    next: "Name another --folder, or replace them with --force.",
    reason: "usage",
    code: "file_exists",
  });
}

const ONLY_OWNER = 0o600;
const READABLE = 0o644; // a container reads the config as another user; it holds no key

function writeWhole(file: string, text: string, mode: number, isForced: boolean): void {
  if (!isForced) {
    writeFileSync(file, text, { mode, flag: "wx" });
    return;
  }
  const draft = `${file}.${process.pid}`; // a file that is there would keep its own mode
  try {
    writeFileSync(draft, text, { mode, flag: "wx" });
    renameSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Writes all files, the keys first: a config without its keys would be no use. */
export function writeInitFiles(
  files: InitFiles,
  folder: string,
  texts: Readonly<Record<keyof InitFiles, string>>,
  isForced: boolean,
): void {
  try {
    mkdirSync(folder, { recursive: true });
    writeWhole(files.variables, texts.variables, ONLY_OWNER, isForced);
    writeWhole(files.config, texts.config, READABLE, isForced);
    writeWhole(files.compose, texts.compose, READABLE, isForced);
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    throw new CommandFault(
      {
        what: `The files in ${folder} cannot be written.`,
        why: `the system says ${String(error.code)}.`,
        next: "Check the folder, or name another with --folder.",
        reason: "failed",
      },
      { cause: error },
    );
  }
}
