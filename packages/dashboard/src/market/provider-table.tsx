// Providers: a table on wide screens, cards on narrow ones.
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Badge } from "../ui/badge.tsx";
import { shortAddress } from "../ui/short-address.ts";
import { dayText } from "../ui/time-text.ts";
import { useMedia } from "../ui/use-media.ts";
import { countWords, percentText } from "./figures.ts";
import type { ProviderFacts } from "./providers-query.ts";
import { WIDE } from "./wide.ts";

interface ProvidersProps {
  readonly providers: readonly ProviderFacts[];
}

function WalletLink({ wallet }: { readonly wallet: string }): ReactNode {
  return (
    <Link
      to="/providers/$wallet"
      params={{ wallet }}
      title={wallet}
      className="font-mono text-sm font-medium after:absolute after:inset-0 after:content-['']"
    >
      {shortAddress(wallet)}
    </Link>
  );
}

/** How many of a provider's offers were examined, and with what result. */
export function OfferVerdicts({ offers }: { readonly offers: ProviderFacts["offers"] }): ReactNode {
  const { verified, unverified, new: fresh } = offers;
  if (verified + unverified + fresh === 0) return <span className="text-muted">–</span>;
  return (
    <span className="inline-flex flex-wrap gap-1">
      {verified > 0 && <Badge tone="good">{verified} verified</Badge>}
      {fresh > 0 && <Badge>{fresh} not examined</Badge>}
      {unverified > 0 && <Badge tone="bad">{unverified} unverified</Badge>}
    </span>
  );
}

const COLUMNS = [
  ["Provider", ""],
  ["Sells", ""],
  ["Offers", "Whether they can do what they say"],
  ["Uptime", "Attempts that succeeded over 30 minutes"],
  ["Uptime, day", "Attempts that succeeded over a day"],
  ["Connections", "Connections to this router now"],
  ["Serving since", "The first answer of what is sold now, in UTC"],
] as const;
const ON_THE_LEFT = 3;

function side(index: number): string {
  return index < ON_THE_LEFT ? "text-left" : "text-right";
}

function servingSince({ serving_since: since }: ProviderFacts): string {
  return since === null ? "–" : dayText(since);
}

function ProviderTable({ providers }: ProvidersProps): ReactNode {
  return (
    <div tabIndex={0} role="region" aria-label="Providers" className="overflow-x-auto">
      <table className="figures w-full text-sm whitespace-nowrap">
        <thead className="text-[0.8125rem] text-muted">
          <tr>
            {COLUMNS.map(([title, hint], index) => (
              <th
                key={title}
                scope="col"
                title={hint}
                className={`px-4 py-2 font-medium first:pl-5 last:pr-5 ${side(index)}`}
              >
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {providers.map((provider) => (
            <tr key={provider.wallet} className="relative border-t border-line hover:bg-sunken/60">
              <th scope="row" className="py-3 pr-4 pl-5 text-left font-normal">
                <WalletLink wallet={provider.wallet} />
              </th>
              <td className="px-4 py-3">{countWords(provider.models.length, "model")}</td>
              <td className="px-4 py-3">
                <OfferVerdicts offers={provider.offers} />
              </td>
              <td className="px-4 py-3 text-right">{percentText(provider.uptime_last_30m)}</td>
              <td className="px-4 py-3 text-right">{percentText(provider.uptime_last_1d)}</td>
              <td className="px-4 py-3 text-right">{provider.links}</td>
              <td className="py-3 pr-5 pl-4 text-right">{servingSince(provider)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ProviderCards({ providers }: ProvidersProps): ReactNode {
  return (
    <ul>
      {providers.map((provider) => (
        <li key={provider.wallet} className="relative flex flex-col gap-2 border-t border-line px-5 py-3">
          <span className="flex items-center justify-between gap-3">
            <WalletLink wallet={provider.wallet} />
            <span className="text-sm">{countWords(provider.models.length, "model")}</span>
          </span>
          <OfferVerdicts offers={provider.offers} />
          <span className="text-[0.8125rem] text-muted">
            Uptime {percentText(provider.uptime_last_30m)}, over a day {percentText(provider.uptime_last_1d)}. Serving
            since {servingSince(provider)}.
          </span>
        </li>
      ))}
    </ul>
  );
}

/** The one or the other. */
export function Providers(props: ProvidersProps): ReactNode {
  return useMedia(WIDE) ? <ProviderTable {...props} /> : <ProviderCards {...props} />;
}
