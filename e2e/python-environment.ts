// A Python with OpenAI's client: found, made once, and kept for later runs.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Python as this machine has it, or why a test must do without: `skip` fits the option of `node:test`. */
export type Python =
  | { readonly version: string; readonly skip: false }
  | { readonly version?: never; readonly skip: string };

const COMMAND = "python3";
// OpenAI's client wants 3.10; a bare Debian has no ensurepip, without which a virtual environment has no pip.
const PROBE = "import ensurepip, sys, venv; assert sys.version_info >= (3, 10); print(sys.version)";
const CACHE = join(import.meta.dirname, "..", "node_modules", ".cache");

function runOrThrow(command: string, given: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, given, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${given.join(" ")} failed: ${error?.message ?? stderr}`);
  return stdout;
}

/**
 * Looks for a Python that can make virtual environments. Where there is none the test is skipped with a reason the runner
 * prints; in CI (`CI=true`) that throws.
 */
export function findPython(environment: Readonly<Record<string, string | undefined>>, command = COMMAND): Python {
  try {
    return { version: runOrThrow(command, ["-c", PROBE]), skip: false };
  } catch (cause) {
    const absence = `${command} 3.10 or newer with venv is not here (on Debian: apt-get install python3 python3-venv)`;
    if (environment["CI"] === "true")
      throw new Error(`${absence}, and CI must test OpenAI's client for it.`, { cause });
    return { skip: `${absence}: OpenAI's client for Python was not tested` };
  }
}

/** Makes a virtual environment with what the file of requirements names, or finds it made, and gives its Python. */
export function preparePython({ version }: Python, requirementsFile: string): string {
  const key = createHash("sha256")
    .update(`${version}\n${readFileSync(requirementsFile, "utf8")}`)
    .digest("hex");
  const home = join(CACHE, `openai-python-${key.slice(0, 16)}`);
  const python = join(home, "bin", "python");
  const mark = join(home, "complete"); // written last: without it an earlier making was broken off
  if (!existsSync(mark)) {
    runOrThrow(COMMAND, ["-m", "venv", "--clear", home]);
    runOrThrow(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirementsFile]);
    writeFileSync(mark, "");
  }
  return python;
}
