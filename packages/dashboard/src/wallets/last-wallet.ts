// Which wallet was connected last, so that it is connected again when the page is opened again.

const KEPT = "aimo-wallet";

/** Keeps a wallet's name in this browser. */
export function rememberWallet(name: string): void {
  localStorage.setItem(KEPT, name);
}

/** Forgets it: the person has signed out. */
export function forgetLastWallet(): void {
  localStorage.removeItem(KEPT);
}

/** The name that was kept; null where none was. */
export function lastWallet(): string | null {
  return localStorage.getItem(KEPT);
}
