// What a provider earned, by day and model, and where it is on its way to the wallet.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { routerQuery } from "../../router/router-query.ts";
import { Amount } from "../../ui/amount.tsx";
import { buttonClasses } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { classes } from "../../ui/class-names.ts";
import { EmptyState } from "../../ui/empty-state.tsx";
import { FaultNotice } from "../../ui/fault-notice.tsx";
import { SkeletonLines } from "../../ui/skeleton.tsx";
import { Stat } from "../../ui/stat.tsx";
import type { Earnings } from "../answers.ts";
import { feeWords, settleWords } from "../fee-words.ts";
import { accountQuery, earningsQuery } from "../provider-queries.ts";
import { WithdrawalsCard } from "../withdraw/withdrawals-card.tsx";
import { EarnedCard } from "./earned-card.tsx";

function Sums({ earnings }: { readonly earnings: Earnings }): ReactNode {
  const { data: router } = useQuery(routerQuery);
  const { data: account } = useQuery(accountQuery);
  const fee = router?.chain?.fee_bps;
  const age = router?.limits.settle_age_ms;
  const { earned, withdrawn } = account?.data ?? {};
  return (
    <Card>
      <dl className="grid grid-cols-1 gap-5 sm:grid-cols-2 lg:grid-cols-4">
        <Stat
          label="Not settled yet"
          hint={`charged to users, before the fee${age === undefined ? "" : `; on the chain ${settleWords(age)}`}`}
        >
          <Amount usdc={earnings.payable} />
        </Stat>
        <Stat
          label="Ready to withdraw"
          hint={
            <>
              settled on the chain
              {earnings.withdrawing !== "0" && (
                <>
                  ; <Amount usdc={earnings.withdrawing} /> more are being withdrawn
                </>
              )}
            </>
          }
        >
          <Amount usdc={earnings.claimable} />
        </Stat>
        <Stat
          label="Withdrawn"
          hint={
            typeof earned === "string" && (
              <>
                of <Amount usdc={earned} /> earned here in all
              </>
            )
          }
        >
          {typeof withdrawn === "string" ? <Amount usdc={withdrawn} /> : "–"}
        </Stat>
        <Stat label="The router's fee" hint="kept when answers are settled, once">
          {fee === undefined ? "–" : feeWords(fee)}
        </Stat>
      </dl>
      <Link
        to="/provide"
        search={{ tab: "withdraw" }}
        className={classes("mt-5", buttonClasses({ variant: "primary" }))}
      >
        Withdraw
      </Link>
    </Card>
  );
}

/** The part Earnings. */
export function EarningsTab(): ReactNode {
  const { data, error, refetch } = useQuery(earningsQuery);
  if (error !== null && data === undefined) return <FaultNotice fault={error} onRetry={() => void refetch()} />;
  if (data === undefined) {
    return (
      <Card>
        <SkeletonLines count={6} />
      </Card>
    );
  }
  const earnings = data.data;
  return (
    <>
      {error !== null && <FaultNotice fault={error} onRetry={() => void refetch()} />}
      <Sums earnings={earnings} />
      {earnings.by_day.length === 0 ? (
        <Card>
          <EmptyState
            title="Nothing was earned in the last 31 days"
            action={
              <Link to="/keys" search={{ generate: "provider" }} className={buttonClasses({ variant: "primary" })}>
                Generate Provider Key
              </Link>
            }
          >
            As soon as somebody uses a model of yours, it stands here by day and model. With a key and a config.toml,
            your machine sells in a minute.
          </EmptyState>
        </Card>
      ) : (
        <EarnedCard rows={earnings.by_day} />
      )}
      <WithdrawalsCard />
    </>
  );
}
