// Signing out: at the router, here, and from the wallet.
import type { StandardDisconnectFeature } from "@wallet-standard/features";
import { toast } from "sonner";
import { sessionState, signOut } from "../session/session-store.ts";
import { forgetLastWallet } from "./last-wallet.ts";
import { linkedWallet, unlinkWallet } from "./linked-wallet.ts";
import { hasFeature } from "./wallet-shape.ts";

/** It may not want to: nothing here depends on it. */
async function tell(feature: StandardDisconnectFeature["standard:disconnect"]): Promise<void> {
  try {
    await feature.disconnect();
  } catch {
    // it keeps its own view of what it is connected to
  }
}

/** Signs out and forgets the wallet; one that has not disconnected by itself is told. */
export async function leaveWallet({
  isDisconnected = false,
}: { readonly isDisconnected?: boolean } = {}): Promise<void> {
  const linked = linkedWallet();
  unlinkWallet();
  forgetLastWallet();
  if (linked !== undefined && !isDisconnected && hasFeature(linked.wallet, "standard:disconnect")) {
    const feature = linked.wallet.features["standard:disconnect"] as StandardDisconnectFeature["standard:disconnect"];
    void tell(feature);
  }
  if (sessionState().kind !== "in") return;
  try {
    await signOut();
  } catch {
    toast.error("You are signed out on this page, but the router could not be told.", {
      description: "Open the page again and sign out once more when it answers.",
    });
  }
}
