// What stands where a wallet has no escrow yet: what a first deposit is, and how to make it.
import { Coins } from "lucide-react";
import type { ReactNode } from "react";
import { formatMicroUsdc } from "@aimo-network/protocol/money";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { FaucetButton } from "../wallets/faucet-button.tsx";
import type { Standing } from "./standing.ts";

interface FirstDepositCardProps {
  readonly standing: Standing;
  /** Whether the wallet has too little USDC for it. */
  readonly isShort: boolean;
  readonly onDeposit: () => void;
}

/** The card that leads to the first deposit. */
export function FirstDepositCard({ standing: { terms }, isShort, onDeposit }: FirstDepositCardProps): ReactNode {
  return (
    <Card>
      <EmptyState
        icon={<Coins className="size-5" />}
        title="Deposit USDC to start"
        action={
          <>
            {isShort && <FaucetButton />}
            <Button variant="primary" onClick={onDeposit}>
              Deposit USDC
            </Button>
          </>
        }
      >
        Answers are paid from an escrow: an account of your own on Solana, for this router. The router takes what your
        requests cost and no more than you allow, and you can take the rest back at any time, also without the router.
        The first deposit opens it; {formatMicroUsdc(terms.minDeposit)} USDC are the least.
      </EmptyState>
    </Card>
  );
}
