// A model's offers, who gets most of its traffic first.
import type { ReactNode } from "react";
import { useState } from "react";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { FaultNotice } from "../ui/fault-notice.tsx";
import { SkeletonLines } from "../ui/skeleton.tsx";
import { useMedia } from "../ui/use-media.ts";
import { countWords } from "./figures.ts";
import { OFFERS_AT_FIRST } from "./limits.ts";
import { useOffers } from "./use-model.ts";
import { OfferCards } from "./offer-cards.tsx";
import { OfferTable } from "./offer-table.tsx";
import { WIDE } from "./wide.ts";

/** The card of a model's offers, as a table or as cards. */
export function ModelOffers({ id }: { readonly id: string }): ReactNode {
  const { data: offers, error, refetch } = useOffers(id, true);
  const [isWhole, setIsWhole] = useState(false);
  const isWide = useMedia(WIDE);
  const shown = isWhole ? offers : offers?.slice(0, OFFERS_AT_FIRST);
  const rest = (offers?.length ?? 0) - (shown?.length ?? 0);
  return (
    <Card
      title="Offers"
      isFlush
      aside={
        offers !== undefined && (
          <span className="text-sm text-muted">
            {countWords(offers.length, "offer")}
            {isWide && ", USDC per million tokens"}
          </span>
        )
      }
    >
      {error !== null && (
        <div className="px-5 pb-4">
          <FaultNotice fault={error} onRetry={() => void refetch()} />
        </div>
      )}
      {offers === undefined && error === null && (
        <div className="px-5 pb-5">
          <SkeletonLines />
        </div>
      )}
      {shown?.length === 0 && <EmptyState title="Nobody offers it any more." />}
      {shown !== undefined &&
        shown.length > 0 &&
        (isWide ? <OfferTable offers={shown} /> : <OfferCards offers={shown} />)}
      {rest > 0 && (
        <div className="border-t border-line p-3 text-center">
          <Button size="small" onClick={() => setIsWhole(true)}>
            Show {countWords(rest, "more offer")}
          </Button>
        </div>
      )}
    </Card>
  );
}
