// The link with a wallet while the page is open: found again when it opens, and its end is the session's.
import { systemClock } from "@aimo-network/protocol/clock";
import { toast } from "sonner";
import { sessionState } from "../session/session-store.ts";
import { findLink } from "./auto-reconnect.ts";
import { lastWallet } from "./last-wallet.ts";
import { leaveWallet } from "./leave-wallet.ts";
import { linkWallet, linkedWallet } from "./linked-wallet.ts";
import { solanaWallets, watchWallets } from "./wallet-list.ts";
import { watchLink } from "./wallet-watch.ts";
import type { LinkLoss } from "./wallet-watch.ts";

const SOURCE = { wallets: solanaWallets, watch: watchWallets };
const LOSS_WORDS: Readonly<Record<LinkLoss, string>> = {
  changed: "The wallet changed to another account, so you were signed out.",
  gone: "The wallet disconnected, so you were signed out.",
};

let isKept = false;

async function loseLink(loss: LinkLoss): Promise<void> {
  const wasIn = sessionState().kind === "in";
  await leaveWallet({ isDisconnected: true });
  if (wasIn) toast.info(LOSS_WORDS[loss], { description: "Connect it again to go on with it." });
}

/** Looks for wallets from now on, and signs out when the linked one is taken away. */
export function keepLink(): void {
  if (isKept) return;
  isKept = true;
  watchLink(SOURCE, (loss) => void loseLink(loss));
  if (import.meta.env.MODE === "localnet") void import("./test-wallet/register.ts").then(({ register }) => register());
}

/** Connects the wallet of who is signed in without a question; one that is on another account now signs out. */
export async function reconnect(): Promise<void> {
  keepLink();
  const session = sessionState();
  const name = lastWallet();
  if (session.kind !== "in" || name === null) return;
  const found = await findLink(systemClock, SOURCE, { name, address: session.wallet });
  const now = sessionState();
  if (linkedWallet() !== undefined || now.kind !== "in" || now.wallet !== session.wallet) return; // meanwhile decided
  if (found.kind === "linked") linkWallet(found.linked);
  if (found.kind === "changed") await loseLink("changed");
}
