// `localnet.json`: what tests and tools need to use a running network, and the claim on its data directory.
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { removeShellSettings, SHELL_FILES, writeShellSettings } from "./shell-settings.ts";

/** Somebody of the network. */
export interface LocalnetAccount {
  readonly api_key: string;
  /** The address in base58. */
  readonly wallet: string;
  /** The wallet's key, as Solana's own tools read it. */
  readonly wallet_file: string;
}

/** The file's content. */
export interface LocalnetFile {
  readonly router_url: string;
  readonly router_id: string;
  /** The chain; these four are not there in a network without one. */
  readonly rpc_url?: string;
  readonly ws_url?: string;
  readonly program_id?: string;
  /** Of the localnet's USDC. */
  readonly mint?: string;
  readonly user: LocalnetAccount;
  readonly provider: LocalnetAccount;
  /** A model that answers. */
  readonly model: string;
  readonly pid: number;
}

const FILE = "localnet.json";
/** What a network keeps in its directory; nothing else there is ever touched. */
const OWNED = [FILE, ...Object.values(SHELL_FILES), "chain", "router", "provider", "wallets"];

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
  const path = join(directory, FILE);
  const pid = runningPid(path);
  if (pid !== undefined) {
    throw new Error(`a localnet (process ${pid}) already runs on ${directory}: stop it, or choose another --data-dir`);
  }
  // Others may pass through, as the unprivileged user of a database that root starts must, and see nothing.
  mkdirSync(directory, { recursive: true, mode: 0o711 });
  chmodSync(directory, 0o711);
  removeShellSettings(directory);
  rmSync(path, { force: true }); // whoever waits for the file must not find an old one
  if (fresh) for (const name of OWNED) rmSync(join(directory, name), { recursive: true, force: true });
}

/** Writes the file so that it is seen whole or not at all, and by its owner only, after what shells need. */
export function writeLocalnetFile(directory: string, file: LocalnetFile): void {
  writeShellSettings(directory, file);
  const path = join(directory, FILE);
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(file, undefined, 2)}\n`, { mode: 0o600 });
  chmodSync(draft, 0o600);
  renameSync(draft, path);
}

/** Removes what was written: the network is no more. */
export function removeLocalnetFile(directory: string): void {
  removeShellSettings(directory);
  rmSync(join(directory, FILE), { force: true });
}
