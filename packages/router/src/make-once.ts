// Files that a router makes once and keeps: its identity, the wallet that pays for inspection.
import { linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

/** Makes the file in one step, whole or not at all: a router that starts at the same moment reads the one that came first. */
function make(directory: string, name: string, text: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const drafts = mkdtempSync(join(directory, `.${name}-`));
  try {
    const draft = join(drafts, name);
    writeFileSync(draft, text, { mode: 0o600, flush: true });
    linkSync(draft, join(directory, name));
  } catch (error) {
    if (!isCode(error, "EEXIST")) throw error;
  } finally {
    rmSync(drafts, { recursive: true });
  }
}

/** The text of a file in `directory`; where there is none, that of the one that is made of `newText`, readable by its owner alone. */
export function readOrMake(directory: string, name: string, newText: () => string): string {
  const path = join(directory, name);
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (!isCode(error, "ENOENT")) throw error;
  }
  make(directory, name, newText());
  return readFileSync(path, "utf8");
}
