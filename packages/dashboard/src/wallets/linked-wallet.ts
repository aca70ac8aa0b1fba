// The wallet and the account that this page is linked with, for the parts that ask it for something.
import type { Wallet, WalletAccount } from "@wallet-standard/base";

/** A wallet that has let this page use one of its accounts. */
export interface LinkedWallet {
  readonly wallet: Wallet;
  readonly account: WalletAccount;
}

let linked: LinkedWallet | undefined;
const listeners = new Set<() => void>();

function change(next: LinkedWallet | undefined): void {
  linked = next;
  for (const listener of listeners) listener();
}

/** The one that is linked now. */
export function linkedWallet(): LinkedWallet | undefined {
  return linked;
}

/** Links with an account of a wallet. */
export function linkWallet(next: LinkedWallet): void {
  change(next);
}

/** Forgets the link; the wallet itself is not told. */
export function unlinkWallet(): void {
  if (linked !== undefined) change(undefined);
}

/** Calls `listener` at each change until the returned function is called. */
export function watchLinkedWallet(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
