// What came in and what went out, each with where to look it up.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { ExternalLink } from "lucide-react";
import type { ReactNode } from "react";
import { useState } from "react";
import { useRpcUrl } from "../signing/rpc-choice.ts";
import { Amount } from "../ui/amount.tsx";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { FaultNotice } from "../ui/fault-notice.tsx";
import { Moment } from "../ui/moment.tsx";
import { Segments } from "../ui/segments.tsx";
import { SkeletonLines } from "../ui/skeleton.tsx";
import { useNow } from "../ui/use-now.ts";
import { depositsQuery, withdrawalsQuery } from "./credits-queries.ts";
import type { Withdrawal } from "./money-desk.ts";
import { chainLinksQuery } from "./chain-links.ts";
import type { ChainLinks } from "./chain-links.ts";

const REFRESH_MS = 10_000; // of how long ago things were
const KINDS = [
  { id: "deposits", title: "Deposits" },
  { id: "withdrawals", title: "Withdrawals" },
] as const;

const STATES: Readonly<
  Record<Withdrawal["state"], readonly [tone: "good" | "warn" | "plain", words: string, meaning: string]>
> = {
  requested: ["warn", "Asked for", "The router has not signed it yet."],
  "router-signed": [
    "warn",
    "Waits for you",
    "The router has signed it; it waits for your wallet, for a minute or two.",
  ],
  submitted: ["warn", "On its way", "It was handed in, and has not landed yet."],
  confirmed: ["good", "Paid", "It has landed: the money is in your wallet."],
  expired: ["plain", "Expired", "It never landed: nothing moved, and the amount is available again."],
};

interface LookUpProps {
  readonly href: string | undefined;
  /** What is looked up, for who cannot see where the link stands. */
  readonly what: string;
  readonly words?: string;
}

function LookUp({ href, what, words = "Explorer" }: LookUpProps): ReactNode {
  if (href === undefined) return null;
  return (
    <a
      href={href}
      target="_blank"
      rel="noopener noreferrer"
      className="inline-flex items-center gap-1 font-medium text-accent hover:underline"
    >
      {words}
      <span className="sr-only">: {what} in the explorer</span>
      <ExternalLink aria-hidden className="size-3.5" />
    </a>
  );
}

interface EntryProps {
  readonly sign: "+" | "−";
  readonly amount: string;
  readonly at: string;
  readonly now: number;
  readonly badge?: ReactNode;
  readonly link?: ReactNode;
  readonly note?: string | undefined;
}

function Entry({ sign, amount, at, now, badge, link, note }: EntryProps): ReactNode {
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 px-5 py-3 text-sm">
      <span className="figures min-w-36 font-medium">
        <span aria-hidden className="text-muted">
          {sign}
        </span>{" "}
        <Amount usdc={amount} />
      </span>
      <Moment at={at} now={Math.max(now, Date.parse(at))} className="min-w-32 text-muted" />
      {badge}
      <span className="ml-auto">{link}</span>
      {note !== undefined && <p className="w-full text-[0.8125rem] text-muted">{note}</p>}
    </li>
  );
}

interface FrameProps {
  readonly fault: unknown;
  readonly isEmpty: boolean | undefined;
  readonly emptyWords: string;
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
  readonly onMore: () => void;
  readonly onRetry: () => void;
  readonly children: ReactNode;
}

/** What stands around the entries of either kind. */
function Frame(props: FrameProps): ReactNode {
  const { fault, isEmpty, emptyWords, hasMore, isLoadingMore, onMore, onRetry, children } = props;
  if (fault !== null) {
    return (
      <div className="px-5 pb-5">
        <FaultNotice fault={fault} onRetry={onRetry} />
      </div>
    );
  }
  if (isEmpty === undefined) {
    return (
      <div className="px-5 pb-5">
        <SkeletonLines />
      </div>
    );
  }
  if (isEmpty) return <p className="px-5 pb-6 text-sm text-muted">{emptyWords}</p>;
  return (
    <>
      <ul className="divide-y divide-line border-t border-line">{children}</ul>
      {hasMore && (
        <div className="border-t border-line px-5 py-3">
          <Button size="small" isBusy={isLoadingMore} onClick={onMore}>
            Show more
          </Button>
        </div>
      )}
    </>
  );
}

function Deposits({ now }: { readonly now: number }): ReactNode {
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useInfiniteQuery(depositsQuery());
  const deposits = data?.pages.flatMap((page) => page.data);
  return (
    <Frame
      fault={error}
      isEmpty={deposits && deposits.length === 0}
      emptyWords="Nothing was deposited yet."
      hasMore={hasNextPage}
      isLoadingMore={isFetchingNextPage}
      onMore={() => void fetchNextPage()}
      onRetry={() => void refetch()}
    >
      {deposits?.map(({ id, amount, at }) => (
        <Entry key={id} sign="+" amount={amount} at={at} now={now} />
      ))}
    </Frame>
  );
}

function Withdrawals({ now, links }: { readonly now: number; readonly links: ChainLinks | undefined }): ReactNode {
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useInfiniteQuery(withdrawalsQuery());
  const withdrawals = data?.pages.flatMap((page) => page.data);
  return (
    <Frame
      fault={error}
      isEmpty={withdrawals && withdrawals.length === 0}
      emptyWords="Nothing was withdrawn yet."
      hasMore={hasNextPage}
      isLoadingMore={isFetchingNextPage}
      onMore={() => void fetchNextPage()}
      onRetry={() => void refetch()}
    >
      {withdrawals?.map(({ id, amount, requested_at: at, state, signature, failure }) => {
        const [tone, words, meaning] = STATES[state];
        return (
          <Entry
            key={id}
            sign="−"
            amount={amount}
            at={at}
            now={now}
            badge={
              <Badge tone={tone} title={meaning}>
                {words}
              </Badge>
            }
            link={
              <LookUp
                href={signature === null || state === "expired" ? undefined : links?.transaction(signature)}
                what={`The withdrawal of ${amount} USDC`}
              />
            }
            note={failure ?? undefined}
          />
        );
      })}
    </Frame>
  );
}

/** The card; `escrow` is the address at which the chain has all of it. */
export function HistoryCard({ escrow }: { readonly escrow: string | undefined }): ReactNode {
  const [kind, setKind] = useState<"deposits" | "withdrawals">("deposits");
  const now = useNow(REFRESH_MS);
  const { data: links } = useQuery(chainLinksQuery(useRpcUrl()));
  return (
    <Card
      title="History"
      aside={
        <div className="flex flex-wrap items-center gap-4 text-sm">
          {escrow !== undefined && <LookUp href={links?.account(escrow)} what="Your escrow" words="Escrow" />}
          <Segments label="Which history" options={KINDS} selected={kind} onSelect={setKind} />
        </div>
      }
      isFlush
    >
      {kind === "deposits" ? <Deposits now={now} /> : <Withdrawals now={now} links={links} />}
    </Card>
  );
}
