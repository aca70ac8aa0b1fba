// What a wallet has at the router, each figure explained in a sentence.
import type { ReactNode } from "react";
import { formatMicroUsdc, microUsdc, parseNanoUsdc } from "@aimo-network/protocol/money";
import { Amount } from "../ui/amount.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { Stat } from "../ui/stat.tsx";
import type { ToldBalance } from "./credits-queries.ts";
import type { Standing } from "./standing.ts";

const NOTHING = microUsdc(0n);

interface BalanceCardProps {
  readonly balance: ToldBalance | undefined;
  readonly standing: Standing | undefined;
  /** Whether the chain could not be asked. */
  readonly isChainAway: boolean;
  readonly onDeposit: () => void;
  readonly onWithdraw: () => void;
}

function Figure({ usdc, isAway = false }: { readonly usdc: string | undefined; readonly isAway?: boolean }): ReactNode {
  if (usdc !== undefined) return <Amount usdc={usdc} />;
  return isAway ? <span className="text-muted">unknown</span> : <Skeleton className="mt-1 h-6 w-24" />;
}

function isAbove(text: string): boolean {
  return parseNanoUsdc(text) > 0n;
}

/** Why less can be spent than is there, where the allowance is what stops it. */
function LockableNote({ balance: { available, lockable } }: { readonly balance: ToldBalance }): ReactNode {
  if (parseNanoUsdc(lockable) >= parseNanoUsdc(available)) return null;
  return (
    <p className="rounded-lg bg-warn-soft px-3 py-2 text-sm">
      Only <Amount usdc={lockable} className="font-medium" /> of it can be spent: the allowance lets no more be settled.
      Raise it below.
    </p>
  );
}

/** The card with the balance, and the buttons to pay in and out. */
export function BalanceCard({ balance, standing, isChainAway, onDeposit, onWithdraw }: BalanceCardProps): ReactNode {
  const escrow = standing?.escrow;
  const isLeaving = escrow?.exit !== undefined;
  return (
    <Card
      title="Balance"
      aside={
        <div className="flex gap-2">
          <Button disabled={isLeaving || escrow === undefined || balance === undefined} onClick={onWithdraw}>
            Withdraw
          </Button>
          <Button variant="primary" disabled={isLeaving || standing === undefined} onClick={onDeposit}>
            Deposit
          </Button>
        </div>
      }
    >
      <div className="flex flex-col gap-5">
        <dl className="grid gap-x-6 gap-y-5 sm:grid-cols-2 xl:grid-cols-4">
          <Stat label="Available" hint="What you can spend or withdraw now.">
            <Figure usdc={balance?.available} />
          </Stat>
          <Stat label="Locked" hint="Held for requests that run; what they do not cost comes back at their end.">
            <Figure usdc={balance?.locked} />
          </Stat>
          <Stat label="Unsettled" hint="Charged for answers, and on its way to their providers on the chain.">
            <Figure usdc={balance?.payable} />
          </Stat>
          <Stat
            label="In the escrow"
            hint="What the chain holds for you, by your own node; it falls when charges are settled."
          >
            <Figure
              usdc={standing === undefined ? undefined : formatMicroUsdc(escrow?.balance ?? NOTHING)}
              isAway={isChainAway}
            />
          </Stat>
        </dl>
        {balance !== undefined && isAbove(balance.withdrawing) && (
          <p className="text-sm text-muted">
            <Amount usdc={balance.withdrawing} className="font-medium text-ink" /> are being withdrawn: they are set
            aside until the withdrawal has landed or expired.
          </p>
        )}
        {isLeaving && (
          <p className="rounded-lg bg-warn-soft px-3 py-2 text-sm">
            You are leaving this router: nothing can be deposited, withdrawn or asked until the exit is paid out or
            cancelled below.
          </p>
        )}
        {balance !== undefined && !isLeaving && <LockableNote balance={balance} />}
      </div>
    </Card>
  );
}
