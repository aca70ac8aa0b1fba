// What a provider sells, at its own prices: asked model by model, for those that are shown.
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useState } from "react";
import { Amount } from "../ui/amount.tsx";
import { perMillion } from "../ui/amount-text.ts";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { Fact } from "../ui/fact.tsx";
import { contextText, countWords, latencyText, throughputText } from "./figures.ts";
import { PROVIDER_MODELS_STEP } from "./limits.ts";
import { modelParams } from "./model-path.ts";
import { useOffers } from "./use-model.ts";
import { OfferShare } from "./offer-parts.tsx";
import { offerWords } from "./offer-words.ts";

interface RowProps {
  readonly wallet: string;
  readonly id: string;
}

function Offer({ wallet, id }: RowProps): ReactNode {
  const { data, error } = useOffers(id, false);
  const offer = data?.find(({ provider_name: name }) => name === wallet);
  if (offer === undefined) {
    if (data === undefined && error === null) return <Skeleton className="w-1/2" />;
    return (
      <p className="text-sm text-muted">{error === null ? "Not on sale just now." : "Its terms could not be read."}</p>
    );
  }
  return (
    <dl className="figures grid grid-cols-2 gap-x-4 gap-y-2 min-[26rem]:grid-cols-3 lg:grid-cols-6">
      <Fact name="Input / 1M">
        <Amount usdc={perMillion(offer.pricing.prompt)} />
      </Fact>
      <Fact name="Output / 1M">
        <Amount usdc={perMillion(offer.pricing.completion)} />
      </Fact>
      <Fact name="Context">{contextText(offer.context_length)}</Fact>
      <Fact name="Latency">{latencyText(offer.latency_last_30m?.p50 ?? null)}</Fact>
      <Fact name="Speed">{throughputText(offer.throughput_last_30m?.p50 ?? null)}</Fact>
      <Fact name="Traffic">
        <OfferShare share={offer.aimo.share} />
      </Fact>
    </dl>
  );
}

function Verdict({ wallet, id }: RowProps): ReactNode {
  const { data } = useOffers(id, false);
  const offer = data?.find(({ provider_name: name }) => name === wallet);
  return (
    offer !== undefined &&
    offerWords(offer).map(({ words, tone, title }) => (
      <Badge key={words} tone={tone} title={title}>
        {words}
      </Badge>
    ))
  );
}

/** The card of the models that a provider sells, with its own prices. */
export function ProviderModels({
  wallet,
  models,
}: {
  readonly wallet: string;
  readonly models: readonly string[];
}): ReactNode {
  const [most, setMost] = useState(PROVIDER_MODELS_STEP);
  const rest = models.length - most;
  return (
    <Card
      title="What it sells"
      isFlush
      aside={<span className="text-sm text-muted">{countWords(models.length, "model")}</span>}
    >
      {models.length === 0 && <EmptyState title="It is connected and sells nothing just now." />}
      <ul>
        {models.slice(0, most).map((id) => (
          <li key={id} className="flex flex-col gap-3 border-t border-line px-5 py-4">
            <span className="flex flex-wrap items-center gap-2">
              <Link
                to="/models/$author/$slug"
                params={modelParams(id)}
                className="font-mono text-sm font-medium break-all underline decoration-line-strong underline-offset-4"
              >
                {id}
              </Link>
              <Verdict wallet={wallet} id={id} />
            </span>
            <Offer wallet={wallet} id={id} />
          </li>
        ))}
      </ul>
      {rest > 0 && (
        <div className="border-t border-line p-3 text-center">
          <Button size="small" onClick={() => setMost(most + PROVIDER_MODELS_STEP)}>
            Show {Math.min(rest, PROVIDER_MODELS_STEP)} more
          </Button>
        </div>
      )}
    </Card>
  );
}
