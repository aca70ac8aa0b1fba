// Earnings by day and model: as bars, as a table, and as a file.
import { formatNanoUsdc, nanoUsdc } from "@aimo-network/protocol/money";
import { Download } from "lucide-react";
import type { ReactNode } from "react";
import { useState } from "react";
import { wholeText } from "../../market/figures.ts";
import { Amount } from "../../ui/amount.tsx";
import { shortAmount } from "../../ui/amount-text.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { chartTable } from "../../ui/chart-scale.ts";
import type { ChartGroup } from "../../ui/chart-scale.ts";
import { csvText } from "../../ui/csv-text.ts";
import { DayChart } from "../../ui/day-chart.tsx";
import { ChartSwatch } from "../../ui/day-chart-parts.tsx";
import { saveFile } from "../../ui/save-file.ts";
import { Segments } from "../../ui/segments.tsx";
import { useNow } from "../../ui/use-now.ts";
import type { EarnedRow } from "../answers.ts";
import { WideTable } from "../wide-table.tsx";
import { chartEntries, CSV_TITLES, csvRows, lastDays, newestRows } from "./earned-days.ts";

const PERIODS = [
  { id: "7", title: "7 days" },
  { id: "31", title: "31 days" },
] as const;
const VIEWS = [
  { id: "chart", title: "Chart" },
  { id: "table", title: "Table" },
] as const;
const NOW_EVERY_MS = 60_000;

function usdcText(nano: bigint): string {
  return formatNanoUsdc(nanoUsdc(nano));
}

function Legend({ groups }: { readonly groups: readonly (ChartGroup & { readonly total: bigint })[] }): ReactNode {
  return (
    <ul className="flex flex-wrap gap-x-5 gap-y-1.5 text-[0.8125rem]">
      {groups.map(({ id, name, total }, index) => (
        <li key={id} className="flex min-w-0 items-center gap-2">
          <ChartSwatch index={index} />
          <span className="min-w-0 break-all">{name}</span>
          <Amount usdc={usdcText(total)} className="text-muted" />
        </li>
      ))}
    </ul>
  );
}

function DayTable({ rows }: { readonly rows: readonly EarnedRow[] }): ReactNode {
  return (
    <WideTable
      label="Charged by day and model"
      isLong
      columns={[
        { title: "Day, UTC" },
        { title: "Model" },
        { title: "Answers", isNumber: true },
        { title: "Charged, USDC", isNumber: true },
      ]}
      rows={rows.map(({ date, model, requests, earned }) => ({
        id: `${date} ${model}`,
        cells: [
          date,
          <span key="model" className="font-mono text-[0.8125rem]">
            {model}
          </span>,
          wholeText(requests),
          <Amount key="earned" usdc={earned} hasUnit={false} />,
        ],
      }))}
    />
  );
}

/** Earnings by day and model, in a card with their period and view to choose. */
export function EarnedCard({ rows }: { readonly rows: readonly EarnedRow[] }): ReactNode {
  const [period, setPeriod] = useState<(typeof PERIODS)[number]["id"]>("7");
  const [view, setView] = useState<(typeof VIEWS)[number]["id"]>("chart");
  const days = lastDays(useNow(NOW_EVERY_MS), period === "7" ? 7 : 31);
  const table = chartTable(chartEntries(rows), days);
  const newest = newestRows(rows, days);
  const save = (): void =>
    saveFile(`earnings-${days[0]}-to-${days.at(-1)}.csv`, csvText(CSV_TITLES, csvRows(newest)), "text/csv");
  return (
    <Card title="By day and model" isFlush>
      <div className="flex flex-col gap-4 px-5 pb-5">
        <div className="flex flex-wrap items-center gap-2">
          <p className="mr-auto text-sm text-muted">
            <Amount usdc={usdcText(table.total)} className="font-semibold text-ink" /> charged to users, before the fee
          </p>
          <Segments label="Period" options={PERIODS} selected={period} onSelect={setPeriod} />
          <Segments label="Shown as" options={VIEWS} selected={view} onSelect={setView} />
          <Button size="small" onClick={save}>
            <Download aria-hidden className="size-4" />
            CSV
          </Button>
        </div>
        {view === "chart" && (
          <>
            <DayChart
              key={period}
              label="Charged by day and model"
              days={table.days}
              groups={table.groups}
              words={(value) => `${usdcText(value)} USDC`}
              tick={(value) => shortAmount(usdcText(value))}
            />
            <Legend groups={table.groups} />
          </>
        )}
      </div>
      {view === "table" && <DayTable rows={newest} />}
    </Card>
  );
}
