// The wallet that is connected to this page, and what it can be asked for.
import { useSyncExternalStore } from "react";
import { sessionState } from "../session/session-store.ts";
import { connectFlow } from "./connect-desk.ts";
import { linkedWallet, watchLinkedWallet } from "./linked-wallet.ts";
import type { LinkedWallet } from "./linked-wallet.ts";
import { isTestWallet } from "./test-mark.ts";
import { askSignature, askTransaction, insistSigner } from "./wallet-call.ts";
import type { TransactionAsked } from "./wallet-call.ts";
import { WalletFault } from "./wallet-fault.ts";
import { safeIcon, walletText } from "./wallet-shape.ts";

/** A wallet that is connected, as pages show it. */
export interface ConnectedWallet {
  /** In base58. */
  readonly address: string;
  readonly name: string;
  /** A `data:` URL of a picture; empty where the wallet has none that may be shown. */
  readonly icon: string;
  /** Whether it is the localnet's own, which signs without asking. */
  readonly isTestWallet: boolean;
}

let shown: { readonly linked: LinkedWallet; readonly wallet: ConnectedWallet } | undefined;

function connectedWallet(): ConnectedWallet | undefined {
  const linked = linkedWallet();
  if (linked === undefined) return undefined;
  if (shown?.linked !== linked) {
    const { wallet, account } = linked;
    const { address } = account;
    const texts = { address, name: walletText(wallet.name), icon: safeIcon(wallet.icon) ?? "" };
    shown = { linked, wallet: { ...texts, isTestWallet: isTestWallet(wallet) } };
  }
  return shown.wallet;
}

/** The wallet that is connected; undefined while none is, also where somebody is signed in. */
export function useConnectedWallet(): ConnectedWallet | undefined {
  return useSyncExternalStore(watchLinkedWallet, connectedWallet);
}

/** The wallet of who is signed in; the person is asked to connect it where it is not. Throws `WalletFault` for a no. */
async function neededWallet(): Promise<LinkedWallet> {
  const session = sessionState();
  const linked = linkedWallet();
  const address = session.kind === "in" ? session.wallet : linked?.account.address;
  if (linked !== undefined && linked.account.address === address) return linked;
  const found = await connectFlow.request(address === undefined ? { kind: "sign_in" } : { kind: "reconnect", address });
  if (found !== undefined) return found;
  throw new WalletFault("cancelled", "No wallet was connected.", "Nothing was signed. Connect it, then try again.");
}

/** How long a wallet is waited for: until this is aborted, or for as long as it takes. */
export interface WalletPatience {
  readonly signal?: AbortSignal;
  /** Whose signature is wanted; anybody's who is connected where it is absent. */
  readonly signer?: string | undefined;
}

function signalOf({ signal }: WalletPatience): AbortSignal {
  return signal ?? new AbortController().signal;
}

/** Has the wallet sign a message: 64 bytes. Throws `ConsoleFault` for a refusal, another account, or other bytes signed. */
export async function signMessage(message: Uint8Array, patience: WalletPatience = {}): Promise<Uint8Array> {
  return await askSignature(await neededWallet(), message, { signal: signalOf(patience) });
}

/** Has the wallet sign a transaction, which it may change: only signing/ calls this, and checks what comes back. */
export async function signTransaction(asked: TransactionAsked, patience: WalletPatience = {}): Promise<Uint8Array> {
  const linked = await neededWallet();
  insistSigner(linked, patience.signer);
  return await askTransaction(linked, asked, { signal: signalOf(patience) });
}
