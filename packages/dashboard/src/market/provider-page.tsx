// One provider: since when, how reliably, and what it sells at which prices.
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { isApiFault } from "../api/api-fault.ts";
import { answerOf, routerApi } from "../api/router-api.ts";
import { Address } from "../ui/address.tsx";
import { buttonClasses } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { FaultNotice } from "../ui/fault-notice.tsx";
import { Page } from "../ui/page.tsx";
import { shortAddress } from "../ui/short-address.ts";
import { exactTime } from "../ui/time-text.ts";
import { SkeletonLines } from "../ui/skeleton.tsx";
import { Stat } from "../ui/stat.tsx";
import { percentText } from "./figures.ts";
import { PROVIDER_SHOWN_MS } from "./limits.ts";
import { OfferVerdicts } from "./provider-table.tsx";
import { ProviderModels } from "./provider-models.tsx";
import type { ProviderFacts } from "./providers-query.ts";

function Facts({ provider }: { readonly provider: ProviderFacts }): ReactNode {
  return (
    <Card>
      <dl className="grid grid-cols-2 gap-x-4 gap-y-5 sm:grid-cols-4">
        <Stat label="Models">{provider.models.length}</Stat>
        <Stat label="Uptime" hint="30 minutes">
          {percentText(provider.uptime_last_30m)}
        </Stat>
        <Stat label="Uptime" hint="a day">
          {percentText(provider.uptime_last_1d)}
        </Stat>
        <Stat label="Connections" hint="now">
          {provider.links}
        </Stat>
      </dl>
      <dl className="mt-5 flex flex-wrap items-center gap-x-8 gap-y-2 border-t border-line pt-4 text-sm">
        <div className="flex flex-wrap items-center gap-2">
          <dt className="text-muted">Offers</dt>
          <dd>
            <OfferVerdicts offers={provider.offers} />
          </dd>
        </div>
        <div className="flex flex-wrap gap-2">
          <dt className="text-muted">Serving since</dt>
          <dd>{provider.serving_since === null ? "no answer yet" : exactTime(provider.serving_since)}</dd>
        </div>
        <div className="flex flex-wrap gap-2">
          <dt className="text-muted">Connected since</dt>
          <dd>{exactTime(provider.connected_since)}</dd>
        </div>
      </dl>
    </Card>
  );
}

/** The page of the provider whose wallet the address names. */
export function ProviderPage(): ReactNode {
  const { wallet } = useParams({ from: "/providers/$wallet" });
  const { data, error, refetch } = useQuery({
    queryKey: ["providers", wallet],
    queryFn: () => answerOf(routerApi.GET("/api/v1/providers/{wallet}", { params: { path: { wallet } } })),
    select: (answer) => answer.data,
    refetchInterval: PROVIDER_SHOWN_MS,
  });
  const isAway = isApiFault(error, "provider_not_found");
  const lead = <Address value={wallet} name="the provider's wallet" isWhole />;
  const inMarket = (
    <Link to="/" search={{ provider: wallet }} className={buttonClasses()}>
      Search its models
    </Link>
  );
  return (
    <Page title={`Provider ${shortAddress(wallet)}`} lead={lead} actions={!isAway && inMarket}>
      {isAway && (
        <EmptyState
          title="This provider is not connected now."
          action={
            <Link to="/providers" className={buttonClasses({ variant: "primary" })}>
              All providers
            </Link>
          }
        >
          Only who is connected is shown; what it sells comes back with it.
        </EmptyState>
      )}
      {error !== null && !isAway && <FaultNotice fault={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && (
        <Card>
          <SkeletonLines />
        </Card>
      )}
      {data !== undefined && !isAway && (
        <>
          <Facts provider={data} />
          <ProviderModels wallet={wallet} models={data.models} />
        </>
      )}
    </Page>
  );
}
