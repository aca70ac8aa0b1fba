// What a model's offers have cost since when: as a chart, and as a table with all digits.
import { systemClock } from "@aimo-network/protocol/clock";
import { Suspense, lazy, useMemo, useState } from "react";
import type { ReactNode } from "react";
import { perMillion } from "../ui/amount-text.ts";
import { Card } from "../ui/card.tsx";
import { FaultNotice } from "../ui/fault-notice.tsx";
import { Segments } from "../ui/segments.tsx";
import { shortAddress } from "../ui/short-address.ts";
import { exactTime } from "../ui/time-text.ts";
import { Skeleton, SkeletonLines } from "../ui/skeleton.tsx";
import { countWords } from "./figures.ts";
import { usePrices } from "./use-model.ts";
import type { PriceFacts } from "./use-model.ts";
import { priceLines } from "./price-lines.ts";
import type { PriceKind } from "./price-lines.ts";

const PriceChart = lazy(async () => ({ default: (await import("./price-chart.tsx")).PriceChart }));

const CHOICE = "h-8 rounded-lg pointer-coarse:h-9 border border-line-strong bg-surface px-2 pr-7 text-[0.8125rem]";

function PriceTable({ prices }: { readonly prices: readonly PriceFacts[] }): ReactNode {
  return (
    <details>
      <summary className="w-fit rounded text-sm font-medium text-accent">
        As a table ({countWords(prices.length, "change")})
      </summary>
      <div tabIndex={0} role="region" aria-label="Prices as a table" className="mt-3 max-h-96 overflow-auto">
        <table className="figures w-full text-sm whitespace-nowrap">
          <caption className="sr-only">Prices in USDC per million tokens, newest first</caption>
          <thead className="text-[0.8125rem] text-muted">
            <tr>
              {["Since", "Provider", "Input", "Output"].map((title, index) => (
                <th
                  key={title}
                  scope="col"
                  className={index < 2 ? "py-1.5 pr-4 text-left font-medium" : "py-1.5 pl-4 text-right font-medium"}
                >
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {prices.map(({ provider_name: wallet, since, pricing }) => (
              <tr key={`${wallet} ${since}`} className="border-t border-line">
                <td className="py-1.5 pr-4">{exactTime(since)}</td>
                <td title={wallet} className="py-1.5 pr-4 font-mono text-[0.8125rem]">
                  {shortAddress(wallet)}
                </td>
                <td className="py-1.5 pl-4 text-right">{perMillion(pricing.prompt)}</td>
                <td className="py-1.5 pl-4 text-right">{perMillion(pricing.completion)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

interface HistoryProps {
  readonly prices: readonly PriceFacts[];
  readonly kind: PriceKind;
}

function History({ prices, kind }: HistoryProps): ReactNode {
  const lines = useMemo(() => priceLines(prices, kind, systemClock.now()), [prices, kind]);
  const what = kind === "prompt" ? "Input price" : "Output price";
  return (
    <div className="flex flex-col gap-4">
      <div
        role="img"
        aria-label={`${what} of ${countWords(lines.wallets.length, "provider")} over time; as a table below`}
      >
        <Suspense fallback={<Skeleton className="h-65 w-full" />}>
          <PriceChart lines={lines} />
        </Suspense>
      </div>
      {lines.omitted > 0 && (
        <p className="text-[0.8125rem] text-muted">
          The {lines.wallets.length} cheapest now; {countWords(lines.omitted, "more provider")} in the table.
        </p>
      )}
      <PriceTable prices={prices} />
    </div>
  );
}

/** The card of what a model's offers have cost, drawn and listed. */
export function PriceHistory({ id }: { readonly id: string }): ReactNode {
  const { data, error, refetch } = usePrices(id);
  const [kind, setKind] = useState<PriceKind>("prompt");
  const [chosen, setChosen] = useState("");
  const wallets = [...new Set(data?.map(({ provider_name: wallet }) => wallet))];
  const prices = useMemo(
    () => data?.filter(({ provider_name: wallet }) => chosen === "" || wallet === chosen),
    [data, chosen],
  );
  const choices = (
    <div className="flex flex-wrap gap-2">
      {wallets.length > 1 && (
        <select
          aria-label="Whose prices"
          value={chosen}
          onChange={({ target }) => setChosen(target.value)}
          className={CHOICE}
        >
          <option value="">All providers</option>
          {wallets.map((wallet) => (
            <option key={wallet} value={wallet}>
              {shortAddress(wallet)}
            </option>
          ))}
        </select>
      )}
      <Segments
        label="Which price"
        options={[
          { id: "prompt", title: "Input" },
          { id: "completion", title: "Output" },
        ]}
        selected={kind}
        onSelect={setKind}
      />
    </div>
  );
  return (
    <Card title="Price history" aside={choices}>
      {error !== null && <FaultNotice fault={error} onRetry={() => void refetch()} />}
      {prices === undefined && error === null && <SkeletonLines />}
      {prices?.length === 0 && <p className="text-sm text-muted">No price has been recorded yet.</p>}
      {prices !== undefined && prices.length > 0 && <History prices={prices} kind={kind} />}
    </Card>
  );
}
