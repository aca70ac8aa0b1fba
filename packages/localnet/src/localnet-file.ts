// `localnet.json`: what tests and tools need to use a running network.
import { chmodSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

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

/** The name of the file in a data directory. */
export const LOCALNET_FILE = "localnet.json";

/** Writes the file so that it is seen whole or not at all, and by its owner only. */
export function writeLocalnetFile(directory: string, file: LocalnetFile): void {
  const path = join(directory, LOCALNET_FILE);
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(file, undefined, 2)}\n`, { mode: 0o600 });
  chmodSync(draft, 0o600);
  renameSync(draft, path);
}

/** Removes the file: the network is no more. */
export function removeLocalnetFile(directory: string): void {
  rmSync(join(directory, LOCALNET_FILE), { force: true });
}
