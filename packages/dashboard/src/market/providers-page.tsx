// Who sells on this router.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useState } from "react";
import { Button, buttonClasses } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { FaultNotice } from "../ui/fault-notice.tsx";
import { Page } from "../ui/page.tsx";
import { SkeletonLines } from "../ui/skeleton.tsx";
import { countWords } from "./figures.ts";
import { PROVIDERS_STEP } from "./limits.ts";
import { findProviders } from "./provider-list.ts";
import { Providers } from "./provider-table.tsx";
import { providersQuery } from "./providers-query.ts";
import type { ProviderFacts } from "./providers-query.ts";
import { SearchBox } from "./search-box.tsx";

const SELL = (
  <Link to="/provide" className={buttonClasses({ variant: "primary" })}>
    Sell yours
  </Link>
);

function Found({ providers }: { readonly providers: readonly ProviderFacts[] }): ReactNode {
  const [q, setQ] = useState("");
  const [most, setMost] = useState(PROVIDERS_STEP);
  if (providers.length === 0) {
    return (
      <Card>
        <EmptyState title="Nobody is connected just now." action={SELL}>
          A machine with a model and a wallet is all it takes.
        </EmptyState>
      </Card>
    );
  }
  const found = findProviders(providers, q);
  return (
    <>
      <SearchBox q={q} onSearch={setQ} name="Search providers" hint="A wallet, or a model they sell" />
      <Card title={countWords(found.length, "provider")} isFlush>
        {found.length === 0 && <EmptyState title="No provider has that in its wallet or its models." />}
        {found.length > 0 && <Providers providers={found.slice(0, most)} />}
        {found.length > most && (
          <div className="border-t border-line p-3 text-center">
            <Button size="small" onClick={() => setMost(most + PROVIDERS_STEP)}>
              Show more
            </Button>
          </div>
        )}
      </Card>
    </>
  );
}

/** The page of all providers that are connected now. */
export function ProvidersPage(): ReactNode {
  const { data, error, refetch } = useQuery(providersQuery);
  return (
    <Page title="Providers" lead="Who is connected to this router now, what they sell and how reliably." actions={SELL}>
      {error !== null && <FaultNotice fault={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && (
        <Card>
          <SkeletonLines />
        </Card>
      )}
      {data !== undefined && <Found providers={data} />}
    </Page>
  );
}
