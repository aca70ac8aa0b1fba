// Test money for the test wallet; there is none of this in any build but the localnet's.
import type { ReactNode } from "react";
import { Suspense, lazy } from "react";
import { useConnectedWallet } from "./connected-wallet.ts";

const Faucet =
  import.meta.env.MODE === "localnet"
    ? lazy(async () => ({ default: (await import("./test-wallet/faucet.tsx")).Faucet }))
    : undefined;

/** A button that gives SOL and USDC to the test wallet; nothing in other builds and for other wallets. */
export function FaucetButton(): ReactNode {
  const wallet = useConnectedWallet();
  if (Faucet === undefined || wallet?.isTestWallet !== true) return null;
  return (
    <Suspense fallback={null}>
      <Faucet address={wallet.address} />
    </Suspense>
  );
}
