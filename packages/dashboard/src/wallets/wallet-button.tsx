// The wallet in the page's head: connect, or who is signed in and their menu.
import { Wallet } from "lucide-react";
import type { ReactNode } from "react";
import { Suspense, lazy } from "react";
import { useSession } from "../session/use-session.ts";
import { Button } from "../ui/button.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { ConnectDialog, openConnectDialog, prepareConnectDialog } from "./connect-dialog.tsx";

const SignedInButton = lazy(async () => ({ default: (await import("./signed-in-button.tsx")).SignedInButton }));

/** Connects, or shows who is signed in. */
export function WalletButton(): ReactNode {
  const session = useSession();
  const loading = <Skeleton className="h-10 w-32 rounded-lg" />;
  return (
    <>
      {session.kind === "unknown" && loading}
      {session.kind === "out" && (
        <Button
          variant="primary"
          onClick={openConnectDialog}
          onFocus={prepareConnectDialog}
          onPointerEnter={prepareConnectDialog}
        >
          <Wallet aria-hidden className="size-4" />
          <span className="sm:hidden">Connect</span>
          <span className="hidden sm:inline">Connect wallet</span>
        </Button>
      )}
      {session.kind === "in" && (
        <Suspense fallback={loading}>
          <SignedInButton address={session.wallet} />
        </Suspense>
      )}
      <ConnectDialog />
    </>
  );
}
