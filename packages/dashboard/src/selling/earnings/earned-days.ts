// Earnings by day and model: for the chart, the table and the file.
import { parseNanoUsdc } from "@aimo-network/protocol/money";
import type { ChartEntry } from "../../ui/chart-scale.ts";
import type { EarnedRow } from "../answers.ts";

const DAY_MS = 86_400_000;

/** The days of UTC up to the one of `nowMs`, as the router writes them, the oldest first. */
export function lastDays(nowMs: number, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) =>
    new Date(nowMs - (count - 1 - index) * DAY_MS).toISOString().slice(0, 10),
  );
}

/** What the chart adds up, in nano-USDC. */
export function chartEntries(rows: readonly EarnedRow[]): readonly ChartEntry[] {
  return rows.map(({ date, model, earned }) => ({ id: model, name: model, day: date, value: parseNanoUsdc(earned) }));
}

/** The rows for a table, the newest day first and in it the most earned. */
export function newestRows(rows: readonly EarnedRow[], dates: readonly string[]): readonly EarnedRow[] {
  return rows
    .filter(({ date }) => dates.includes(date))
    .toSorted((one, other) => {
      if (one.date !== other.date) return one.date < other.date ? 1 : -1;
      const difference = parseNanoUsdc(other.earned) - parseNanoUsdc(one.earned);
      return difference > 0n ? 1 : difference < 0n ? -1 : 0;
    });
}

/** The titles of the file's columns. */
export const CSV_TITLES = ["date", "model", "requests", "charged_usdc"];

/** The lines of the file, with exact amounts. */
export function csvRows(rows: readonly EarnedRow[]): readonly (readonly string[])[] {
  return rows.map(({ date, model, requests, earned }) => [date, model, `${requests}`, earned]);
}
