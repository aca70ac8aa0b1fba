// Every withdrawal of earnings, the newest first, with where to look it up.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { clusterOf } from "@aimo-network/escrow/clusters";
import type { ReactNode } from "react";
import { routerQuery } from "../../router/router-query.ts";
import { explorerLink } from "../../signing/explorer-link.ts";
import { useRpcUrl } from "../../signing/rpc-choice.ts";
import { Address } from "../../ui/address.tsx";
import { Amount } from "../../ui/amount.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { FaultNotice } from "../../ui/fault-notice.tsx";
import { SkeletonLines } from "../../ui/skeleton.tsx";
import { useNow } from "../../ui/use-now.ts";
import { PastMoment } from "../past-moment.tsx";
import type { Withdrawal } from "../answers.ts";
import { withdrawalsQuery } from "../provider-queries.ts";
import { WideTable } from "../wide-table.tsx";
import { withdrawalState } from "./withdrawal-words.ts";

const NOW_EVERY_MS = 10_000;

function Transaction({ signature }: { readonly signature: string | null }): ReactNode {
  const { data: router } = useQuery(routerQuery);
  const rpcUrl = useRpcUrl();
  if (signature === null) return "–";
  const cluster = clusterOf(router?.chain?.network);
  const link = rpcUrl === undefined ? undefined : explorerLink("tx", signature, { cluster, rpcUrl });
  return (
    <span className="-my-2 inline-flex">
      <Address value={signature} name="the transaction" explorerUrl={link} />
    </span>
  );
}

function State({ withdrawal }: { readonly withdrawal: Withdrawal }): ReactNode {
  const { tone, word, meaning } = withdrawalState(withdrawal);
  return (
    <>
      <Badge tone={tone}>{word}</Badge>
      {withdrawal.state !== "confirmed" && (
        <span className="mt-1 block max-w-sm min-w-56 text-[0.8125rem] whitespace-normal text-muted">{meaning}</span>
      )}
    </>
  );
}

function Rows({ withdrawals }: { readonly withdrawals: readonly Withdrawal[] }): ReactNode {
  const now = useNow(NOW_EVERY_MS);
  return (
    <WideTable
      label="Withdrawals"
      columns={[{ title: "When" }, { title: "USDC", isNumber: true }, { title: "State" }, { title: "Transaction" }]}
      rows={withdrawals.map((withdrawal) => ({
        id: withdrawal.id,
        cells: [
          <PastMoment key="at" at={withdrawal.requested_at} now={now} />,
          <Amount key="amount" usdc={withdrawal.amount} hasUnit={false} />,
          <State key="state" withdrawal={withdrawal} />,
          <Transaction key="signature" signature={withdrawal.signature} />,
        ],
      }))}
    />
  );
}

/** The list of withdrawals, page by page. */
export function WithdrawalsCard(): ReactNode {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(withdrawalsQuery);
  const withdrawals = data?.pages.flatMap((page) => page.data);
  return (
    <Card title="Withdrawals" isFlush>
      {error !== null && (
        <div className="px-5 pb-5">
          <FaultNotice fault={error} onRetry={() => void refetch()} />
        </div>
      )}
      {withdrawals === undefined && error === null && (
        <div className="px-5 pb-5">
          <SkeletonLines count={3} />
        </div>
      )}
      {withdrawals?.length === 0 && <p className="px-5 pb-5 text-sm text-muted">There was none yet.</p>}
      {withdrawals !== undefined && withdrawals.length > 0 && <Rows withdrawals={withdrawals} />}
      {hasNextPage && (
        <div className="border-t border-line px-5 py-3">
          <Button size="small" isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Show older ones
          </Button>
        </div>
      )}
    </Card>
  );
}
