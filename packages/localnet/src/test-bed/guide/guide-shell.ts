// One reader's shell: what a block exports is there in the next, and what stays goes on until the end.
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { systemClock } from "@aimo-network/protocol/clock";

/** What a block said, and how it ended. */
export interface ShellResult {
  readonly code: number;
  /** Standard output and standard error, as they came. */
  readonly output: string;
}

const BLOCK_MS = 180_000; // an installation on a slow machine is the longest
const STOP_GRACE_MS = 8_000; // a proxy lets running answers end

/** A bash in a folder. */
export class GuideShell {
  readonly #folder: string;
  readonly #environment: Readonly<Record<string, string>>;
  /** Beside the folder, so that the reader's stays the reader's. */
  readonly #state = join(mkdtempSync(join(tmpdir(), "aimo-guide-")), "exports.sh");
  readonly #staying: ChildProcess[] = [];

  constructor(folder: string, environment: Readonly<Record<string, string>>) {
    this.#folder = folder;
    this.#environment = environment;
    writeFileSync(this.#state, "");
  }

  /** Types a block, and waits for its end. */
  async run(text: string): Promise<ShellResult> {
    const child = this.#spawn(`${text}\ndeclare -px > "${this.#state}"`);
    const output: string[] = [];
    this.#listen(child, (line) => output.push(line));
    const late = systemClock.timer(BLOCK_MS, () => kill(child, "SIGKILL"));
    const [code] = (await once(child, "close")) as [number | null];
    late.cancel();
    return { code: code ?? -1, output: output.join("\n") };
  }

  /** Types a block that stays, and waits until it says that it is ready. */
  async start(text: string, isReady: RegExp): Promise<ShellResult> {
    const child = this.#spawn(text);
    this.#staying.push(child);
    const output: string[] = [];
    const ended = once(child, "close").then(([code]) => (code as number | null) ?? -1);
    const ready = new Promise<number>((resolve) => {
      this.#listen(child, (line) => {
        output.push(line);
        if (isReady.test(line)) resolve(0);
      });
    });
    const late = Promise.withResolvers<number>();
    const timer = systemClock.timer(BLOCK_MS, () => late.resolve(-1));
    const code = await Promise.race([ready, ended, late.promise]);
    timer.cancel();
    return { code, output: output.join("\n") };
  }

  /** Ends what stays, as Ctrl-C would. */
  async end(): Promise<void> {
    for (const child of this.#staying.toReversed()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const timer = systemClock.timer(STOP_GRACE_MS, () => kill(child, "SIGKILL"));
      const ended = once(child, "close");
      kill(child, "SIGINT");
      await ended;
      timer.cancel();
    }
    rmSync(dirname(this.#state), { recursive: true, force: true });
  }

  #spawn(script: string): ChildProcess {
    return spawn("bash", ["--norc", "--noprofile", "-ec", `source "${this.#state}"\n${script}`], {
      cwd: this.#folder,
      env: { ...this.#environment, HOME: this.#folder },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true, // a group of its own, so that all of it can be ended
    });
  }

  #listen(child: ChildProcess, onLine: (line: string) => void): void {
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on("line", onLine);
    }
  }
}

function kill(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid !== undefined) process.kill(-child.pid, signal);
}
