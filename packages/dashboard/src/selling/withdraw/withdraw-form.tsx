// The form: how much, where it goes, and what it costs.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { formatMicroUsdc } from "@aimo-network/protocol/money";
import type { ReactNode } from "react";
import { useState } from "react";
import { faultWords } from "../../api/fault-words.ts";
import { Address } from "../../ui/address.tsx";
import { AmountField } from "../../ui/amount-field.tsx";
import { Button } from "../../ui/button.tsx";
import { FaucetButton } from "../../wallets/faucet-button.tsx";
import { useProviderOnChain } from "../exit/provider-on-chain.ts";
import { accountQuery } from "../provider-queries.ts";
import { solText, withdrawalLamports } from "./network-fee.ts";
import { readAmount } from "./withdrawal-amount.ts";

interface WithdrawFormProps {
  readonly wallet: string;
  readonly most: MicroUsdc;
  readonly isBusy: boolean;
  readonly onWithdraw: (amount: MicroUsdc) => void;
}

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }): ReactNode {
  return (
    <div className="flex flex-col gap-x-4 py-2.5 sm:flex-row sm:items-baseline">
      <dt className="w-36 shrink-0 text-muted">{label}</dt>
      <dd className="min-w-0 flex-1">{children}</dd>
    </div>
  );
}

function Destination({ wallet }: { readonly wallet: string }): ReactNode {
  const chain = useProviderOnChain(wallet);
  const account = useQuery({ ...accountQuery, enabled: chain.error !== null });
  const payout = chain.data?.provider?.payout ?? account.data?.data.payout_account ?? undefined;
  if (payout === undefined) return <>Your payout account; the wallet shows it before you sign.</>;
  const isOwn = payout === chain.data?.own;
  return (
    <>
      {isOwn ? "Your wallet’s own USDC account" : "Your payout account"} <Address value={payout} name="the account" />
      <span className="block text-[0.8125rem] text-muted">
        The program pays nowhere else.{" "}
        <Link to="/provide" search={{ tab: "exit" }} className="text-accent underline underline-offset-2">
          Change it
        </Link>
      </span>
    </>
  );
}

function Costs({ wallet }: { readonly wallet: string }): ReactNode {
  const { data, error } = useProviderOnChain(wallet);
  const provider = data?.provider;
  const opensAccount = provider !== undefined && provider.payout === data?.own && provider.payoutBalance === undefined;
  const lamports = withdrawalLamports(opensAccount);
  return (
    <>
      About {solText(lamports)} SOL from your wallet
      {opensAccount && ", most of it to open its USDC account, once"}
      {data !== undefined && data.lamports < lamports && (
        <span className="mt-1 flex flex-wrap items-center gap-2 text-bad" role="alert">
          Your wallet has {solText(data.lamports)} SOL: send it some first. <FaucetButton />
        </span>
      )}
      {error !== null && (
        <span className="block text-[0.8125rem] text-muted">
          {faultWords(error).what} {faultWords(error).next}
        </span>
      )}
    </>
  );
}

/** Asks how much, and says where it goes and what it costs. */
export function WithdrawForm({ wallet, most, isBusy, onWithdraw }: WithdrawFormProps): ReactNode {
  const [text, setText] = useState("");
  const typed = readAmount(text, most);
  const { amount } = typed;
  const fault = isBusy ? undefined : typed.fault; // what is being withdrawn is not ready any more
  return (
    <form
      className="flex max-w-2xl flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (amount !== undefined) onWithdraw(amount);
      }}
    >
      <AmountField value={text} onChange={setText} most={most} mostWords="are ready" fault={fault} />
      <dl className="divide-y divide-line border-y border-line text-sm">
        <Fact label="Paid to">
          <Destination wallet={wallet} />
        </Fact>
        <Fact label="Network fee">
          <Costs wallet={wallet} />
        </Fact>
        <Fact label="The router’s fee">None: it was kept when your answers were settled.</Fact>
      </dl>
      <Button type="submit" variant="primary" className="self-start" disabled={amount === undefined} isBusy={isBusy}>
        {amount === undefined ? "Withdraw" : `Withdraw ${formatMicroUsdc(amount)} USDC`}
      </Button>
    </form>
  );
}
