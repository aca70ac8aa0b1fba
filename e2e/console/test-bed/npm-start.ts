// `npm start` as a process of its own, on free ports and with a folder of the test's.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { LocalnetFile } from "@aimo-network/localnet/localnet-file";

/** A running localnet, as a person has it. */
export interface NpmStarted {
  readonly file: LocalnetFile;
  /** Presses Ctrl-C, and waits until everything has ended. */
  stop(): Promise<void>;
}

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** Starts it and waits until it says that it runs. */
export async function npmStart(directory: string): Promise<NpmStarted> {
  const words = ["start", "--", "--data-dir", directory, "--port", "0", "--rpc-port", "0"];
  const child = spawn("npm", words, { cwd: ROOT, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  child.stderr.on("data", (piece: Buffer) => (printed += piece.toString()));
  for await (const line of createInterface({ input: child.stdout })) {
    printed += `${line}\n`;
    if (!line.includes("Ctrl-C stops everything")) continue;
    return {
      file: JSON.parse(readFileSync(join(directory, "localnet.json"), "utf8")) as LocalnetFile,
      async stop() {
        const exited = once(child, "exit");
        process.kill(-(child.pid ?? 0), "SIGINT");
        await exited;
      },
    };
  }
  throw new Error(`npm start ended before it was ready:\n${printed}`);
}
