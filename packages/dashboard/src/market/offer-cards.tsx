// A model's offers one below the other, on narrow screens.
import type { ReactNode } from "react";
import { Amount } from "../ui/amount.tsx";
import { perMillion } from "../ui/amount-text.ts";
import { Fact } from "../ui/fact.tsx";
import { contextText, latencyText, percentText, throughputText } from "./figures.ts";
import type { OfferFacts } from "./use-model.ts";
import { OfferDetails, OfferProvider, OfferShare } from "./offer-parts.tsx";

function OfferCard({ offer }: { readonly offer: OfferFacts }): ReactNode {
  const { pricing, latency_last_30m: latency, throughput_last_30m: throughput } = offer;
  return (
    <li className="flex flex-col gap-3 border-t border-line px-5 py-4">
      <OfferProvider offer={offer} />
      <dl className="figures grid grid-cols-2 gap-x-3 gap-y-2 min-[26rem]:grid-cols-3">
        <Fact name="Input / 1M">
          <Amount usdc={perMillion(pricing.prompt)} />
        </Fact>
        <Fact name="Output / 1M">
          <Amount usdc={perMillion(pricing.completion)} />
        </Fact>
        <Fact name="Context">{contextText(offer.context_length)}</Fact>
        <Fact name="Longest answer">{contextText(offer.max_completion_tokens)}</Fact>
        <Fact name="Latency">{latencyText(latency?.p50 ?? null)}</Fact>
        <Fact name="Latency, p90">{latencyText(latency?.p90 ?? null)}</Fact>
        <Fact name="Speed">{throughputText(throughput?.p50 ?? null)}</Fact>
        <Fact name="Uptime">{percentText(offer.uptime_last_30m)}</Fact>
        <Fact name="Traffic">
          <OfferShare share={offer.aimo.share} />
        </Fact>
      </dl>
      <details>
        <summary className="w-fit rounded text-sm font-medium text-accent">Why, and what it can</summary>
        <div className="pt-3">
          <OfferDetails offer={offer} />
        </div>
      </details>
    </li>
  );
}

/** The offers, a card for each, in the order in which the router asks them. */
export function OfferCards({ offers }: { readonly offers: readonly OfferFacts[] }): ReactNode {
  return (
    <ul>
      {offers.map((offer) => (
        <OfferCard key={offer.tag} offer={offer} />
      ))}
    </ul>
  );
}
