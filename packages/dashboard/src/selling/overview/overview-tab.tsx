// What of a provider's is connected and on sale, what it served, and what it should do.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useState } from "react";
import { countWords, wholeText } from "../../market/figures.ts";
import { Amount } from "../../ui/amount.tsx";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { FaultNotice } from "../../ui/fault-notice.tsx";
import { SkeletonLines } from "../../ui/skeleton.tsx";
import { Stat } from "../../ui/stat.tsx";
import { useNow } from "../../ui/use-now.ts";
import { PastMoment } from "../past-moment.tsx";
import type { Earnings, Offered, Served } from "../answers.ts";
import { HowToEarn } from "../how-to-earn.tsx";
import { OFFERS_SHOWN_MAX } from "../limits.ts";
import { earningsQuery, offeredQuery, servedQuery } from "../provider-queries.ts";
import { hintsOf, isBeginner } from "./hints.ts";
import { HintList } from "./hint-list.tsx";
import { OfferCard } from "./offer-card.tsx";
import { RecentAnswers } from "./recent-answers.tsx";
import { ServedTable } from "./served-table.tsx";
import { servedByModel } from "./served-sums.ts";
import { UnpaidCard } from "./unpaid-card.tsx";
import { usePositions } from "./use-positions.ts";

const NOW_EVERY_MS = 10_000;

interface FiguresProps {
  readonly offered: Offered;
  readonly earnings: Earnings;
  readonly requestsToday: number | undefined;
  readonly now: number;
}

function Links({ offered: { links, connections }, now }: Pick<FiguresProps, "offered" | "now">): ReactNode {
  const since = connections.map(({ connected_since: at }) => at).toSorted()[0];
  const keys = new Set(connections.map(({ key_id: key }) => key)).size;
  return (
    <Stat
      label="Live links"
      hint={
        since === undefined ? (
          "no proxy is connected"
        ) : (
          <>
            since <PastMoment at={since} now={now} />
            {keys > 1 && `, with ${countWords(keys, "key")}`}
          </>
        )
      }
    >
      <span className={links === 0 ? "text-bad" : undefined}>{wholeText(links)}</span>
    </Stat>
  );
}

function Figures({ offered, earnings, requestsToday, now }: FiguresProps): ReactNode {
  const models = new Set(offered.offers.map(({ model_id: model }) => model)).size;
  return (
    <Card>
      <dl className="grid grid-cols-2 gap-5 lg:grid-cols-4">
        <Links offered={offered} now={now} />
        <Stat label="Models on sale" hint={countWords(offered.offers.length, "offer")}>
          {wholeText(models)}
        </Stat>
        <Stat label="Answers today" hint="by UTC, those that were charged">
          {requestsToday === undefined ? "–" : wholeText(requestsToday)}
        </Stat>
        <Stat
          label="Ready to withdraw"
          hint={
            <>
              <Amount usdc={earnings.payable} /> not settled yet
            </>
          }
        >
          <Link to="/provide" search={{ tab: "withdraw" }} className="hover:underline">
            <Amount usdc={earnings.claimable} />
          </Link>
        </Stat>
      </dl>
    </Card>
  );
}

interface SellingProps {
  readonly offered: Offered;
  readonly earnings: Earnings;
  readonly served: Served | undefined;
  readonly now: number;
}

function Selling({ offered, earnings, served, now }: SellingProps): ReactNode {
  const [isWhole, setIsWhole] = useState(false);
  const shown = isWhole ? offered.offers : offered.offers.slice(0, OFFERS_SHOWN_MAX);
  const positions = usePositions(shown);
  const sums = served && servedByModel(served.by_day, new Date(now).toISOString().slice(0, 10));
  const requestsToday = sums?.reduce((total, { requestsToday: count }) => total + count, 0);
  return (
    <>
      <HintList hints={hintsOf({ links: offered.links, offers: shown, positions, earnings })} />
      <Figures offered={offered} earnings={earnings} requestsToday={requestsToday} now={now} />
      {shown.map((offer) => (
        <OfferCard
          key={`${offer.tag} ${offer.pricing.prompt} ${offer.pricing.completion}`}
          offer={offer}
          position={positions.get(offer.tag)}
          sum={sums?.find(({ model }) => model === offer.model_id)}
          recent={served?.recent ?? []}
        />
      ))}
      {shown.length < offered.offers.length && (
        <Button className="self-start" onClick={() => setIsWhole(true)}>
          Show all {wholeText(offered.offers.length)} offers
        </Button>
      )}
      {sums !== undefined && sums.length > 0 && <ServedTable sums={sums} />}
      {earnings.unpaid.length > 0 && <UnpaidCard earnings={earnings} now={now} />}
      {served !== undefined && served.recent.length > 0 && <RecentAnswers recent={served.recent} now={now} />}
    </>
  );
}

/** The part Overview. */
export function OverviewTab(): ReactNode {
  const now = useNow(NOW_EVERY_MS);
  const offered = useQuery(offeredQuery);
  const earnings = useQuery(earningsQuery);
  const served = useQuery(servedQuery);
  const failed = [offered, earnings, served].find(({ error }) => error !== null);
  return (
    <>
      {failed !== undefined && <FaultNotice fault={failed.error} onRetry={() => void failed.refetch()} />}
      {offered.data === undefined || earnings.data === undefined ? (
        failed === undefined && (
          <Card>
            <SkeletonLines count={6} />
          </Card>
        )
      ) : isBeginner(offered.data.data.links, earnings.data.data) ? (
        <HowToEarn isSignedIn />
      ) : (
        <Selling offered={offered.data.data} earnings={earnings.data.data} served={served.data?.data} now={now} />
      )}
    </>
  );
}
