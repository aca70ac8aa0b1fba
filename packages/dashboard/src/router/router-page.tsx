// This router: who it is, on which terms, and whether the money is there.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { RpcSettings } from "../signing/rpc-settings.tsx";
import { buttonClasses } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { FaultNotice } from "../ui/fault-notice.tsx";
import { Page } from "../ui/page.tsx";
import { SkeletonLines } from "../ui/skeleton.tsx";
import { PlaceCard } from "./place-card.tsx";
import { routerQuery } from "./router-query.ts";
import type { RouterFacts } from "./router-query.ts";
import { SolvencyCard } from "./solvency-card.tsx";
import { StatusCard } from "./status-card.tsx";
import { TermsCard } from "./terms-card.tsx";

function Lead({ id }: { readonly id: string }): ReactNode {
  return (
    <span className="inline-flex max-w-full items-center">
      <code className="min-w-0 font-mono text-sm break-all">{id}</code>
      <CopyButton text={id} label="Copy the router's id" />
    </span>
  );
}

function Facts({ router }: { readonly router: RouterFacts }): ReactNode {
  const { chain } = router;
  return (
    <>
      <SolvencyCard hasChain={chain !== undefined} />
      {chain !== undefined && <TermsCard said={chain} commitment={chain.commitment} />}
      <StatusCard router={router} />
      <PlaceCard router={router} />
      {chain !== undefined && (
        <Card title="Solana node">
          <RpcSettings />
        </Card>
      )}
    </>
  );
}

/** The page of the router that has served it. */
export function RouterPage(): ReactNode {
  const { data: router, error, refetch } = useQuery(routerQuery);
  const others = (
    <>
      <Link to="/providers" className={buttonClasses()}>
        Its providers
      </Link>
      <Link to="/routers" className={buttonClasses()}>
        All routers
      </Link>
    </>
  );
  return (
    <Page
      title={router === undefined ? "This router" : `Router ${router.name}`}
      lead={router && <Lead id={router.router_id} />}
      actions={others}
    >
      {error !== null && <FaultNotice fault={error} onRetry={() => void refetch()} />}
      {router === undefined && error === null && (
        <Card>
          <SkeletonLines count={6} />
        </Card>
      )}
      {router !== undefined && <Facts router={router} />}
    </Page>
  );
}
