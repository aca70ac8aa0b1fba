// The wallets of this browser: those that were there before the page, and those that register themselves later.
import { getWallets } from "@wallet-standard/app";
import type { Wallet } from "@wallet-standard/base";
import { useSyncExternalStore } from "react";
import { WALLETS_MAX } from "./limits.ts";
import { isSolanaWallet } from "./wallet-shape.ts";

let known: readonly Wallet[] | undefined;
const listeners = new Set<() => void>();

function readAgain(): void {
  known = getWallets().get().filter(isSolanaWallet).slice(0, WALLETS_MAX);
  for (const listener of listeners) listener();
}

/** Those that can sign for Solana, in the order in which they came. */
export function solanaWallets(): readonly Wallet[] {
  if (known === undefined) {
    const { on } = getWallets();
    on("register", readAgain);
    on("unregister", readAgain);
    readAgain();
  }
  return known ?? [];
}

/** Calls `listener` when wallets come or go until the returned function is called. */
export function watchWallets(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** The wallets for components. */
export function useSolanaWallets(): readonly Wallet[] {
  return useSyncExternalStore(watchWallets, solanaWallets);
}
