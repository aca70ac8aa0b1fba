// A store of preflights for tests that are about something else than files.
import type { Preflight } from "../providers/preflight.ts";
import type { PreflightStore } from "../providers/preflight-store.ts";

/** Creates an empty store in memory. */
export function createPreflightMemory(): PreflightStore {
  const stored = new Map<string, Preflight>();
  return {
    wallets: () => Promise.resolve([...stored.keys()]),
    read: (wallet) => Promise.resolve(stored.get(wallet)),
    write(wallet, preflight) {
      stored.delete(wallet);
      stored.set(wallet, preflight);
      return Promise.resolve();
    },
    remove(wallet) {
      stored.delete(wallet);
      return Promise.resolve();
    },
  };
}
