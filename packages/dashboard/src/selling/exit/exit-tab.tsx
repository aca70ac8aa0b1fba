// Leaving with one's earnings by the chain alone, whatever the router does.
import { useQueryClient } from "@tanstack/react-query";
import { formatMicroUsdc } from "@aimo-network/protocol/money";
import type { ReactNode } from "react";
import { useEffect, useState } from "react";
import { useAct } from "../../signing/sign-and-land.tsx";
import type { Act } from "../../signing/act.ts";
import { Address } from "../../ui/address.tsx";
import { Amount } from "../../ui/amount.tsx";
import { Card } from "../../ui/card.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { FaultNotice } from "../../ui/fault-notice.tsx";
import { SkeletonLines } from "../../ui/skeleton.tsx";
import { Stat } from "../../ui/stat.tsx";
import { durationText } from "../fee-words.ts";
import { PaidNotice } from "../withdraw/paid-notice.tsx";
import type { PaidOut } from "../withdraw/paid-out.ts";
import { preloadExitActs } from "./exit-acts.ts";
import { ExitCard } from "./exit-card.tsx";
import { PayoutCard } from "./payout-card.tsx";
import { useProviderOnChain } from "./provider-on-chain.ts";
import type { ProviderOnChain, RegisteredProvider } from "./provider-on-chain.ts";

interface FactsProps {
  readonly read: ProviderOnChain;
  readonly provider: RegisteredProvider;
}

function Facts({ read, provider }: FactsProps): ReactNode {
  return (
    <dl className="grid gap-5 sm:grid-cols-3">
      <Stat label="Yours on the chain" hint="settled and not paid out">
        <Amount usdc={formatMicroUsdc(provider.claimable)} />
      </Stat>
      <Stat label="Delay" hint="between a request and its payment">
        {durationText(Number.parseInt(`${read.delay}`, 10))}
      </Stat>
      <Stat
        label="Paid to"
        hint={provider.payout === read.own ? "your wallet’s own USDC account" : "your payout account"}
      >
        <Address value={provider.payout} name="the payout account" />
      </Stat>
    </dl>
  );
}

/** The part about leaving without the router, and where one is paid. */
export function ExitTab({ wallet }: { readonly wallet: string }): ReactNode {
  const asking = useQueryClient();
  const { data, error, refetch } = useProviderOnChain(wallet);
  const { run, isBusy } = useAct();
  const [paid, setPaid] = useState<PaidOut>();
  useEffect(() => {
    void preloadExitActs().catch(() => undefined); // an act that cannot be loaded says so itself
  }, []);

  const perform = async (act: Act, amount?: PaidOut["amount"]): Promise<boolean> => {
    setPaid(undefined);
    const landed = await run(act);
    await asking.invalidateQueries({ queryKey: ["earnings"] });
    if (landed !== undefined && amount !== undefined) setPaid({ ...landed, amount });
    return landed !== undefined;
  };

  return (
    <>
      {paid !== undefined && <PaidNotice wallet={wallet} paid={paid} />}
      {error !== null && <FaultNotice fault={error} onRetry={() => void refetch()} />}
      <Card title="Paid by the chain alone">
        <div className="flex flex-col gap-5">
          <p className="max-w-2xl text-muted">
            What is settled is yours on Solana. If the router does not answer or does not agree to a withdrawal, the
            escrow program pays you after a delay. This page asks a Solana node and nothing of the router.
          </p>
          {data === undefined && error === null && <SkeletonLines count={3} />}
          {data?.provider !== undefined && <Facts read={data} provider={data.provider} />}
          {data !== undefined && data.provider === undefined && (
            <EmptyState title="Nothing of yours is on the chain yet">
              A router registers a provider with the first settlement that pays it. Until then there is nothing to leave
              with.
            </EmptyState>
          )}
        </div>
      </Card>
      {data?.provider !== undefined && (
        <>
          <ExitCard wallet={wallet} read={data} provider={data.provider} isBusy={isBusy} onAct={perform} />
          <PayoutCard wallet={wallet} read={data} provider={data.provider} isBusy={isBusy} onAct={perform} />
        </>
      )}
    </>
  );
}
