// What is in the wallet itself, and what to do where it lacks something.
import type { ReactNode } from "react";
import { formatMicroUsdc } from "@aimo-network/protocol/money";
import { Amount } from "../ui/amount.tsx";
import { Card } from "../ui/card.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { Stat } from "../ui/stat.tsx";
import { FaucetButton } from "../wallets/faucet-button.tsx";
import { LAMPORTS_LOW } from "./limits.ts";
import { solText } from "@aimo-network/escrow/describe/foreign-text";
import type { Standing } from "./standing.ts";

/** What a wallet lacks for a deposit; nothing where it has all. */
export function WalletLacks({ standing: { usdc, lamports, terms } }: { readonly standing: Standing }): ReactNode {
  const isShort = usdc < terms.minDeposit;
  const isDry = lamports < LAMPORTS_LOW;
  if (!isShort && !isDry) return null;
  return (
    <div className="flex flex-col gap-1 rounded-lg bg-warn-soft px-3 py-2 text-sm">
      {isShort && (
        <p>
          The wallet has too little USDC for a deposit (at least {formatMicroUsdc(terms.minDeposit)}). Send it some USDC
          on Solana, from an exchange or another wallet.
        </p>
      )}
      {isDry && (
        <p>
          The wallet has little SOL, with which Solana’s fees are paid: about 0.01 SOL is enough for a long time. Send
          it some.
        </p>
      )}
    </div>
  );
}

interface WalletCardProps {
  readonly standing: Standing | undefined;
  /** Whether test money is to be had here, and not in another card. */
  readonly hasFaucet: boolean;
}

/** The card with the wallet's own USDC and SOL. */
export function WalletCard({ standing, hasFaucet }: WalletCardProps): ReactNode {
  const waiting = <Skeleton className="mt-1 h-6 w-24" />;
  return (
    <Card title="In your wallet" aside={hasFaucet && <FaucetButton />}>
      <div className="flex flex-col gap-4">
        <dl className="grid grid-cols-1 gap-x-6 gap-y-4 min-[26rem]:grid-cols-2">
          <Stat label="USDC" hint="What you can deposit.">
            {standing === undefined ? waiting : <Amount usdc={formatMicroUsdc(standing.usdc)} />}
          </Stat>
          <Stat label="SOL" hint="For the fees of Solana.">
            {standing === undefined ? (
              waiting
            ) : (
              <span title={`${solText(standing.lamports)} SOL`}>
                {solText(standing.lamports).slice(0, 8)}
                <span className="text-muted"> SOL</span>
              </span>
            )}
          </Stat>
        </dl>
        {standing !== undefined && <WalletLacks standing={standing} />}
      </div>
    </Card>
  );
}
