// The credits of the wallet that is signed in: figures, forms, and what is being done.
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useEffect, useState } from "react";
import { balanceQuery } from "../api/balance-query.ts";
import type { Act, Landed } from "../signing/act.ts";
import { useRpcUrl } from "../signing/rpc-choice.ts";
import { useAct } from "../signing/sign-and-land.tsx";
import { FaultNotice } from "../ui/fault-notice.tsx";
import { ToldPart } from "../ui/told-part.tsx";
import { allowanceAct, depositAct, exitAct, openWithdrawalAct, preloadActs, withdrawalAct } from "./acts.ts";
import { AllowanceCard } from "./allowance-card.tsx";
import { AllowanceDialog } from "./allowance-dialog.tsx";
import { BalanceCard } from "./balance-card.tsx";
import { standingQuery, withdrawalsQuery } from "./credits-queries.ts";
import type { ToldBalance } from "./credits-queries.ts";
import { CreditingStrip } from "./crediting-strip.tsx";
import { DepositDialog } from "./deposit-dialog.tsx";
import { FirstDepositCard } from "./first-deposit-card.tsx";
import { HistoryCard } from "./history-card.tsx";
import { LeaveCard } from "./leave-card.tsx";
import type { AllowanceChoice, DepositChoice } from "./make-transactions.ts";
import { isOpenWithdrawal } from "./open-withdrawal.tsx";
import type { Standing, StandingEscrow } from "./standing.ts";
import { useCrediting } from "./use-crediting.ts";
import { WalletCard } from "./wallet-card.tsx";
import { WithdrawDialog } from "./withdraw-dialog.tsx";

type Form = "deposit" | "withdraw" | "allowance";

/** Runs acts; what they changed is asked again. */
function useMoneyAct(): { readonly run: (act: Act) => Promise<Landed | undefined>; readonly isBusy: boolean } {
  const asking = useQueryClient();
  const { run, isBusy } = useAct();
  return {
    isBusy,
    async run(act) {
      const landed = await run(act);
      const old = [["credits"], ["balance"]];
      await Promise.all(old.map((queryKey) => asking.invalidateQueries({ queryKey })));
      return landed;
    },
  };
}

function hasEscrow(standing: Standing | undefined): standing is Standing & { readonly escrow: StandingEscrow } {
  return standing?.escrow !== undefined;
}

/** What the router says is not known, or of before; what the chain says is. */
function RouterAway({ fault, onRetry }: { readonly fault: unknown; readonly onRetry: () => void }): ReactNode {
  return (
    <div className="flex flex-col gap-2">
      <FaultNotice fault={fault} onRetry={onRetry} />
      <p className="text-sm text-muted">
        Available, locked and unsettled are the router’s word. The escrow, the allowance and leaving are the chain’s:
        they work without it.
      </p>
    </div>
  );
}

interface FormsProps {
  readonly form: Form | undefined;
  readonly wallet: string;
  readonly told: ToldBalance | undefined;
  readonly standing: Standing | undefined;
  readonly onClose: () => void;
  readonly onDeposit: (choice: DepositChoice) => void;
  readonly onAct: (act: Act) => void;
}

function Forms({ form, wallet, told, standing, onClose, onDeposit, onAct }: FormsProps): ReactNode {
  const withdrawals = useInfiniteQuery(withdrawalsQuery());
  const open = withdrawals.data?.pages[0]?.data.find((one) => isOpenWithdrawal(one));
  if (form === "deposit" && standing !== undefined) {
    return <DepositDialog standing={standing} isOpen onClose={onClose} onDeposit={onDeposit} />;
  }
  if (form === "withdraw" && told !== undefined) {
    return (
      <WithdrawDialog
        balance={told}
        open={open}
        isOpen
        onClose={onClose}
        onWithdraw={(amount) => onAct(withdrawalAct(wallet, amount))}
        onContinue={(one) => onAct(openWithdrawalAct(wallet, one))}
      />
    );
  }
  if (form === "allowance" && hasEscrow(standing)) {
    const change = (choice: AllowanceChoice): void => onAct(allowanceAct(wallet, choice));
    return <AllowanceDialog standing={standing} isOpen onClose={onClose} onChange={change} />;
  }
  return null;
}

/** The figures and cards of a wallet; everything that only needs the chain is there also where the router is not. */
export function OwnCredits({ wallet }: { readonly wallet: string }): ReactNode {
  const balance = useQuery(balanceQuery);
  const { data: standing, error: away, refetch } = useQuery(standingQuery(wallet, useRpcUrl()));
  const { run, isBusy } = useMoneyAct();
  const crediting = useCrediting();
  useEffect(() => void preloadActs(), []);
  const [form, setForm] = useState<Form>();
  const told = balance.data?.data;
  const isShort = standing !== undefined && !hasEscrow(standing) && standing.usdc < standing.terms.minDeposit;
  const close = (): void => setForm(undefined);
  const deposit = async (choice: DepositChoice): Promise<void> => {
    close();
    const landed = await run(depositAct(wallet, choice));
    if (landed !== undefined) crediting.follow(choice.amount, told?.deposited, landed);
  };
  const act = (one: Act): void => {
    close();
    void run(one);
  };

  return (
    <>
      {crediting.followed !== undefined && (
        <CreditingStrip followed={crediting.followed} onDismiss={crediting.dismiss} />
      )}
      {balance.error !== null && <RouterAway fault={balance.error} onRetry={() => void balance.refetch()} />}
      {away !== null && <FaultNotice fault={away} onRetry={() => void refetch()} />}
      {standing !== undefined && !hasEscrow(standing) ? (
        <FirstDepositCard standing={standing} isShort={isShort} onDeposit={() => setForm("deposit")} />
      ) : (
        <BalanceCard
          balance={told}
          standing={standing}
          isChainAway={away !== null}
          onDeposit={() => setForm("deposit")}
          onWithdraw={() => setForm("withdraw")}
        />
      )}
      <div className="grid grid-cols-1 items-start gap-6 xl:grid-cols-2">
        {hasEscrow(standing) && <AllowanceCard standing={standing} onChange={() => setForm("allowance")} />}
        <div className="flex flex-col gap-6">
          {(standing !== undefined || away === null) && <WalletCard standing={standing} hasFaucet={!isShort} />}
          {hasEscrow(standing) && (
            <LeaveCard standing={standing} isBusy={isBusy} onStep={(step) => void run(exitAct(wallet, step))} />
          )}
        </div>
      </div>
      <ToldPart>
        <HistoryCard escrow={standing?.address} />
      </ToldPart>
      <ToldPart>
        <Forms
          {...{ form, wallet, told, standing }}
          onClose={close}
          onDeposit={(choice) => void deposit(choice)}
          onAct={act}
        />
      </ToldPart>
    </>
  );
}
