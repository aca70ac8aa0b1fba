// The page Credits: what a wallet has at the router, and the ways in and out.
import type { ReactNode } from "react";
import { LiveMark } from "../activity/live-mark.tsx";
import { SignedIn } from "../session/signed-in.tsx";
import { Page } from "../ui/page.tsx";
import { OwnCredits } from "./own-credits.tsx";

/** The page of the money that a wallet has at this router. */
export function CreditsPage(): ReactNode {
  return (
    <Page
      title="Credits"
      lead="Your USDC at this router: in your own escrow on Solana, spent answer by answer."
      actions={<LiveMark />}
    >
      <SignedIn what="your credits">{(wallet) => <OwnCredits wallet={wallet} />}</SignedIn>
    </Page>
  );
}
