// Taking earnings out with the router's agreement, at once.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import type { ReactNode } from "react";
import { useState } from "react";
import { useAct } from "../../signing/sign-and-land.tsx";
import { mostWithdrawable } from "../../ui/typed-usdc.ts";
import { buttonClasses } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { FaultNotice } from "../../ui/fault-notice.tsx";
import { SkeletonLines } from "../../ui/skeleton.tsx";
import { Amount } from "../../ui/amount.tsx";
import type { Earnings } from "../answers.ts";
import { earningsQuery } from "../provider-queries.ts";
import { OpenNotice, useOpenWithdrawal } from "./open-notice.tsx";
import type { PaidOut } from "./paid-out.ts";
import { PaidNotice } from "./paid-notice.tsx";
import { withdrawalAct } from "./withdrawal-act.ts";
import { WithdrawForm } from "./withdraw-form.tsx";
import { WithdrawalsCard } from "./withdrawals-card.tsx";

function NothingYet({ earnings }: { readonly earnings: Earnings }): ReactNode {
  if (earnings.withdrawing !== "0") {
    return (
      <EmptyState title="All that is settled is being withdrawn">
        <Amount usdc={earnings.withdrawing} /> are held by the withdrawal that is open. If it ends without a payment,
        they are free again.
      </EmptyState>
    );
  }
  if (earnings.payable === "0") {
    return (
      <EmptyState
        title="There is nothing to withdraw yet"
        action={
          <Link to="/provide" search={{ tab: "overview" }} className={buttonClasses()}>
            See what is on sale
          </Link>
        }
      >
        What your answers earn is settled on the chain in batches, and can be withdrawn from then on.
      </EmptyState>
    );
  }
  return (
    <EmptyState title="Nothing is ready to withdraw">
      <Amount usdc={earnings.payable} /> are on their way to the chain; this page shows them as soon as they are there.
    </EmptyState>
  );
}

/** The part Withdraw. */
export function WithdrawTab({ wallet }: { readonly wallet: string }): ReactNode {
  const asking = useQueryClient();
  const { data, error, refetch } = useQuery(earningsQuery);
  const { run, isBusy } = useAct();
  const open = useOpenWithdrawal();
  const [paid, setPaid] = useState<PaidOut>();

  const withdraw = async (amount: MicroUsdc): Promise<void> => {
    setPaid(undefined);
    const landed = await run(withdrawalAct(wallet, amount));
    await asking.invalidateQueries({ queryKey: ["earnings"] });
    if (landed !== undefined) setPaid({ ...landed, amount });
  };

  if (data === undefined) {
    if (error !== null) return <FaultNotice fault={error} onRetry={() => void refetch()} />;
    return (
      <Card>
        <SkeletonLines count={5} />
      </Card>
    );
  }
  const most = mostWithdrawable(data.data.claimable);
  return (
    <>
      {paid !== undefined && <PaidNotice wallet={wallet} paid={paid} />}
      {open !== undefined && !isBusy && <OpenNotice open={open} onContinue={(amount) => void withdraw(amount)} />}
      <Card title="Withdraw earnings">
        {open !== undefined && !isBusy ? (
          <p className="text-sm text-muted">
            There is one withdrawal at a time: the next one can be made when it has ended.
          </p>
        ) : most === 0n && !isBusy ? (
          <NothingYet earnings={data.data} />
        ) : (
          <WithdrawForm
            key={paid?.signature} // empty again after each that was paid
            wallet={wallet}
            most={most}
            isBusy={isBusy}
            onWithdraw={(amount) => void withdraw(amount)}
          />
        )}
      </Card>
      <WithdrawalsCard />
    </>
  );
}
