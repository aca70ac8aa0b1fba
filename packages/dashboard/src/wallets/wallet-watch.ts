// Watches the linked wallet: whoever takes it away or changes its account is signed out.
import type { Wallet } from "@wallet-standard/base";
import type { StandardEventsFeature } from "@wallet-standard/features";
import { linkedWallet, watchLinkedWallet } from "./linked-wallet.ts";
import type { LinkedWallet } from "./linked-wallet.ts";
import { solanaAccounts } from "./wallet-shape.ts";

/** What became of the linked account: the wallet went to another one, or gives none any more. */
export type LinkLoss = "changed" | "gone";

/** Where wallets are looked for. */
export interface WalletSource {
  wallets(): readonly Wallet[];
  watch(listener: () => void): () => void;
}

function lossOf({ wallet, account }: LinkedWallet, accounts: unknown): LinkLoss | undefined {
  const found = solanaAccounts(accounts ?? wallet.accounts);
  if (found.some(({ address }) => address === account.address)) return undefined;
  return found.length === 0 ? "gone" : "changed";
}

/** Listens to the wallet's own events, which not every wallet has. */
function listenTo(linked: LinkedWallet, onLoss: (loss: LinkLoss) => void): () => void {
  const events = linked.wallet.features["standard:events"] as StandardEventsFeature["standard:events"] | undefined;
  if (events === undefined) return () => undefined;
  try {
    const off = events.on("change", (change) => {
      const loss = lossOf(linked, (change as typeof change | undefined)?.accounts);
      if (loss !== undefined && linkedWallet() === linked) onLoss(loss);
    }) as (() => void) | undefined; // not every wallet gives it
    return () => off?.();
  } catch {
    return () => undefined;
  }
}

/** Calls `onLoss` when the linked account is taken away, until the returned function is called. */
export function watchLink({ wallets, watch }: WalletSource, onLoss: (loss: LinkLoss) => void): () => void {
  let stop = (): void => undefined;
  const follow = (): void => {
    stop();
    const linked = linkedWallet();
    stop = linked === undefined ? () => undefined : listenTo(linked, onLoss);
  };
  follow();
  const stopLinks = watchLinkedWallet(follow);
  const stopWallets = watch(() => {
    const linked = linkedWallet();
    if (linked !== undefined && !wallets().includes(linked.wallet)) onLoss("gone");
  });
  return () => {
    for (const end of [stop, stopLinks, stopWallets]) end();
  };
}
