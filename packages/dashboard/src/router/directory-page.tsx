// All routers of this deployment of the program, as the chain lists them.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ExternalLink } from "lucide-react";
import type { ReactNode } from "react";
import { countWords } from "../market/figures.ts";
import { Address } from "../ui/address.tsx";
import { Amount } from "../ui/amount.tsx";
import { Badge } from "../ui/badge.tsx";
import { buttonClasses } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { FaultNotice } from "../ui/fault-notice.tsx";
import { Page } from "../ui/page.tsx";
import { SkeletonLines } from "../ui/skeleton.tsx";
import { Fact } from "../ui/fact.tsx";
import type { DirectoryRow } from "./directory-rows.ts";
import { readDirectory } from "./read-directory.ts";
import type { ShownDirectory } from "./read-directory.ts";

function Router({ row }: { readonly row: DirectoryRow }): ReactNode {
  return (
    <li className="flex flex-col gap-3 border-t border-line px-5 py-4">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        {row.href === undefined ? (
          <span className="font-medium break-all">{row.url === "" ? "No URL" : row.url}</span>
        ) : (
          <a
            href={row.href}
            target="_blank"
            rel="noopener noreferrer"
            className="inline-flex min-w-0 items-center gap-1.5 font-medium break-all underline decoration-line-strong underline-offset-4"
          >
            {row.url}
            <ExternalLink aria-hidden className="size-3.5 shrink-0" />
          </a>
        )}
        {row.isThis && <Badge tone="accent">This router</Badge>}
        {row.hasOtherMint && <Badge tone="warn">Another token</Badge>}
        <Address value={row.routerId} name="the router's id" />
      </div>
      <dl className="figures grid grid-cols-2 gap-x-4 gap-y-2 sm:grid-cols-3 lg:grid-cols-6">
        <Fact name="Fee">{row.fee}</Fact>
        <Fact name="Leaving, users">{row.userExit}</Fact>
        <Fact name="Leaving, providers">{row.providerExit}</Fact>
        <Fact name="Least deposit">
          <Amount usdc={row.minDeposit} hasUnit={!row.hasOtherMint} />
        </Fact>
        <Fact name="Users have">
          <Amount usdc={row.usersHave} hasUnit={!row.hasOtherMint} />
        </Fact>
        <Fact name="Settled">{countWords(row.batches, "batch", "batches")}</Fact>
      </dl>
    </li>
  );
}

function Directory({ directory: { rows, omitted, unread, slot } }: { readonly directory: ShownDirectory }): ReactNode {
  return (
    <Card
      title={countWords(rows.length, "router")}
      aside={<span className="text-sm text-muted">read on the chain by this browser, slot {String(slot)}</span>}
      isFlush
    >
      {rows.length === 0 && <EmptyState title="No router is open on this deployment of the program." />}
      <ul>
        {rows.map((row) => (
          <Router key={row.config} row={row} />
        ))}
      </ul>
      {omitted + unread > 0 && (
        <p className="border-t border-line px-5 py-3 text-sm text-muted">
          {omitted > 0 && `${countWords(omitted, "router")} with less business are not shown. `}
          {unread > 0 && `${countWords(unread, "router")} of another version of the program cannot be read.`}
        </p>
      )}
    </Card>
  );
}

/** The page of all routers that the chain lists. */
export function DirectoryPage(): ReactNode {
  const { data, error, refetch } = useQuery({ queryKey: ["chain", "directory"], queryFn: readDirectory, retry: false });
  const back = (
    <Link to="/router" className={buttonClasses()}>
      This router
    </Link>
  );
  return (
    <Page
      title="Routers"
      lead="Every router on the same program, as the chain lists them. Nobody vouches for where their addresses lead; a key can be bound to one router."
      actions={back}
    >
      {error !== null && <FaultNotice fault={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && (
        <Card>
          <SkeletonLines count={5} />
        </Card>
      )}
      {data !== undefined && <Directory directory={data} />}
    </Page>
  );
}
