// The page Activity: what was spent, day by day, and every answer.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Activity } from "lucide-react";
import type { ReactNode } from "react";
import { SignedIn } from "../session/signed-in.tsx";
import { buttonClasses } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { Page } from "../ui/page.tsx";
import { usedQuery } from "./activity-queries.ts";
import { GenerationsCard } from "./generations-card.tsx";
import { UsageCard } from "./usage-card.tsx";
import { LiveMark } from "./live-mark.tsx";

function NothingYet(): ReactNode {
  return (
    <Card>
      <EmptyState
        icon={<Activity className="size-5" />}
        title="Nothing was asked yet."
        action={
          <>
            <Link to="/playground" className={buttonClasses({ variant: "primary" })}>
              Try a model
            </Link>
            <Link to="/keys" search={{ generate: "api" }} className={buttonClasses()}>
              Generate API Key
            </Link>
          </>
        }
      >
        Every answer is listed here when it ends, with its tokens, its cost to the last digit, and its receipt.
      </EmptyState>
    </Card>
  );
}

function OwnActivity(): ReactNode {
  const { data } = useQuery(usedQuery("model"));
  if (data?.length === 0) return <NothingYet />;
  return (
    <>
      <UsageCard />
      <GenerationsCard />
    </>
  );
}

/** The page of what a wallet spent, by day and answer by answer. */
export function ActivityPage(): ReactNode {
  return (
    <Page
      title="Activity"
      lead="What you spent, by UTC day, and every answer with its receipt. Days are kept for a month."
      actions={<LiveMark />}
    >
      <SignedIn what="your activity">{() => <OwnActivity />}</SignedIn>
    </Page>
  );
}
