// Where the last preflight of each first-generation wallet outlives the process.
import type { Preflight } from "./preflight.ts";

/** Keeps one preflight a wallet. */
export interface PreflightStore {
  /** Every wallet there is one of, that stored longest ago first. */
  wallets(): Promise<readonly string[]>;
  /** The wallet's preflight; undefined where there is none, or none that can be read any more. */
  read(wallet: string): Promise<Preflight | undefined>;
  /** Stores it in place of the wallet's earlier one, whole or not at all. */
  write(wallet: string, preflight: Preflight): Promise<void>;
  remove(wallet: string): Promise<void>;
}
