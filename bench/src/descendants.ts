// CPU time of processes that cannot be asked: all that one has started, such as the router's PostgreSQL with its backends.
import { readdirSync, readFileSync } from "node:fs";
import { platform } from "node:os";

const TICKS_PER_SECOND = 100; // of /proc, on every architecture that Node runs on

interface Entry {
  readonly parent: number;
  /** Its own, and that of children that have ended. */
  readonly seconds: number;
}

/** Reads `/proc/<pid>/stat`; undefined for what is not as it should be, or has just ended. */
export function readStat(text: string): Entry | undefined {
  // Its second field is the program's name in parentheses, which may hold any character.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [parent, ...ticks] = [fields[1], ...fields.slice(11, 15)].map(Number);
  const seconds = ticks.reduce((sum, one) => sum + one, 0) / TICKS_PER_SECOND;
  if (parent === undefined || !Number.isFinite(parent + seconds)) return undefined;
  return { parent, seconds };
}

function readEntry(pid: number): Entry | undefined {
  try {
    return readStat(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ESRCH"))
      return undefined;
    throw error;
  }
}

/** CPU seconds of all that a process has started and its children have, without its own; undefined where there is no /proc. */
export function descendantsCpuSeconds(pid: number): number | undefined {
  if (platform() !== "linux") return undefined;
  const entries = new Map<number, Entry>();
  for (const name of readdirSync("/proc")) {
    const entry = /^\d+$/.test(name) ? readEntry(Number(name)) : undefined;
    if (entry !== undefined) entries.set(Number(name), entry);
  }
  const isBelow = (one: Entry | undefined): boolean =>
    one !== undefined && (one.parent === pid || isBelow(entries.get(one.parent)));
  return [...entries.values()].filter(isBelow).reduce((sum, { seconds }) => sum + seconds, 0);
}
