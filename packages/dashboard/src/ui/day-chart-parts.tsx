// The parts of a chart of days that need no library: its colours, and what is told of one day.
import type { ReactNode } from "react";
import type { ChartDay, ChartGroup } from "./chart-scale.ts";
import { classes } from "./class-names.ts";
import { dayText } from "./time-text.ts";

const COLOURS = ["bg-chart-1", "bg-chart-2", "bg-chart-3", "bg-chart-4", "bg-chart-5", "bg-chart-6"] as const;

/** All of a day's parts together. */
export function sumOf(parts: readonly bigint[]): bigint {
  return parts.reduce((total, part) => total + part, 0n);
}

/** The little square that says which colour is whose. */
export function ChartSwatch({ index }: { readonly index: number }): ReactNode {
  return <span aria-hidden className={classes("size-2.5 shrink-0 rounded-xs", COLOURS[index % COLOURS.length])} />;
}

interface DayTipProps {
  readonly day: ChartDay;
  readonly groups: readonly ChartGroup[];
  readonly words: (value: bigint) => string;
}

/** What is told of a day beside its bar: every part with all its digits. */
export function DayTip({ day: { day, parts }, groups, words }: DayTipProps): ReactNode {
  return (
    <div className="max-w-80 rounded-lg border border-line bg-surface px-3 py-2 text-[0.8125rem] shadow-card">
      <p className="font-medium">{dayText(day)}</p>
      <ul>
        {groups.map(({ id, name }, place) => {
          const part = parts[place] ?? 0n;
          return part === 0n ? null : (
            <li key={id} className="flex items-center gap-2">
              <ChartSwatch index={place} />
              <span className="min-w-0 truncate">{name}</span>
              <span className="figures ml-auto pl-3 whitespace-nowrap">{words(part)}</span>
            </li>
          );
        })}
      </ul>
      <p className="figures mt-1 flex justify-between gap-3 border-t border-line pt-1 font-medium">
        <span>Total</span>
        <span className="whitespace-nowrap">{words(sumOf(parts))}</span>
      </p>
    </div>
  );
}
