// The pieces of an offer, which the table and the cards share.
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Amount } from "../ui/amount.tsx";
import { perMillion } from "../ui/amount-text.ts";
import { Badge } from "../ui/badge.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { shortAddress } from "../ui/short-address.ts";
import { exactTime } from "../ui/time-text.ts";
import { countWords, shareText, wholeText } from "./figures.ts";
import type { OfferFacts } from "./use-model.ts";
import { extraPrices, offerWords } from "./offer-words.ts";

interface OfferProps {
  readonly offer: OfferFacts;
}

/** Who sells it: the wallet, and what was found of the offer. */
export function OfferProvider({ offer }: OfferProps): ReactNode {
  const { provider_name: wallet, quantization } = offer;
  return (
    <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
      <Link
        to="/providers/$wallet"
        params={{ wallet }}
        title={wallet}
        className="font-mono text-sm font-medium underline decoration-line-strong underline-offset-4"
      >
        {shortAddress(wallet)}
      </Link>
      {offerWords(offer).map(({ words, tone, title }) => (
        <Badge key={words} tone={tone} title={title}>
          {words}
        </Badge>
      ))}
      {quantization !== null && <Badge title="The number format of its weights">{quantization}</Badge>}
    </span>
  );
}

/** Its part of the model's traffic, as a bar and in percent. */
export function OfferShare({ share }: { readonly share: number }): ReactNode {
  return (
    <span className="inline-flex items-center gap-2">
      <span aria-hidden className="h-1.5 w-12 overflow-hidden rounded-full bg-sunken">
        <span className="block h-full rounded-full bg-accent" style={{ width: `${Math.min(share, 1) * 100}%` }} />
      </span>
      {shareText(share)}
    </span>
  );
}

/** Tokens in full; a dash where the provider does not say. */
export function tokensText(tokens: number | null): string {
  return tokens === null || tokens === 0 ? "–" : wholeText(tokens);
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactNode {
  return (
    <div className="flex flex-wrap gap-x-2">
      <dt className="text-muted">{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function privacyWords({ zdr, data_collection: collection }: OfferFacts["aimo"]): string {
  if (zdr) return "Keeps nothing, it says";
  if (collection === "deny") return "Does not learn from prompts, it says";
  return collection === "allow" ? "May learn from prompts, it says" : "Says nothing";
}

/** Everything else of an offer: other prices, what it can, and why it gets the traffic it gets. */
export function OfferDetails({ offer }: OfferProps): ReactNode {
  const { aimo, tag } = offer;
  return (
    <div className="flex flex-col gap-4 text-sm whitespace-normal">
      <ul className="flex list-disc flex-col gap-1 pl-4">
        {aimo.reasons.map(({ code, words }) => (
          <li key={code}>{words}</li>
        ))}
      </ul>
      <dl className="flex flex-wrap gap-x-8 gap-y-1.5">
        {extraPrices(offer.pricing, perMillion).map(({ name, usdc, per }) => (
          <Fact key={name} name={name}>
            <Amount usdc={usdc} /> / {per}
          </Fact>
        ))}
        <Fact name="On sale since">{exactTime(aimo.since)}</Fact>
        <Fact name="Examined">{aimo.examined_at === null ? "not yet" : exactTime(aimo.examined_at)}</Fact>
        <Fact name="Room">
          {countWords(aimo.free_slots, "request")} on {countWords(aimo.links, "connection")}
        </Fact>
        <Fact name="Prompts">{privacyWords(aimo)}</Fact>
        {aimo.withdrawn.length > 0 && <Fact name="Said it could, and could not">{aimo.withdrawn.join(", ")}</Fact>}
      </dl>
      <div className="flex flex-wrap items-center gap-1.5">
        <span className="mr-1 text-muted">Parameters</span>
        {offer.supported_parameters.map((name) => (
          <Badge key={name}>{name}</Badge>
        ))}
      </div>
      <div className="flex min-w-0 items-center gap-1">
        <span className="text-muted">Ask for this offer alone</span>
        <code title={tag} className="min-w-0 truncate font-mono text-[0.8125rem]">
          {tag}
        </code>
        <CopyButton text={tag} label="Copy the offer's tag" />
      </div>
    </div>
  );
}
