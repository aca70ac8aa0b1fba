// The web console that a router serves: the one that its settings name, or the one that it came with.
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ConsoleFault, ConsoleFiles } from "./read-console.ts";
import { readConsole } from "./read-console.ts";

/** Beside the sources it is what a build of the console leaves; in the package it is a folder of its own. */
const OWN_FOLDER = join(import.meta.dirname, "../../../../dashboard/dist");
const NONE = "none";

/** Reads the console; undefined where there is none, which is a fault where its folder was named. */
export function openConsole(
  named: string | undefined,
  own: string = OWN_FOLDER,
): ConsoleFiles | ConsoleFault | undefined {
  if (named === NONE) return undefined;
  if (named === undefined && !existsSync(join(own, "index.html"))) return undefined;
  return readConsole(named ?? own);
}
