// The page of one generation: what is known of it, how its cost comes about, and its receipt checked in the browser.
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import type { ReactNode } from "react";
import { SignedIn } from "../session/signed-in.tsx";
import { isApiFault } from "../api/api-fault.ts";
import { buttonClasses } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { FaultNotice } from "../ui/fault-notice.tsx";
import { Page } from "../ui/page.tsx";
import { SkeletonLines } from "../ui/skeleton.tsx";
import { generationQuery } from "./activity-queries.ts";
import { GenerationFacts } from "./generation-facts.tsx";
import { CostCard } from "./receipt/cost-card.tsx";
import { ReceiptCard } from "./receipt/receipt-card.tsx";
import { useReceiptCheck } from "./receipt/use-receipt-check.ts";

function BackLink(): ReactNode {
  return (
    <Link to="/activity" className={buttonClasses({ size: "small" })}>
      <ArrowLeft aria-hidden className="size-4" />
      All answers
    </Link>
  );
}

function Unknown(): ReactNode {
  return (
    <Card>
      <EmptyState title="This wallet has no such answer." action={<BackLink />}>
        An answer is listed when it has ended. It may be another wallet's, or of another router.
      </EmptyState>
    </Card>
  );
}

function OwnGeneration({ id, wallet }: { readonly id: string; readonly wallet: string }): ReactNode {
  const { data, error, refetch } = useQuery(generationQuery(id));
  const check = useReceiptCheck(id, wallet, data);
  if (isApiFault(error, "generation_not_found", "invalid_request")) return <Unknown />;
  if (error !== null) return <FaultNotice fault={error} onRetry={() => void refetch()} />;
  return (
    <>
      <Card title="Facts">
        {data === undefined ? <SkeletonLines count={6} /> : <GenerationFacts generation={data} />}
      </Card>
      <div className="grid grid-cols-1 items-start gap-6 xl:grid-cols-2">
        <CostCard proof={check.data?.proof} />
        <ReceiptCard id={id} check={check} />
      </div>
    </>
  );
}

/** The page of one answer, at the address with its id. */
export function GenerationPage(): ReactNode {
  const { generation: id } = useParams({ from: "/activity/$generation" });
  return (
    <Page
      title="Answer"
      lead={<span className="font-mono text-[0.8125rem] break-all">{id}</span>}
      actions={<BackLink />}
    >
      <SignedIn what="this answer">{(wallet) => <OwnGeneration id={id} wallet={wallet} />}</SignedIn>
    </Page>
  );
}
