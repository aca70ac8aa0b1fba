// What comes of a child process that is run to its end.
import type { ChildProcess } from "node:child_process";
import { systemClock } from "@aimo-network/protocol/clock";

/** How a command ended, and what it said. */
export interface CommandResult {
  /** The exit code; the signal's name where one ended it. */
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

/** Waits for a child that was just started, its output in pipes; one that takes longer than `msMax` is killed. */
export async function resultOf(child: ChildProcess, msMax: number): Promise<CommandResult> {
  const late = systemClock.timer(msMax, () => child.kill("SIGKILL"));
  let [stdout, stderr] = ["", ""];
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const code = await new Promise<number | string>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status, signal) => resolve(status ?? signal ?? "unknown"));
  });
  late.cancel();
  return { code, stdout, stderr };
}
