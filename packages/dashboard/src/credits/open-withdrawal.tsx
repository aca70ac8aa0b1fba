// A withdrawal that is open: the router has signed it, and it waits for the wallet.
import type { ReactNode } from "react";
import { Amount } from "../ui/amount.tsx";
import { Button } from "../ui/button.tsx";
import type { Withdrawal } from "./money-desk.ts";

const OPEN_STATES: ReadonlySet<string> = new Set(["requested", "router-signed", "submitted"]);

/** Whether it holds its amount, so that no other one can be asked for. */
export function isOpenWithdrawal({ state }: Withdrawal): boolean {
  return OPEN_STATES.has(state);
}

interface OpenWithdrawalProps {
  readonly open: Withdrawal;
  readonly onContinue: (open: Withdrawal) => void;
}

/** Says so, and goes on with it. */
export function OpenWithdrawal({ open, onContinue }: OpenWithdrawalProps): ReactNode {
  const canGoOn = open.transaction !== null && open.state === "router-signed";
  return (
    <div className="flex flex-wrap items-center justify-between gap-3 rounded-lg bg-warn-soft px-3 py-2 text-sm">
      <p className="min-w-0 flex-1">
        A withdrawal of <Amount usdc={open.amount} className="font-medium" /> is open already, and there is one at a
        time. {canGoOn ? "Unsigned it ends by itself in a minute or two." : "It is on its way."}
      </p>
      {canGoOn && (
        <Button size="small" onClick={() => onContinue(open)}>
          Go on with it
        </Button>
      )}
    </div>
  );
}
