// When the page is opened again: connects the wallet that was connected last, without a window and without a question.
import type { Clock } from "@aimo-network/protocol/clock";
import { within } from "@aimo-network/protocol/clock";
import type { Wallet } from "@wallet-standard/base";
import { WALLET_SILENT_MS } from "./limits.ts";
import type { LinkedWallet } from "./linked-wallet.ts";
import { askAccounts } from "./wallet-call.ts";
import type { WalletSource } from "./wallet-watch.ts";

/** What is looked for: a wallet by its name, and the account of who is signed in. */
export interface LostLink {
  readonly name: string;
  readonly address: string;
}

/** What was found: the account, another one that the wallet is on now, or nothing that it would give unasked. */
export type FoundLink =
  | { readonly kind: "linked"; readonly linked: LinkedWallet }
  | { readonly kind: "changed" }
  | { readonly kind: "nothing" };

/** Resolves when a wallet of this name is there, which may be now, later, or never. */
function walletNamed({ wallets, watch }: WalletSource, name: string): Promise<Wallet> {
  return new Promise((resolve) => {
    const look = (): boolean => {
      const wallet = wallets().find((one) => one.name === name);
      if (wallet === undefined) return false;
      resolve(wallet);
      return true;
    };
    if (look()) return;
    const stop = watch(() => {
      if (look()) stop();
    });
  });
}

/** Connects silently; a wallet that registers itself late is waited for, one that does not answer is not. */
export async function findLink(clock: Clock, source: WalletSource, { name, address }: LostLink): Promise<FoundLink> {
  const wallet = await walletNamed(source, name);
  const attempt = new AbortController();
  const asked = askAccounts(wallet, { signal: attempt.signal, isSilent: true }).catch(() => []);
  const accounts = (await within(clock, WALLET_SILENT_MS, asked)) ?? [];
  attempt.abort();
  const account = accounts.find((one) => one.address === address);
  if (account !== undefined) return { kind: "linked", linked: { wallet, account } };
  return { kind: accounts.length === 0 ? "nothing" : "changed" };
}
