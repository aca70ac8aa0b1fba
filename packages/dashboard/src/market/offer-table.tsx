// A model's offers side by side, on wide screens.
import { ChevronDown } from "lucide-react";
import type { ReactNode } from "react";
import { useId, useState } from "react";
import { Amount } from "../ui/amount.tsx";
import { perMillion } from "../ui/amount-text.ts";
import { Button } from "../ui/button.tsx";
import { classes } from "../ui/class-names.ts";
import { latencyText, percentText, throughputText } from "./figures.ts";
import type { OfferFacts } from "./use-model.ts";
import { OfferDetails, OfferProvider, OfferShare, tokensText } from "./offer-parts.tsx";

interface Column {
  readonly title: string;
  readonly hint: string;
}

const COLUMNS: readonly Column[] = [
  { title: "Input", hint: "USDC per million prompt tokens" },
  { title: "Output", hint: "USDC per million completion tokens" },
  { title: "Context", hint: "Tokens of prompt and answer together; below it the longest answer" },
  { title: "Latency", hint: "Median time to the first output over 30 minutes; below it what nine of ten stay within" },
  { title: "Speed", hint: "Median tokens a second over 30 minutes" },
  { title: "Uptime", hint: "Attempts that succeeded over 30 minutes; below it over a day" },
  { title: "Traffic", hint: "Its part of the model's traffic, before what single requests ask for" },
];

/** A figure, and a lesser one below it. */
function Two({ first, second }: { readonly first: string; readonly second: string }): ReactNode {
  return (
    <td className="px-3 py-3 text-right">
      <span className="block">{first}</span>
      <span className="block text-[0.8125rem] text-muted">{second}</span>
    </td>
  );
}

function Offer({ offer }: { readonly offer: OfferFacts }): ReactNode {
  const [isOpen, setIsOpen] = useState(false);
  const id = useId();
  const { pricing, latency_last_30m: latency, throughput_last_30m: throughput } = offer;
  return (
    <tbody className="border-t border-line">
      <tr>
        <th scope="row" className="min-w-56 px-5 py-3 text-left font-normal whitespace-normal">
          <OfferProvider offer={offer} />
        </th>
        <td className="px-3 py-3 text-right">
          <Amount usdc={perMillion(pricing.prompt)} hasUnit={false} />
        </td>
        <td className="px-3 py-3 text-right">
          <Amount usdc={perMillion(pricing.completion)} hasUnit={false} />
        </td>
        <Two first={tokensText(offer.context_length)} second={`answer ${tokensText(offer.max_completion_tokens)}`} />
        <Two first={latencyText(latency?.p50 ?? null)} second={`p90 ${latencyText(latency?.p90 ?? null)}`} />
        <td className="px-3 py-3 text-right">{throughputText(throughput?.p50 ?? null)}</td>
        <Two first={percentText(offer.uptime_last_30m)} second={`day ${percentText(offer.uptime_last_1d)}`} />
        <td className="px-3 py-3 text-right">
          <OfferShare share={offer.aimo.share} />
        </td>
        <td className="py-3 pr-3">
          <Button
            variant="ghost"
            size="icon"
            aria-label={`More of the offer of ${offer.provider_name}`}
            aria-expanded={isOpen}
            aria-controls={isOpen ? id : undefined}
            onClick={() => setIsOpen(!isOpen)}
          >
            <ChevronDown aria-hidden className={classes("size-4 transition-transform", isOpen && "rotate-180")} />
          </Button>
        </td>
      </tr>
      {isOpen && (
        <tr id={id}>
          <td colSpan={COLUMNS.length + 2} className="bg-sunken/50 px-5 py-4">
            <OfferDetails offer={offer} />
          </td>
        </tr>
      )}
    </tbody>
  );
}

/** The table; it scrolls within itself where it is too wide. */
export function OfferTable({ offers }: { readonly offers: readonly OfferFacts[] }): ReactNode {
  return (
    <div tabIndex={0} role="region" aria-label="Offers" className="overflow-x-auto">
      <table className="figures w-full text-sm whitespace-nowrap">
        <caption className="sr-only">Offers of this model, with prices in USDC per million tokens</caption>
        <thead className="text-[0.8125rem] text-muted">
          <tr>
            <th scope="col" className="px-5 py-2 text-left font-medium">
              Provider
            </th>
            {COLUMNS.map(({ title, hint }) => (
              <th key={title} scope="col" title={hint} className="px-3 py-2 text-right font-medium">
                {title}
              </th>
            ))}
            <td />
          </tr>
        </thead>
        {offers.map((offer) => (
          <Offer key={offer.tag} offer={offer} />
        ))}
      </table>
    </div>
  );
}
