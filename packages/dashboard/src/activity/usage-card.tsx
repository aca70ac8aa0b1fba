// What was used by day: totals, a chart or a table of the same, and the file.
import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import type { ReactNode } from "react";
import { formatNanoUsdc } from "@aimo-network/protocol/money";
import { Amount } from "../ui/amount.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { chartTable } from "../ui/chart-scale.ts";
import type { ChartTable } from "../ui/chart-scale.ts";
import { csvText } from "../ui/csv-text.ts";
import { DayChart } from "../ui/day-chart.tsx";
import { ChartSwatch } from "../ui/day-chart-parts.tsx";
import { FaultNotice } from "../ui/fault-notice.tsx";
import { saveFile } from "../ui/save-file.ts";
import { Segments } from "../ui/segments.tsx";
import { Skeleton, SkeletonLines } from "../ui/skeleton.tsx";
import { Stat } from "../ui/stat.tsx";
import { useNow } from "../ui/use-now.ts";
import { keyNamesQuery, usedQuery } from "./activity-queries.ts";
import { countWords } from "./generation.ts";
import { UsageTable } from "./usage-table.tsx";
import { useActivitySearch } from "./use-activity-search.ts";
import { chartEntries, measureTick, measureWords, totalOf, usedBy, usedCells } from "./used.ts";
import type { GroupedBy, Measure, Used, UsedBy } from "./used.ts";
import { lastDays } from "./utc-days.ts";

const PERIODS = [
  { id: "7", title: "7 days" },
  { id: "14", title: "14 days" },
  { id: "30", title: "30 days" },
] as const;
const MEASURES = [
  { id: "spend", title: "Spend" },
  { id: "requests", title: "Requests" },
  { id: "tokens", title: "Tokens" },
] as const;
const GROUPS = [
  { id: "model", title: "By model" },
  { id: "key", title: "By key" },
] as const;
const FORMS = [
  { id: "chart", title: "Chart" },
  { id: "table", title: "Table" },
] as const;
const MINUTE_MS = 60_000; // how soon a page that is open at midnight begins the new day

function Totals({ total }: { readonly total: Used | undefined }): ReactNode {
  const waiting = <Skeleton className="mt-1 h-6 w-24" />;
  return (
    <dl className="grid grid-cols-1 gap-4 min-[26rem]:grid-cols-2 sm:grid-cols-4">
      <Stat label="Spent">{total === undefined ? waiting : <Amount usdc={formatNanoUsdc(total.cost)} />}</Stat>
      <Stat label="Requests">{total === undefined ? waiting : countWords(total.requests)}</Stat>
      <Stat
        label="Tokens in"
        hint={total !== undefined && total.cachedTokens > 0n ? `${countWords(total.cachedTokens)} cached` : undefined}
      >
        {total === undefined ? waiting : countWords(total.promptTokens)}
      </Stat>
      <Stat
        label="Tokens out"
        hint={
          total !== undefined && total.reasoningTokens > 0n
            ? `${countWords(total.reasoningTokens)} for reasoning`
            : undefined
        }
      >
        {total === undefined ? waiting : countWords(total.completionTokens)}
      </Stat>
    </dl>
  );
}

function Legend({ table, measure }: { readonly table: ChartTable; readonly measure: Measure }): ReactNode {
  return (
    <ul className="flex flex-wrap gap-x-5 gap-y-1 text-[0.8125rem]">
      {table.groups.map(({ id, name, total }, index) => (
        <li key={id} className="flex min-w-0 items-center gap-2">
          <ChartSwatch index={index} />
          <span className="min-w-0 truncate">{name}</span>
          <span className="figures text-muted">{measureWords(total, measure)}</span>
        </li>
      ))}
    </ul>
  );
}

interface ChartProps {
  readonly used: readonly UsedBy[];
  readonly days: readonly string[];
  readonly measure: Measure;
}

function UsageChart({ used, days, measure }: ChartProps): ReactNode {
  const table = chartTable(chartEntries(used, measure), days);
  const name = MEASURES.find(({ id }) => id === measure)?.title ?? "";
  if (table.groups.length === 0) {
    return <p className="py-16 text-center text-sm text-muted">Nothing was used in these days.</p>;
  }
  return (
    <>
      <DayChart
        label={`${name} by day`}
        days={table.days}
        groups={table.groups}
        words={(value) => measureWords(value, measure)}
        tick={(value) => measureTick(value, measure)}
      />
      <Legend table={table} measure={measure} />
    </>
  );
}

function save(used: readonly UsedBy[], by: GroupedBy, days: readonly string[]): void {
  const [titles = [], ...rows] = usedCells(used, by);
  saveFile(`aimo-activity-${days[0]}-to-${days.at(-1)}-by-${by}.csv`, csvText(titles, rows), "text/csv");
}

/** The card with the totals of a period, and their days as a chart or a table. */
export function UsageCard(): ReactNode {
  const [{ days: period = "30", show: measure = "spend", by = "model", as = "chart" }, change] = useActivitySearch();
  const { data, error, refetch } = useQuery(usedQuery(by));
  const { data: names } = useQuery(keyNamesQuery);
  const days = lastDays(useNow(MINUTE_MS), Number.parseInt(period, 10));
  const used = data && usedBy(data, by, names).filter(({ day }) => days.includes(day));
  return (
    <Card
      title="Usage"
      aside={
        <div className="flex flex-wrap gap-2">
          <Segments label="Period" options={PERIODS} selected={period} onSelect={(id) => change({ days: id })} />
          <Button
            size="small"
            disabled={used === undefined || used.length === 0}
            onClick={() => used && save(used, by, days)}
          >
            <Download aria-hidden className="size-4" />
            CSV
          </Button>
        </div>
      }
    >
      <div className="flex flex-col gap-5">
        {error !== null && <FaultNotice fault={error} onRetry={() => void refetch()} />}
        {(used !== undefined || error === null) && (
          <>
            <Totals total={used && totalOf(used)} />
            <div className="flex flex-wrap gap-2">
              {as === "chart" && (
                <Segments
                  label="What is shown"
                  options={MEASURES}
                  selected={measure}
                  onSelect={(id) => change({ show: id })}
                />
              )}
              <Segments label="Told apart" options={GROUPS} selected={by} onSelect={(id) => change({ by: id })} />
              <Segments
                label="Form"
                options={FORMS}
                selected={as}
                onSelect={(id) => change({ as: id === "table" ? id : undefined })}
              />
            </div>
          </>
        )}
        {used === undefined ? (
          error === null && <SkeletonLines count={7} />
        ) : as === "table" ? (
          <UsageTable used={used} by={by} />
        ) : (
          <UsageChart used={used} days={days} measure={measure} />
        )}
      </div>
    </Card>
  );
}
