// Which wallets are the localnet's own: marked by the code that makes them, since anybody may choose any name.
import type { Wallet } from "@wallet-standard/base";

const marked = new WeakSet<Wallet>();

/** Marks a wallet as one that holds no real money and signs without asking. */
export function markTestWallet(wallet: Wallet): void {
  marked.add(wallet);
}

/** Whether a wallet is one of those. */
export function isTestWallet(wallet: Wallet): boolean {
  return marked.has(wallet);
}
