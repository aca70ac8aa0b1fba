// The allowance: the most that may ever be settled, what of it is used, and until when.
import type { ReactNode } from "react";
import { formatMicroUsdc } from "@aimo-network/protocol/money";
import { Amount } from "../ui/amount.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Stat } from "../ui/stat.tsx";
import { dayText, exactTime } from "../ui/time-text.ts";
import { useNow } from "../ui/use-now.ts";
import { chainNow, durationWords, shareForBar } from "./standing.ts";
import type { ComingAllowance, Standing, StandingEscrow } from "./standing.ts";

const SECOND_MS = 1_000;

function isoOf(ms: number): string {
  return new Date(Math.min(ms, 8.64e15)).toISOString(); // the last moment that there is a date for
}

function Used({ escrow: { settled, allowance } }: { readonly escrow: StandingEscrow }): ReactNode {
  const percent = shareForBar(settled, allowance.total);
  return (
    <div
      role="meter"
      aria-label="Used of the allowance"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.min(100, percent)}
      aria-valuetext={`${formatMicroUsdc(settled)} of ${formatMicroUsdc(allowance.total)} USDC`}
      className="h-2 overflow-hidden rounded-full bg-sunken"
    >
      <div style={{ width: `${Math.min(100, percent)}%` }} className="h-full rounded-full bg-accent" />
    </div>
  );
}

function Coming({ coming, chainMs }: { readonly coming: ComingAllowance; readonly chainMs: number }): ReactNode {
  return (
    <p className="rounded-lg bg-warn-soft px-3 py-2 text-sm">
      It becomes <Amount usdc={formatMicroUsdc(coming.total)} className="font-medium" /> in all, until{" "}
      <span title={exactTime(isoOf(coming.expiresAtMs))}>{dayText(isoOf(coming.expiresAtMs))}</span>, in{" "}
      {durationWords(coming.atMs - chainMs)}: the router was given notice.
    </p>
  );
}

interface AllowanceCardProps {
  readonly standing: Standing & { readonly escrow: StandingEscrow };
  readonly onChange: () => void;
}

/** The card that says how much may be settled, and how much was. */
export function AllowanceCard({ standing, onChange }: AllowanceCardProps): ReactNode {
  const chainMs = chainNow(standing, useNow(SECOND_MS));
  const { escrow } = standing;
  const { allowance, settled, coming } = escrow;
  const expires = isoOf(allowance.expiresAtMs);
  const isOver = chainMs >= allowance.expiresAtMs;
  return (
    <Card
      title="Allowance"
      aside={
        <Button size="small" onClick={onChange}>
          Change the allowance
        </Button>
      }
    >
      <div className="flex flex-col gap-4">
        <p className="text-sm text-muted">
          The most that this router may ever settle of your escrow, whatever you deposit. It is kept by the program on
          the chain, so that even a router whose keys were stolen takes no more.
        </p>
        <dl className="grid grid-cols-1 gap-x-6 gap-y-4 min-[26rem]:grid-cols-2">
          <Stat label="In all">
            <Amount usdc={formatMicroUsdc(allowance.total)} />
          </Stat>
          <Stat label="Used" hint="Settled so far.">
            <Amount usdc={formatMicroUsdc(settled)} />
          </Stat>
          <Stat label="Left">
            <Amount usdc={formatMicroUsdc(allowance.left)} />
          </Stat>
          <Stat
            label={isOver ? "Ended" : "Ends"}
            hint={isOver ? "Change it to go on." : "Nothing is settled afterwards."}
          >
            <span title={exactTime(expires)}>{dayText(expires)}</span>
          </Stat>
        </dl>
        <Used escrow={escrow} />
        {coming !== undefined && <Coming coming={coming} chainMs={chainMs} />}
      </div>
    </Card>
  );
}
