// The bars of a chart of days; its library comes only with it.
import type { ReactNode } from "react";
import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { chartHeight, chartScale } from "./chart-scale.ts";
import type { ChartDay, ChartGroup } from "./chart-scale.ts";
import { DayTip, sumOf } from "./day-chart-parts.tsx";
import { dayText } from "./time-text.ts";

const TICK = { fill: "var(--muted)", fontSize: 12 };
const COLOURS = [
  "var(--chart-1)",
  "var(--chart-2)",
  "var(--chart-3)",
  "var(--chart-4)",
  "var(--chart-5)",
  "var(--chart-6)",
];
const HEIGHT = 260;
const TICK_CHAR = 7.5; // pixels of the widest digit at the axis
const FULL = 100; // heights are in per cent of the scale: the library never sees an amount
const SEEN = 0.8; // the least height of a part that is not nothing
const YEAR_CHARS = " 2026".length;

/** What is drawn, and how its values are told. */
export interface DayChartProps {
  /** What is drawn: `Spend by day`. */
  readonly label: string;
  /** The oldest first. */
  readonly days: readonly ChartDay[];
  /** As the parts of each day; at most as many as there are colours. */
  readonly groups: readonly ChartGroup[];
  /** A value with all its digits and its unit. */
  readonly words: (value: bigint) => string;
  /** A value at the axis, short. */
  readonly tick: (value: bigint) => string;
}

interface HintProps {
  readonly active?: boolean | undefined;
  readonly payload?: readonly { readonly payload?: ChartDay }[] | undefined;
  readonly groups: readonly ChartGroup[];
  readonly words: (value: bigint) => string;
}

/** What the pointer or the arrow keys are at. */
function Hint({ active, payload, groups, words }: HintProps): ReactNode {
  const day = payload?.[0]?.payload;
  return active === true && day !== undefined ? <DayTip day={day} groups={groups} words={words} /> : null;
}

function heightOf(value: bigint, top: bigint): number {
  return value === 0n ? 0 : Math.max(SEEN, chartHeight(value, top));
}

/** The bars; the arrow keys go from day to day once it has the focus. */
export function DayBars({ label, days, groups, words, tick }: DayChartProps): ReactNode {
  const { top, ticks } = chartScale(days.reduce((most, { parts }) => (sumOf(parts) > most ? sumOf(parts) : most), 0n));
  const names = new Map(ticks.map((value) => [chartHeight(value, top), tick(value)]));
  const width = Math.max(...[...names.values()].map(({ length }) => length)) * TICK_CHAR + 12;
  return (
    <ResponsiveContainer width="100%" height={HEIGHT}>
      <BarChart
        accessibilityLayer
        title={label}
        desc="A bar for each day. The arrow keys go from day to day; the table has the same figures."
        data={[...days]}
        margin={{ top: 8, right: 0, bottom: 0, left: 0 }}
        barCategoryGap="14%"
      >
        <CartesianGrid stroke="var(--line)" vertical={false} />
        <XAxis
          dataKey="day"
          tickFormatter={(day: string) => dayText(day).slice(0, -YEAR_CHARS)}
          tick={TICK}
          tickLine={false}
          stroke="var(--line-strong)"
          interval="equidistantPreserveStart"
          minTickGap={12}
        />
        <YAxis
          domain={[0, FULL]}
          ticks={[...names.keys()]}
          tickFormatter={(height: number) => names.get(height) ?? ""}
          tick={TICK}
          tickLine={false}
          axisLine={false}
          width={width}
        />
        <Tooltip
          content={<Hint groups={groups} words={words} />}
          cursor={{ fill: "var(--sunken)" }}
          isAnimationActive={false}
        />
        {groups.map(({ id, name }, index) => (
          <Bar
            key={id}
            name={name}
            stackId="all"
            dataKey={({ parts }: ChartDay) => heightOf(parts[index] ?? 0n, top)}
            fill={COLOURS[index % COLOURS.length] ?? ""}
            maxBarSize={40}
            isAnimationActive={false}
          />
        ))}
      </BarChart>
    </ResponsiveContainer>
  );
}
