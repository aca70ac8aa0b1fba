// The models as cards, for narrow screens; only those near the window are drawn.
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { memo, useRef } from "react";
import { Amount } from "../ui/amount.tsx";
import { perMillion } from "../ui/amount-text.ts";
import { classes } from "../ui/class-names.ts";
import { CopyButton } from "../ui/copy-button.tsx";
import { Fact } from "../ui/fact.tsx";
import { contextText, countWords, latencyText, percentText, throughputText } from "./figures.ts";
import { Modalities } from "./modalities.tsx";
import { modelParams } from "./model-path.ts";
import type { FoundModels, ModelFacts } from "./use-models.ts";
import { VerifiedBadge } from "./verified-badge.tsx";
import { useWindowRows } from "./window-rows.ts";

const CARD_HEIGHT = 212; // with the gap; each is measured once it is drawn

/** Drawn again only where its model is another one: scrolling draws the list at each step. */
const ModelCard = memo(function ModelCard({ model }: { readonly model: ModelFacts }): ReactNode {
  const { id, name, pricing, architecture, aimo } = model;
  return (
    <article className="relative flex flex-col gap-3 rounded-card border border-line bg-surface p-4 shadow-card">
      <div className="flex items-start justify-between gap-2">
        <div className="min-w-0">
          <h2 className="text-base font-semibold">
            <Link
              to="/models/$author/$slug"
              params={modelParams(id)}
              className="block truncate after:absolute after:inset-0 after:content-['']"
            >
              {name}
            </Link>
          </h2>
          <p className="truncate font-mono text-[0.8125rem] text-muted">{id}</p>
        </div>
        <span className="relative z-1 -mt-1.5 -mr-1.5">
          <CopyButton text={id} label={`Copy the name ${id}`} />
        </span>
      </div>
      <dl className="figures grid grid-cols-3 gap-x-3 gap-y-2">
        <Fact name="Input / 1M">
          <Amount usdc={perMillion(pricing.prompt)} />
        </Fact>
        <Fact name="Output / 1M">
          <Amount usdc={perMillion(pricing.completion)} />
        </Fact>
        <Fact name="Context">{contextText(model.context_length)}</Fact>
        <Fact name="Latency">{latencyText(aimo.latency_p50)}</Fact>
        <Fact name="Speed">{throughputText(aimo.throughput_p50)}</Fact>
        <Fact name="Uptime">{percentText(aimo.uptime_last_30m)}</Fact>
      </dl>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-[0.8125rem] text-muted">
        <VerifiedBadge verified={aimo.verified} providers={aimo.providers} />
        {countWords(aimo.providers, "provider")}
        <Modalities input={architecture.input_modalities} output={architecture.output_modalities} />
      </div>
    </article>
  );
});

/** The models found, a card for each, in the order of the search. */
export function ModelCards({ found }: { readonly found: FoundModels }): ReactNode {
  const list = useRef<HTMLUListElement>(null);
  const { rows, above, below, virtualizer } = useWindowRows(found, list, CARD_HEIGHT);
  return (
    <ul
      ref={list}
      className={classes("transition-opacity", found.isOld && "opacity-60")}
      style={{ paddingTop: above, paddingBottom: below }}
    >
      {rows.map(({ item, model }) => (
        <li
          key={model.id}
          ref={virtualizer.measureElement}
          data-index={item.index}
          aria-setsize={found.total ?? -1}
          aria-posinset={item.index + 1}
          className="pb-3"
        >
          <ModelCard model={model} />
        </li>
      ))}
    </ul>
  );
}
