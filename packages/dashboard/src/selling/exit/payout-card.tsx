// Where earnings are paid, and changing it: announced, so that whoever steals the wallet cannot take them at once.
import type { ReactNode } from "react";
import { useState } from "react";
import { Address } from "../../ui/address.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { TextField } from "../../ui/field.tsx";
import { exactTime } from "../../ui/time-text.ts";
import { useNow } from "../../ui/use-now.ts";
import { durationText } from "../fee-words.ts";
import { momentOf, secondsUntil, waitWords } from "./countdown.ts";
import { payoutAccountAct } from "./exit-acts.ts";
import type { ExitCardProps } from "./exit-card.tsx";
import { readAccount } from "./payout-account.ts";

function Pending({ wallet, read, provider, isBusy, onAct }: ExitCardProps): ReactNode {
  const now = useNow(1_000);
  const { pendingPayout: pending, payout } = provider;
  if (pending === undefined) return null;
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-lg bg-accent-soft px-4 py-3 text-sm">
      <div className="min-w-0 flex-1 basis-64">
        <p className="flex flex-wrap items-center gap-x-2">
          <Badge tone="accent">Announced</Badge> <Address value={pending.payout} name="the announced account" />
        </p>
        <p className="text-ink/85" title={exactTime(momentOf(pending.at, read))}>
          It is paid from then on: {waitWords(secondsUntil(pending.at, read, now))}.
        </p>
      </div>
      <Button
        size="small"
        isBusy={isBusy}
        onClick={() => void onAct(payoutAccountAct(wallet, { account: payout, own: read.own }))}
      >
        Take the change back
      </Button>
    </div>
  );
}

/** Where earnings are paid, a change that waits, and the form for another one. */
export function PayoutCard(props: ExitCardProps): ReactNode {
  const { wallet, read, provider, isBusy, onAct } = props;
  const [text, setText] = useState("");
  const { account, fault } = readAccount(text, provider);
  const delay = durationText(Number.parseInt(`${read.delay}`, 10));
  const isOwn = provider.payout === read.own;
  return (
    <Card title="Payout account">
      <div className="flex max-w-2xl flex-col gap-4">
        <p className="text-sm text-muted">
          {isOwn
            ? "Withdrawals and exits are paid to your wallet’s own USDC account."
            : "Withdrawals and exits are paid to an account that you named."}{" "}
          A change is in force {delay} after you sign it, so that whoever steals your wallet cannot take your earnings
          at once.
        </p>
        <Pending {...props} />
        <form
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            if (account === undefined) return;
            const act = payoutAccountAct(wallet, { account, own: read.own });
            void onAct(act).then((isDone) => isDone && setText(""));
          }}
        >
          <TextField
            label="Another USDC account"
            value={text}
            placeholder="Its address"
            className="font-mono text-[0.8125rem]"
            onChange={({ target }) => setText(target.value)}
            fault={fault}
            hint="The address of a USDC account that is open, such as that of a hardware wallet or a treasury; not a wallet’s own address."
          />
          <div className="flex flex-wrap gap-2">
            <Button type="submit" disabled={account === undefined} isBusy={isBusy}>
              Announce the change
            </Button>
            {!isOwn && (
              <Button variant="ghost" onClick={() => setText(read.own)}>
                My wallet’s own account
              </Button>
            )}
          </div>
        </form>
      </div>
    </Card>
  );
}
