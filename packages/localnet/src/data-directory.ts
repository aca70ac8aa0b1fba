// The directory in which a network keeps what lasts: claimed by one process, and what it tells others there.
import { chmodSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { LocalnetFile } from "./localnet-file.ts";
import { LOCALNET_FILE, removeLocalnetFile, writeLocalnetFile } from "./localnet-file.ts";
import { removeShellSettings, SHELL_FILES, writeShellSettings } from "./shell-settings.ts";

/** What a network keeps in its directory; nothing else there is ever touched. */
const OWNED = [LOCALNET_FILE, ...Object.values(SHELL_FILES), "chain", "router", "provider", "wallets"];

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false; // no such process, or one of somebody else's
  }
}

function runningPid(path: string): number | undefined {
  try {
    const { pid } = JSON.parse(readFileSync(path, "utf8")) as { pid?: unknown };
    return typeof pid === "number" && pid !== process.pid && isRunning(pid) ? pid : undefined;
  } catch {
    return undefined; // no file, or one that a crash cut short
  }
}

/** Takes a data directory for this process; throws when another localnet runs on it. `fresh` forgets what is there. */
export function claimDataDirectory(directory: string, fresh: boolean): void {
  const path = join(directory, LOCALNET_FILE);
  const pid = runningPid(path);
  if (pid !== undefined) {
    throw new Error(`a localnet (process ${pid}) already runs on ${directory}: stop it, or choose another --data-dir`);
  }
  // Others may pass through, as the unprivileged user of a database that root starts must, and see nothing.
  mkdirSync(directory, { recursive: true, mode: 0o711 });
  chmodSync(directory, 0o711);
  forgetNetwork(directory); // whoever waits for the file must not find an old one
  if (fresh) for (const name of OWNED) rmSync(join(directory, name), { recursive: true, force: true });
}

/** Tells others how to use the network; `localnet.json` comes last, for those who wait for it. */
export function tellNetwork(directory: string, file: LocalnetFile): void {
  writeShellSettings(directory, file);
  writeLocalnetFile(directory, file);
}

/** Takes back what was told: the network is no more. */
export function forgetNetwork(directory: string): void {
  removeShellSettings(directory);
  removeLocalnetFile(directory);
}
