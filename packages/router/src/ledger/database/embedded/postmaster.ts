// One PostgreSQL server on one data directory: made at its first use, started, stopped.
import type { ChildProcess } from "node:child_process";
import { spawn, spawnSync } from "node:child_process";
import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
} from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Clock } from "@aimo-network/protocol/clock";
import { sleep } from "@aimo-network/protocol/clock";
import type { PostgresHome } from "./postgres-home.ts";

const LOOK_MS = 10; // between two looks whether it has started or ended
const READY_MS_MAX = 60_000; // for the recovery after a crash
const STOP_SIGNALS = [
  ["SIGINT", 15_000], // for the last checkpoint
  ["SIGQUIT", 5_000],
  ["SIGKILL", 5_000],
] as const;
const LAST_LINES_MS = 200; // what was written just before the end is read in less
const LINES_KEPT = 20; // of what it said, to explain why it did not start

/** A server that runs. */
export interface Postmaster {
  /** Settles when it has ended, asked to or not. */
  readonly ended: Promise<void>;
  /** Ends all its transactions and the server itself. */
  stop(): Promise<void>;
}

/** What happens to lines PostgreSQL writes. */
export type LineListener = (line: string) => void;

// Node adds its own environment to a child's otherwise, and PostgreSQL reads some of it.
const ENVIRONMENT = { ["LC_ALL"]: "C", ["TZ"]: "UTC" };

function start(home: PostgresHome, program: string, settings: readonly string[], said: LineListener): ChildProcess {
  const child = spawn(program, settings, {
    ...home.user,
    cwd: "/",
    env: ENVIRONMENT,
    stdio: ["ignore", "ignore", "pipe"],
  });
  if (child.stderr !== null) createInterface({ input: child.stderr }).on("line", said);
  return child;
}

/** How a process ended; rejects when it could not be started. */
function ending(child: ChildProcess): Promise<number | NodeJS.Signals | null> {
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => resolve(code ?? signal));
  });
}

/** Waits until everything a process wrote has been read, which may be a moment after its end; not for its orphans. */
async function heard(clock: Clock, child: ChildProcess): Promise<void> {
  await Promise.race([new Promise((resolve) => child.on("close", resolve)), sleep(clock, LAST_LINES_MS)]);
}

/** Makes the data directory where there is none; one whose making was interrupted is begun again. */
export async function initialise(clock: Clock, home: PostgresHome, isDurable: boolean): Promise<void> {
  if (existsSync(home.dataDirectory)) return;
  // A folder of its own around the draft: its owner may make nothing else in the home.
  const frame = `${home.dataDirectory}.new`;
  const draft = join(frame, "data");
  rmSync(frame, { recursive: true, force: true });
  mkdirSync(frame, { mode: 0o700 });
  if (home.user !== undefined) chownSync(frame, home.user.uid, home.user.gid);
  const lines: string[] = [];
  const options = ["--username=aimo", "--auth-local=trust", "--auth-host=reject", "--encoding=UTF8", "--locale=C"];
  const more = isDurable ? [] : ["--no-sync"];
  const child = start(home, home.binaries.initdb, ["-D", draft, ...options, ...more, "--no-instructions"], (line) =>
    lines.push(line),
  );
  const code = await ending(child);
  if (code !== 0) await heard(clock, child);
  if (code !== 0) throw new Error(`initdb ended with ${code}: ${lines.join(" ")}`);
  renameSync(draft, home.dataDirectory);
  rmSync(frame, { recursive: true });
}

function postmasterFile(home: PostgresHome): readonly string[] {
  const path = join(home.dataDirectory, "postmaster.pid");
  return existsSync(path) ? readFileSync(path, "utf8").split("\n") : [];
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

/** Sends a signal, or none for 0; false where there is no such process. */
function signalProcess(processId: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(processId, signal);
  } catch (error) {
    if (isCode(error, "ESRCH")) return false;
    if (isCode(error, "EPERM") && signal === 0) return true;
    throw error;
  }
}

/** The folder a process works in; undefined where there is no such process, or it is somebody else's. */
function folderOf(processId: number): string | undefined {
  try {
    return readlinkSync(`/proc/${processId}/cwd`);
  } catch (error) {
    if (["ENOENT", "EACCES", "ESRCH"].some((code) => isCode(error, code))) return undefined;
    throw error;
  }
}

/** Whether a process is a server on this data directory: numbers come to mean other programs. */
function servesHome(processId: number, { dataDirectory }: PostgresHome): boolean {
  // A dead process that nobody has waited for works in no folder, and is not counted.
  if (process.platform === "linux") return folderOf(processId) === realpathSync(dataDirectory);
  const { stdout } = spawnSync("ps", ["-p", String(processId), "-o", "command="], { encoding: "utf8" });
  return stdout.includes(dataDirectory);
}

/** Sends the signal for a fast stop, then the one for an immediate stop, then the one nothing survives. */
async function stopProcess(clock: Clock, processId: number, isGone: () => boolean): Promise<void> {
  for (const [signal, patienceMs] of STOP_SIGNALS) {
    if (isGone()) return;
    signalProcess(processId, signal);
    const startMs = clock.monotonic();
    while (!isGone() && clock.monotonic() - startMs < patienceMs) await sleep(clock, LOOK_MS);
  }
}

/**
 * Stops a server that a dead keeper left behind. Where the number in its file has come to mean another program the file
 * is cleared away, since PostgreSQL would refuse to start over it.
 */
export async function stopOrphan(clock: Clock, home: PostgresHome): Promise<void> {
  const processId = Number.parseInt(postmasterFile(home)[0] ?? "", 10);
  if (!(processId > 0) || !signalProcess(processId, 0)) return;
  if (servesHome(processId, home)) await stopProcess(clock, processId, () => !servesHome(processId, home));
  else rmSync(join(home.dataDirectory, "postmaster.pid"), { force: true });
}

/** Starts the server and waits until it takes connections; throws with what it said when it does not. */
export async function startPostmaster(
  clock: Clock,
  home: PostgresHome,
  settings: Readonly<Record<string, string>>,
  said: LineListener,
): Promise<Postmaster> {
  const lines: string[] = [];
  const options = Object.entries({ ...settings, unix_socket_directories: home.socketDirectory });
  const listed = options.flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const child = start(home, home.binaries.postgres, ["-D", home.dataDirectory, ...listed], (line) => {
    lines.splice(0, Math.max(0, lines.length - LINES_KEPT + 1));
    lines.push(line);
    said(line);
  });
  let hasEnded = false;
  const end = (line?: string): void => {
    hasEnded = true;
    if (line !== undefined) lines.push(line);
  };
  const ended = ending(child).then(
    () => end(),
    (error: unknown) => end((error as Error).message),
  );
  const isReady = (): boolean => {
    const file = postmasterFile(home);
    return file[0] === String(child.pid) && file[7]?.trim() === "ready";
  };
  const stop = async (): Promise<void> => {
    if (child.pid !== undefined) await stopProcess(clock, child.pid, () => hasEnded);
    await ended;
  };
  const startMs = clock.monotonic();
  while (!isReady()) {
    const isLate = clock.monotonic() - startMs > READY_MS_MAX;
    if (isLate) await stop();
    if (hasEnded) await heard(clock, child);
    if (isLate || hasEnded) throw new Error(`PostgreSQL did not start: ${lines.join(" ")}`);
    await sleep(clock, LOOK_MS);
  }
  return { ended, stop };
}
