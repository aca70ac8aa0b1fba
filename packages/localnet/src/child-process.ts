// One process of the localnet: started, watched for its first sign of life, and stopped for certain.
import type { ChildProcess } from "node:child_process";
import { fork } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Clock } from "@aimo-network/protocol/clock";

/** What to run. */
export interface ChildProgram {
  readonly name: string;
  /** The program's entry file. */
  readonly entry: URL;
  readonly arguments?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** A running program; it writes its lines to `onLine`. */
export interface Child {
  readonly name: string;
  readonly pid: number;
  /** Resolves when the process has ended, with its exit code or signal. */
  readonly exited: Promise<string>;
  /** Its last lines, for whoever asks why it ended. */
  lastLines(): string;
  /** Resolves with what `read` makes of the first line it knows; rejects when the process ends before, or takes too long. */
  firstLine<Found>(read: (line: string) => Found | undefined): Promise<Found>;
  /** Asks the process to end, and ends it after the grace time. */
  stop(): Promise<void>;
  /** Ends the process without asking, as a crash would. */
  kill(): Promise<void>;
}

const STOP_GRACE_MS = 8_000; // a proxy may let running answers end first
const LINES_KEPT_MAX = 200; // a stack trace and what led to it
const LINES_SHOWN = 20;
const READY_TIMEOUT_MS = 30_000; // a cold start on a slow machine takes a few seconds

function inherited(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  // A localnet's programs take their settings from it alone, not from the shell it was started in.
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !/^(?:AIMO_|OTEL_|DATABASE_URL$)/.test(name)),
  );
}

/** Starts a program in a process group of its own, so that Ctrl-C reaches it only through its parent. */
export function startChild(
  clock: Clock,
  program: ChildProgram,
  environment: NodeJS.ProcessEnv,
  onLine: (line: string, name: string) => void,
): Child {
  const child: ChildProcess = fork(fileURLToPath(program.entry), program.arguments ?? [], {
    detached: true,
    execArgv: [
      "--disable-warning=ExperimentalWarning",
      "--import",
      new URL("./exit-with-parent.ts", import.meta.url).href,
    ],
    env: { ...inherited(environment), ...program.environment },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const lines: string[] = [];
  const readers = new Set<(line: string) => void>();
  for (const output of [child.stdout, child.stderr]) {
    if (output === null) continue;
    createInterface({ input: output }).on("line", (line) => {
      lines.push(line);
      if (lines.length > LINES_KEPT_MAX) lines.shift();
      onLine(line, program.name);
      for (const reader of readers) reader(line);
    });
  }
  const exited = once(child, "exit").then(([code, signal]) => String(code ?? signal));
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await exited;
  };
  return {
    name: program.name,
    pid: child.pid ?? 0,
    exited,
    lastLines: () => lines.slice(-LINES_SHOWN).join("\n"),
    firstLine: (read) =>
      new Promise((resolve, reject) => {
        const reader = (line: string): void => {
          const found = read(line);
          if (found === undefined) return;
          readers.delete(reader);
          resolve(found);
        };
        readers.add(reader);
        for (const line of lines) reader(line);
        clock.timer(READY_TIMEOUT_MS, () => {
          reject(
            new Error(
              `${program.name} was not ready within ${READY_TIMEOUT_MS} ms; it said:\n${lines.slice(-LINES_SHOWN).join("\n")}`,
            ),
          );
        });
        void exited.then((how) => {
          reject(
            new Error(`${program.name} ended (${how}) before it was ready:\n${lines.slice(-LINES_SHOWN).join("\n")}`),
          );
        });
      }),
    async stop() {
      const timer = clock.timer(STOP_GRACE_MS, () => child.kill("SIGKILL"));
      await end("SIGTERM");
      timer.cancel();
    },
    kill: () => end("SIGKILL"),
  };
}
