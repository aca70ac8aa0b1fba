// How far a deposit is that has landed.
import { Check, LoaderCircle, X } from "lucide-react";
import type { ReactNode } from "react";
import { formatMicroUsdc } from "@aimo-network/protocol/money";
import { Button } from "../ui/button.tsx";
import type { FollowedDeposit } from "./use-crediting.ts";

interface CreditingStripProps {
  readonly followed: FollowedDeposit;
  readonly onDismiss: () => void;
}

/** Two steps of three are done: landed, counted by the router, spendable. */
export function CreditingStrip({ followed: { deposit, state }, onDismiss }: CreditingStripProps): ReactNode {
  return (
    <div
      role="status"
      className="flex flex-wrap items-center gap-x-5 gap-y-2 rounded-lg border border-line bg-surface px-4 py-3 text-sm"
    >
      <span className="flex items-center gap-2 font-medium">
        <Check aria-hidden className="size-4 text-good" />
        {formatMicroUsdc(deposit.amount)} USDC landed on the chain
      </span>
      <span className="flex items-center gap-2 text-muted">
        <LoaderCircle aria-hidden className="size-4 animate-spin" />
        {state === "late"
          ? "The router has not counted it yet, which takes longer than usual. It is in your escrow, whatever the router does."
          : "The router counts it, then it can be spent"}
      </span>
      <span className="ml-auto flex items-center gap-1">
        {deposit.explorerUrl !== undefined && (
          <a
            href={deposit.explorerUrl}
            target="_blank"
            rel="noopener noreferrer"
            className="font-medium text-accent hover:underline"
          >
            Transaction
          </a>
        )}
        <Button variant="ghost" size="icon" aria-label="Hide" onClick={onDismiss}>
          <X aria-hidden className="size-4" />
        </Button>
      </span>
    </div>
  );
}
