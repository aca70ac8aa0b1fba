// The engine of the localnet's chain: Surfpool, a Solana test validator that runs inside this process.
import { createRequire } from "node:module";

/** What of Surfpool's class is used here; its package brings no description. */
interface Surfnet {
  readonly rpcUrl: string;
  readonly wsUrl: string;
  timeTravelToSlot(slot: number): unknown;
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
  stop(): void;
}

/** Solana's own pace. */
export const SLOT_MS = 400;

const PACKAGES: Readonly<Record<string, string>> = {
  "linux-x64": "@solana/surfpool-linux-x64-gnu",
  "darwin-arm64": "@solana/surfpool-darwin-arm64",
  "darwin-x64": "@solana/surfpool-darwin-x64",
};

function loadSurfpool(): SurfpoolModule {
  const platform = `${process.platform}-${process.arch}`;
  const name = PACKAGES[platform];
  try {
    if (name === undefined) throw new Error(`there is none for ${platform}`);
    return createRequire(import.meta.url)(name) as SurfpoolModule;
  } catch (cause) {
    const known = Object.keys(PACKAGES).join(", ");
    throw new Error(
      `The localnet's chain needs Surfpool, which exists for ${known} (glibc on Linux): ${String(cause)}. ` +
        "Run npm ci again on such a machine.",
      { cause },
    );
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
    stop: () => surfnet.stop(),
  };
}
