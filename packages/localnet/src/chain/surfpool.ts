// The engine of the localnet's chain: Surfpool, a Solana test validator that runs inside this process.
import { createRequire } from "node:module";

/** What of Surfpool's class is used here; its package brings no description. */
interface Surfnet {
  readonly rpcUrl: string;
  readonly wsUrl: string;
  timeTravelToSlot(slot: number): unknown;
  deploy(program: { readonly programId: string; readonly soPath: string }): unknown;
  drainEvents(): unknown;
  stop(): void;
}

interface SurfpoolModule {
  readonly Surfnet: { startWithConfig(config: Readonly<Record<string, unknown>>): Surfnet };
}

/** A running engine, on ports of its own choice and reachable from this machine only. */
export interface Engine {
  readonly rpcUrl: string;
  readonly wsUrl: string;
  /** Goes on from this slot; there is no way back. The clock moves by as much. */
  travelToSlot(slot: number): void;
  /** Throws away what the engine has to tell; with 1,024 untold events, one for each slot at least, it stands still. */
  drain(): void;
  /** Makes the program in a file be at an address, without its key and without a transaction. */
  deploy(address: string, path: string): void;
  stop(): void;
}

/** Solana's own pace. */
export const SLOT_MS = 400;

const PACKAGES: Readonly<Record<string, string>> = {
  "linux-x64": "@solana/surfpool-linux-x64-gnu",
  "darwin-arm64": "@solana/surfpool-darwin-arm64",
  "darwin-x64": "@solana/surfpool-darwin-x64",
};

function missing(reason: string, cause?: unknown): Error {
  const known = Object.keys(PACKAGES).join(", ");
  return new Error(
    `The localnet's chain needs Surfpool, which exists for ${known} (glibc on Linux): ${reason}. ` +
      "On such a machine run npm ci again; on another run a Solana validator of your own and give its URL, " +
      "such as npm start -- --rpc-url http://127.0.0.1:8899",
    { cause },
  );
}

/** The package of Surfpool for a platform; throws where there is none, or where it is not installed, and says what to do. */
export function findSurfpool(platform = `${process.platform}-${process.arch}`): string {
  const name = PACKAGES[platform];
  if (name === undefined) throw missing(`there is none for ${platform}`);
  try {
    return createRequire(import.meta.url).resolve(name);
  } catch (cause) {
    throw missing(`${name} is not installed`, cause);
  }
}

function loadSurfpool(): SurfpoolModule {
  const path = findSurfpool();
  try {
    return createRequire(import.meta.url)(path) as SurfpoolModule;
  } catch (cause) {
    throw missing(String(cause), cause);
  }
}

/** Starts an empty chain that makes a block every `slotMs`; offline, with Solana's own programs. */
export function startEngine(slotMs: number): Engine {
  // Unknown options are ignored in silence: each of these is proven by a test.
  const config = { offline: true, blockProductionMode: "clock", slotTimeMs: slotMs };
  const surfnet = loadSurfpool().Surfnet.startWithConfig(config);
  return {
    rpcUrl: surfnet.rpcUrl,
    wsUrl: surfnet.wsUrl,
    travelToSlot: (slot) => void surfnet.timeTravelToSlot(slot),
    drain: () => void surfnet.drainEvents(),
    deploy: (address, path) => void surfnet.deploy({ programId: address, soPath: path }),
    stop: () => surfnet.stop(),
  };
}
