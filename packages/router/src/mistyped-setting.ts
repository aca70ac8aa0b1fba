// Variables that look like settings and are none: a typing error is told, another program's variable is left alone.
import { closest, distance } from "fastest-levenshtein";

const STEPS_MAX = 2; // letters that are wrong in a typing error
/** Variables of `aimo`, which an operator's shell may have, where they are near to a router's. */
const OTHER_PROGRAMS = new Set(["AIMO_HOME"]);

/** What is told of a variable that is near to one of the settings and is none of them; undefined for all others. */
export function mistypedSetting(name: string, settings: readonly string[]): string | undefined {
  if (!name.startsWith("AIMO_") || settings.includes(name) || OTHER_PROGRAMS.has(name)) return undefined;
  const near = closest(name, [...settings]);
  return distance(name, near) <= STEPS_MAX ? `${name}: no such setting. Did you mean ${near}?` : undefined;
}
