// The page Provide: for who sells models, and for who could.
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { KeyRound } from "lucide-react";
import type { ReactNode } from "react";
import { LiveMark } from "../activity/live-mark.tsx";
import { useSession } from "../session/use-session.ts";
import { buttonClasses } from "../ui/button.tsx";
import { Page } from "../ui/page.tsx";
import { SkeletonLines } from "../ui/skeleton.tsx";
import { Tabs } from "../ui/tabs.tsx";
import { ToldPart } from "../ui/told-part.tsx";
import { EarningsTab } from "./earnings/earnings-tab.tsx";
import { ExitTab } from "./exit/exit-tab.tsx";
import { HowToEarn } from "./how-to-earn.tsx";
import { OverviewTab } from "./overview/overview-tab.tsx";
import { WithdrawTab } from "./withdraw/withdraw-tab.tsx";

const TABS = ["overview", "earnings", "withdraw", "exit"] as const;

function SellingTabs({ wallet }: { readonly wallet: string }): ReactNode {
  const { tab } = useSearch({ from: "/provide" });
  const navigate = useNavigate({ from: "/provide" });
  return (
    <Tabs
      label="Selling"
      selected={TABS.find((known) => known === tab) ?? "overview"}
      onSelect={(next) => void navigate({ search: { tab: next }, replace: true })}
      tabs={[
        { id: "overview", title: "Overview", content: told(<OverviewTab />) },
        { id: "earnings", title: "Earnings", content: told(<EarningsTab />) },
        { id: "withdraw", title: "Withdraw", content: told(<WithdrawTab wallet={wallet} />) },
        { id: "exit", title: "Exit", content: <ExitTab wallet={wallet} /> },
      ]}
    />
  );
}

/** A part that is the router’s word: what makes no sense in it does not keep anybody from the part that leaves. */
function told(part: ReactNode): ReactNode {
  return <ToldPart>{part}</ToldPart>;
}

/** The page: the parts of one’s selling, or how to begin. */
export function SellingPage(): ReactNode {
  const session = useSession();
  if (session.kind === "in") {
    return (
      <Page
        title="Provide"
        lead="Your models on this router: what they serve, what they earn, and how you are paid."
        actions={
          <>
            <span className="self-center empty:hidden">
              <LiveMark />
            </span>
            <Link to="/keys" className={buttonClasses()}>
              <KeyRound aria-hidden className="size-4" />
              Provider keys
            </Link>
          </>
        }
      >
        <SellingTabs wallet={session.wallet} />
      </Page>
    );
  }
  return (
    <Page title="Provide" lead="Sell the model that runs on your machine, by the token, to everybody on this router.">
      {session.kind === "unknown" ? <SkeletonLines /> : <HowToEarn />}
    </Page>
  );
}
