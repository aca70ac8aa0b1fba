// Content that is somebody's own: shown to who is signed in, and a way to sign in to everybody else.
import { Wallet } from "lucide-react";
import { Fragment } from "react";
import type { ReactNode } from "react";
import { Button } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { SkeletonLines } from "../ui/skeleton.tsx";
import { openConnectDialog } from "../wallets/connect-dialog.tsx";
import { useSession } from "./use-session.ts";

interface SignedInProps {
  /** What is shown to who is signed in: `your API keys`. */
  readonly what: string;
  readonly children: (wallet: string) => ReactNode;
}

/** Shows its content for the wallet that is signed in; a skeleton until that is known, and Connect where nobody is. */
export function SignedIn({ what, children }: SignedInProps): ReactNode {
  const session = useSession();
  if (session.kind === "unknown") return <SkeletonLines />;
  if (session.kind === "in") return <Fragment key={session.wallet}>{children(session.wallet)}</Fragment>;
  return (
    <EmptyState
      icon={<Wallet className="size-5" />}
      title={`Connect a wallet to see ${what}.`}
      action={
        <Button variant="primary" onClick={openConnectDialog}>
          Connect wallet
        </Button>
      }
    >
      Your Solana wallet is your account here: it signs a text to sign in. That costs nothing and sends nothing.
    </EmptyState>
  );
}
