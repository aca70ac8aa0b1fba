// An exit: asked for, waited for, and paid out.
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { formatMicroUsdc } from "@aimo-network/protocol/money";
import type { ReactNode } from "react";
import { useState } from "react";
import type { Act } from "../../signing/act.ts";
import { Amount } from "../../ui/amount.tsx";
import { AmountField } from "../../ui/amount-field.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { exactTime } from "../../ui/time-text.ts";
import { useNow } from "../../ui/use-now.ts";
import { durationText } from "../fee-words.ts";
import { readAmount } from "../withdraw/withdrawal-amount.ts";
import { momentOf, secondsUntil, waitWords } from "./countdown.ts";
import { finalizeExitAct, requestExitAct } from "./exit-acts.ts";
import type { ProviderOnChain, RegisteredProvider, RequestedExit } from "./provider-on-chain.ts";

/** What the cards of this part are given. */
export interface ExitCardProps {
  readonly wallet: string;
  readonly read: ProviderOnChain;
  readonly provider: RegisteredProvider;
  readonly isBusy: boolean;
  /** Whether it went through; `amount` is what was paid. */
  readonly onAct: (act: Act, amount?: MicroUsdc) => Promise<boolean>;
}

function Request({ wallet, read, provider, isBusy, onAct }: ExitCardProps): ReactNode {
  const [text, setText] = useState("");
  const { amount, fault } = readAmount(text, provider.claimable);
  const delay = durationText(Number.parseInt(`${read.delay}`, 10));
  if (provider.claimable === 0n) return <p className="text-sm text-muted">There is nothing to leave with now.</p>;
  return (
    <form
      className="flex max-w-2xl flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (amount !== undefined) void onAct(requestExitAct(wallet, amount)).then((isDone) => isDone && setText(""));
      }}
    >
      <ol className="list-decimal space-y-1 pl-5 text-sm text-muted">
        <li>Request it: your wallet signs, and the delay of {delay} begins.</li>
        <li>Wait. You go on selling, and the router’s own withdrawals go on too.</li>
        <li>Have it paid out, from this page or by anybody: only your payout account can get it.</li>
      </ol>
      <AmountField
        value={text}
        onChange={setText}
        most={provider.claimable}
        mostWords="can leave now"
        hint="There is one exit at a time, and it cannot be called back; it never pays more than is there then."
        fault={fault}
      />
      <Button type="submit" className="self-start" disabled={amount === undefined} isBusy={isBusy}>
        {amount === undefined ? "Request the exit" : `Request the exit of ${formatMicroUsdc(amount)} USDC`}
      </Button>
    </form>
  );
}

interface RequestedProps extends ExitCardProps {
  readonly exit: RequestedExit;
}

function Requested({ wallet, read, exit, isBusy, onAct }: RequestedProps): ReactNode {
  const left = secondsUntil(exit.deadline, read, useNow(1_000));
  const isDue = read.chainSeconds >= exit.deadline; // by the chain's clock, which decides
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <span className="text-xl font-semibold">
          <Amount usdc={formatMicroUsdc(exit.amount)} />
        </span>
        <Badge tone={isDue ? "good" : "accent"}>{isDue ? "Due" : "Requested"}</Badge>
        {!isDue && (
          <span className="figures text-muted" title={exactTime(momentOf(exit.deadline, read))}>
            {waitWords(left)}
          </span>
        )}
      </div>
      <p className="max-w-2xl text-sm text-muted">
        {isDue
          ? "It can be paid out now, by your wallet or anybody else’s; it goes to your payout account alone."
          : `It can be paid out from ${exactTime(momentOf(exit.deadline, read))} on. You may leave this page: nothing is lost, and it does not end by itself.`}
      </p>
      <Button
        variant="primary"
        className="self-start"
        disabled={!isDue}
        isBusy={isBusy}
        onClick={() => void onAct(finalizeExitAct(wallet, exit.amount), exit.amount)}
      >
        Have {formatMicroUsdc(exit.amount)} USDC paid out
      </Button>
    </div>
  );
}

/** The card: the form, or the exit that was requested. */
export function ExitCard(props: ExitCardProps): ReactNode {
  const { exit } = props.provider;
  return (
    <Card title="Leave with your earnings">
      {exit === undefined ? <Request {...props} /> : <Requested {...props} exit={exit} />}
    </Card>
  );
}
