// Leaving without the router: the way out that needs nobody's agreement.
import type { ReactNode } from "react";
import { formatMicroUsdc } from "@aimo-network/protocol/money";
import { Amount } from "../ui/amount.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { exactTime } from "../ui/time-text.ts";
import { useNow } from "../ui/use-now.ts";
import type { ExitStep } from "./make-transactions.ts";
import { chainNow, durationWords, isDue } from "./standing.ts";
import type { Standing, StandingEscrow, StandingExit } from "./standing.ts";

const SECOND_MS = 1_000;

interface LeaveCardProps {
  readonly standing: Standing & { readonly escrow: StandingEscrow };
  readonly isBusy: boolean;
  readonly onStep: (step: ExitStep) => void;
}

function Leaving({ standing, exit, isBusy, onStep }: LeaveCardProps & { readonly exit: StandingExit }): ReactNode {
  const chainMs = chainNow(standing, useNow(SECOND_MS));
  const amount = <Amount usdc={formatMicroUsdc(standing.escrow.balance)} className="font-medium text-ink" />;
  const canEnd = isDue(exit, chainMs);
  return (
    <div className="flex flex-col gap-4">
      <div role="timer" aria-live="off">
        <p className="text-sm text-muted">{canEnd ? "Due since" : "Due in"}</p>
        <p className="figures text-xl font-semibold tracking-tight">
          {canEnd ? exactTime(new Date(exit.dueAtMs).toISOString()) : durationWords(exit.dueAtMs - chainMs)}
        </p>
        {!canEnd && <p className="text-[0.8125rem] text-muted">at {exactTime(new Date(exit.dueAtMs).toISOString())}</p>}
      </div>
      <p className="text-sm text-muted">
        {canEnd ? (
          <>Have {amount} paid to your own wallet: nothing more can be settled.</>
        ) : (
          <>
            Until then the router may settle what you used before, out of {amount}. No deposit, no withdrawal and no
            request is possible meanwhile.
          </>
        )}
      </p>
      <div className="flex flex-wrap gap-2">
        <Button
          variant={canEnd ? "primary" : "secondary"}
          disabled={!canEnd || isBusy}
          onClick={() => onStep("finalize")}
        >
          Have everything paid out
        </Button>
        <Button disabled={isBusy} onClick={() => onStep("cancel")}>
          Cancel the exit
        </Button>
      </div>
    </div>
  );
}

/** The card that explains the way out, or counts down to its end. */
export function LeaveCard(props: LeaveCardProps): ReactNode {
  const { standing, isBusy, onStep } = props;
  const { escrow, terms } = standing;
  const delay = durationWords(Number.parseInt(`${terms.exitDelayS}`, 10) * SECOND_MS);
  return (
    <Card title="Leave without the router">
      {escrow.exit === undefined ? (
        <div className="flex flex-col items-start gap-4">
          <p className="text-sm text-muted">
            A withdrawal needs the router’s signature. This needs nobody’s: you request it on the chain, and {delay}{" "}
            later everything in the escrow can be paid to you, whatever the router does, and also where it is gone. Your
            browser composes it by itself and asks only your Solana node.
          </p>
          <Button disabled={isBusy || escrow.balance === 0n} onClick={() => onStep("request")}>
            Request the exit
          </Button>
        </div>
      ) : (
        <Leaving {...props} exit={escrow.exit} />
      )}
    </Card>
  );
}
