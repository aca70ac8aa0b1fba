// One offer: its price and place on the market, what it served, how well, and why it gets what it gets.
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { latencyText, percentText, shareText, throughputText, wholeText } from "../../market/figures.ts";
import { modelParams } from "../../market/model-path.ts";
import { Amount } from "../../ui/amount.tsx";
import { perMillion } from "../../ui/amount-text.ts";
import { Badge } from "../../ui/badge.tsx";
import { Card } from "../../ui/card.tsx";
import { Fact } from "../../ui/fact.tsx";
import type { Offer, ServedAnswer } from "../answers.ts";
import { CodeWords } from "../code-words.tsx";
import type { MarketPosition } from "./market-position.ts";
import { positionWords } from "./market-position.ts";
import { nextStep, tierOf, verdictOf } from "./offer-words.ts";
import { recentPace } from "./served-sums.ts";
import type { ServedSum } from "./served-sums.ts";

interface OfferCardProps {
  readonly offer: Offer;
  readonly position: MarketPosition | undefined;
  readonly sum: ServedSum | undefined;
  readonly recent: readonly ServedAnswer[];
}

function Heading({ offer }: { readonly offer: Offer }): ReactNode {
  const [verdict, tier] = [verdictOf(offer), tierOf(offer)];
  return (
    <span className="flex flex-wrap items-center gap-2">
      <Link
        to="/models/$author/$slug"
        params={modelParams(offer.model_id)}
        className="min-w-0 break-all hover:underline"
        title={offer.model_name}
      >
        {offer.model_id}
      </Link>
      <Badge tone={verdict.tone} title={verdict.meaning}>
        {verdict.word}
      </Badge>
      <Badge tone={tier.tone} title={tier.meaning}>
        {tier.word}
      </Badge>
    </span>
  );
}

function Reasons({ offer: { aimo } }: { readonly offer: Offer }): ReactNode {
  return (
    <ul className="flex flex-col gap-2 border-t border-line pt-3 text-sm">
      {aimo.reasons.map(({ code, words }) => {
        const next = nextStep(code);
        return (
          <li key={code}>
            <span className="text-muted">{words}</span>
            {next !== undefined && (
              <span className="mt-0.5 block">
                <CodeWords text={next} />
              </span>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** The offer's card. */
export function OfferCard({ offer, position, sum, recent }: OfferCardProps): ReactNode {
  const { pricing, aimo } = offer;
  const pace = recentPace(recent, offer.model_id);
  const latency = offer.latency_last_30m?.p50 ?? pace.latencyMs ?? null;
  const speed = offer.throughput_last_30m?.p50 ?? pace.tokensPerSecond ?? null;
  const tokens = sum && sum.promptTokens + sum.completionTokens;
  return (
    <Card
      title={<Heading offer={offer} />}
      aside={position !== undefined && <span className="text-sm text-muted">{positionWords(position)}</span>}
    >
      <div className="flex flex-col gap-4">
        <dl className="grid grid-cols-2 gap-x-5 gap-y-3 sm:grid-cols-4 xl:grid-cols-8">
          <Fact name="Input" title="USDC per million prompt tokens">
            <Amount usdc={perMillion(pricing.prompt)} hasUnit={false} />
            <span className="text-muted"> / 1M</span>
          </Fact>
          <Fact name="Output" title="USDC per million completion tokens">
            <Amount usdc={perMillion(pricing.completion)} hasUnit={false} />
            <span className="text-muted"> / 1M</span>
          </Fact>
          <Fact name="Traffic" title="Its part of the model's requests">
            {shareText(aimo.share)}
          </Fact>
          <Fact name="Answers" title="Charged answers of the last 31 days, by all your offers of this model">
            {sum === undefined ? "–" : wholeText(sum.requests)}
          </Fact>
          <Fact name="Tokens" title="Of prompts and answers together, in the last 31 days">
            {tokens === undefined ? "–" : wholeText(tokens)}
          </Fact>
          <Fact name="Success" title="Attempts of the last day that succeeded">
            {percentText(offer.uptime_last_1d)}
          </Fact>
          <Fact name="Latency" title="Median time to the first output of streams">
            {latencyText(latency)}
          </Fact>
          <Fact name="Speed" title="Median tokens a second after the first output">
            {throughputText(speed)}
          </Fact>
        </dl>
        {aimo.reasons.length > 0 && <Reasons offer={offer} />}
      </div>
    </Card>
  );
}
