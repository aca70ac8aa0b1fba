// Where the router is: its id, its addresses on the chain, and where people look them up.
import { clusterOf, explorerUrl } from "@aimo-network/escrow/clusters";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { explorerLink } from "../signing/explorer-link.ts";
import { Address } from "../ui/address.tsx";
import { Badge } from "../ui/badge.tsx";
import { Card } from "../ui/card.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { chainQuery } from "./chain-query.ts";
import type { RouterFacts } from "./router-query.ts";
import { placeRows } from "./terms-differ.ts";

function Line({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactNode {
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-4 border-t border-line py-1 first:border-t-0">
      <dt className="text-sm text-muted">{name}</dt>
      <dd className="flex min-w-0 flex-wrap items-center justify-end gap-x-2 text-sm">{children}</dd>
    </div>
  );
}

function Text({ value, name }: { readonly value: string; readonly name: string }): ReactNode {
  return (
    <span className="inline-flex min-w-0 items-center">
      <span className="min-w-0 font-mono text-[0.8125rem] break-all">{value}</span>
      <CopyButton text={value} label={`Copy ${name}`} />
    </span>
  );
}

/** The card of the router's id, URLs and addresses. */
export function PlaceCard({ router }: { readonly router: RouterFacts }): ReactNode {
  const { chain } = router;
  const { data: reading } = useQuery({ ...chainQuery, enabled: chain !== undefined });
  const cluster = clusterOf(chain?.network);
  return (
    <Card title="Where it is">
      <dl className="-my-2">
        <Line name="Router id">
          <Address value={router.router_id} name="the router's id" isWhole />
        </Line>
        <Line name="URL">
          <Text value={router.url} name="the URL" />
        </Line>
        <Line name="Base URL for clients">
          <Text value={router.api_base} name="the base URL" />
        </Line>
        {chain !== undefined && (
          <Line name="Chain">
            <span className="py-1.5 break-all">
              {cluster === undefined ? `A local Solana (${chain.network ?? "not seen yet"})` : `Solana ${cluster.name}`}
            </span>
          </Line>
        )}
        {chain !== undefined &&
          placeRows(reading, chain).map(({ name, address, said }) => (
            <Line key={name} name={name}>
              {said !== undefined && <Badge tone="bad">the router says {said}</Badge>}
              <Address
                value={address}
                name={`the ${name.toLowerCase()}`}
                explorerUrl={
                  reading === undefined
                    ? explorerUrl("address", address, cluster)
                    : explorerLink("address", address, reading)
                }
              />
            </Line>
          ))}
      </dl>
    </Card>
  );
}
