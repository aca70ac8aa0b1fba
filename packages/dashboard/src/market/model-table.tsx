// The models as a table, of which only the rows near the window are drawn.
import { Link } from "@tanstack/react-router";
import { ArrowDown, ArrowUp } from "lucide-react";
import type { ReactNode } from "react";
import { memo, useRef } from "react";
import { Amount } from "../ui/amount.tsx";
import { perMillion } from "../ui/amount-text.ts";
import { classes } from "../ui/class-names.ts";
import { CopyButton } from "../ui/copy-button.tsx";
import { contextText, latencyText, percentText, throughputText } from "./figures.ts";
import type { Sort } from "./market-search.ts";
import { Modalities } from "./modalities.tsx";
import { modelParams } from "./model-path.ts";
import type { FoundModels, ModelFacts } from "./use-models.ts";
import { VerifiedSign } from "./verified-badge.tsx";
import { useWindowRows } from "./window-rows.ts";

const ROW_HEIGHT = 64;

interface Column {
  readonly title: string;
  readonly hint?: string;
  readonly className: string;
  /** The order it stands for, and which way that goes. */
  readonly sort?: readonly [Sort, "ascending" | "descending"];
}

const COLUMNS: readonly Column[] = [
  { title: "Model", className: "text-left", sort: ["name", "ascending"] },
  { title: "Providers", className: "hidden w-22 text-right xl:table-cell" },
  {
    title: "Input",
    hint: "USDC per million prompt tokens, of the cheapest offer",
    className: "w-26 text-right",
    sort: ["pricing-low-to-high", "ascending"],
  },
  { title: "Output", hint: "USDC per million completion tokens, of the cheapest offer", className: "w-26 text-right" },
  {
    title: "Context",
    hint: "Tokens of prompt and answer together",
    className: "w-24 text-right",
    sort: ["context-high-to-low", "descending"],
  },
  {
    title: "Latency",
    hint: "Median time to the first output over 30 minutes",
    className: "w-22 text-right",
    sort: ["latency-low-to-high", "ascending"],
  },
  {
    title: "Speed",
    hint: "Median tokens a second over 30 minutes",
    className: "hidden w-26 text-right xl:table-cell",
    sort: ["throughput-high-to-low", "descending"],
  },
  { title: "Uptime", hint: "Attempts that succeeded over 30 minutes", className: "w-22 text-right" },
];
const [, PROVIDERS, INPUT, OUTPUT, CONTEXT, LATENCY, SPEED, UPTIME] = COLUMNS.map(({ className }) => className);

interface HeadProps {
  readonly column: Column;
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
}

function Head({ column: { title, hint, className, sort: own }, sort, onSort }: HeadProps): ReactNode {
  const isSorted = own?.[0] === sort;
  const Arrow = own?.[1] === "descending" ? ArrowDown : ArrowUp;
  return (
    <th
      scope="col"
      title={hint}
      aria-sort={own === undefined ? undefined : isSorted ? own[1] : "none"}
      className={classes("px-3 py-2.5 font-medium", className)}
    >
      {own === undefined ? (
        title
      ) : (
        <button
          type="button"
          onClick={() => onSort(own[0])}
          className={classes("inline-flex items-center gap-1 font-medium hover:text-ink", isSorted && "text-ink")}
        >
          {title}
          {isSorted && <Arrow aria-hidden className="size-3.5" />}
        </button>
      )}
    </th>
  );
}

function Name({ model: { id, name, architecture, aimo } }: { readonly model: ModelFacts }): ReactNode {
  return (
    <th scope="row" className="px-3 text-left font-normal">
      <span className="flex min-w-0 items-center gap-2">
        <Link
          to="/models/$author/$slug"
          params={modelParams(id)}
          title={name}
          className="min-w-0 truncate font-medium after:absolute after:inset-0 after:content-['']"
        >
          {name}
        </Link>
        <VerifiedSign verified={aimo.verified} providers={aimo.providers} />
      </span>
      <span className="relative z-1 -mt-1 flex w-fit max-w-full items-center">
        <span title={id} className="min-w-0 truncate font-mono text-[0.8125rem] text-muted">
          {id}
        </span>
        <span className="-my-1.5 shrink-0 scale-80">
          <CopyButton text={id} label={`Copy the name ${id}`} />
        </span>
        <span className="ml-1.5 shrink-0">
          <Modalities input={architecture.input_modalities} output={architecture.output_modalities} isBrief />
        </span>
      </span>
    </th>
  );
}

interface RowProps {
  readonly model: ModelFacts;
  readonly index: number;
}

/** Drawn again only where its model is another one: scrolling draws the table at each step. */
const Row = memo(function Row({ model, index }: RowProps): ReactNode {
  const { pricing, aimo } = model;
  return (
    <tr
      aria-rowindex={index + 2}
      style={{ height: ROW_HEIGHT }}
      className="relative border-t border-line hover:bg-sunken/60"
    >
      <Name model={model} />
      <td className={classes("px-3", PROVIDERS)}>{aimo.providers}</td>
      <td className={classes("px-3", INPUT)}>
        <Amount usdc={perMillion(pricing.prompt)} hasUnit={false} className="relative z-1" />
      </td>
      <td className={classes("px-3", OUTPUT)}>
        <Amount usdc={perMillion(pricing.completion)} hasUnit={false} className="relative z-1" />
      </td>
      <td className={classes("px-3", CONTEXT)}>{contextText(model.context_length)}</td>
      <td className={classes("px-3", LATENCY)}>{latencyText(aimo.latency_p50)}</td>
      <td className={classes("px-3", SPEED)}>{throughputText(aimo.throughput_p50)}</td>
      <td className={classes("px-3", UPTIME)}>{percentText(aimo.uptime_last_30m)}</td>
    </tr>
  );
});

/** The room of rows that are not drawn. It spans no columns: it would make room for those that a narrow window hides. */
function Room({ height }: { readonly height: number }): ReactNode {
  return (
    height > 0 && (
      <tr aria-hidden>
        <td style={{ height, padding: 0 }} />
      </tr>
    )
  );
}

interface ModelTableProps {
  readonly found: FoundModels;
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
}

/** The models found, a row for each, with heads that put them in another order. */
export function ModelTable({ found, sort, onSort }: ModelTableProps): ReactNode {
  const body = useRef<HTMLTableSectionElement>(null);
  const { rows, above, below } = useWindowRows(found, body, ROW_HEIGHT);
  return (
    <div className="overflow-x-clip rounded-card border border-line bg-surface shadow-card">
      <table aria-rowcount={(found.total ?? -2) + 1} className="figures w-full table-fixed border-collapse text-sm">
        <caption className="sr-only">Models, with prices in USDC per million tokens</caption>
        <thead className="text-[0.8125rem] text-muted">
          <tr aria-rowindex={1}>
            {COLUMNS.map((column) => (
              <Head key={column.title} column={column} sort={sort} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody ref={body} className={classes("whitespace-nowrap transition-opacity", found.isOld && "opacity-60")}>
          <Room height={above} />
          {rows.map(({ item, model }) => (
            <Row key={model.id} model={model} index={item.index} />
          ))}
          <Room height={below} />
        </tbody>
      </table>
    </div>
  );
}
