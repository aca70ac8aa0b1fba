// The chart of prices; its library comes only with it.
import type { ReactNode } from "react";
import { CartesianGrid, Line, LineChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { shortAmount } from "../ui/amount-text.ts";
import { shortAddress } from "../ui/short-address.ts";
import { exactTime } from "../ui/time-text.ts";
import { axisText } from "./price-lines.ts";
import type { PriceLines, PriceMoment } from "./price-lines.ts";

const TICK = { fill: "var(--muted)", fontSize: 12 };
const COLOURS = ["--chart-1", "--chart-2", "--chart-3", "--chart-4", "--chart-5", "--chart-6"] as const;

/** A line's colour. */
function lineColour(index: number): string {
  return `var(${COLOURS[index % COLOURS.length] ?? COLOURS[0]})`;
}

interface HintProps {
  readonly active?: boolean | undefined;
  readonly payload?: readonly { readonly payload?: PriceMoment }[] | undefined;
  readonly wallets: readonly string[];
}

/** What the pointer is over, with all digits. */
function Hint({ active, payload, wallets }: HintProps): ReactNode {
  const moment = payload?.[0]?.payload;
  if (active !== true || moment === undefined) return null;
  return (
    <div className="rounded-lg border border-line bg-surface px-3 py-2 text-[0.8125rem] shadow-card">
      <p className="text-muted">{exactTime(new Date(moment.atMs).toISOString())}</p>
      {wallets.map((wallet, index) => {
        const text = moment.texts[index];
        return (
          text !== undefined && (
            <p key={wallet} className="figures flex items-center gap-2">
              <span aria-hidden className="size-2 rounded-full" style={{ background: lineColour(index) }} />
              <span className="font-mono">{shortAddress(wallet)}</span>
              <span className="ml-auto font-medium">{text} USDC</span>
            </p>
          )
        );
      })}
    </div>
  );
}

/** The lines, in steps; the table beside it says the same in words. */
export function PriceChart({ lines: { wallets, moments } }: { readonly lines: PriceLines }): ReactNode {
  const [first, last] = [moments[0]?.atMs ?? 0, moments.at(-1)?.atMs ?? 0];
  return (
    <ResponsiveContainer width="100%" height={260}>
      <LineChart data={[...moments]} margin={{ top: 8, right: 12, bottom: 0, left: 0 }} accessibilityLayer={false}>
        <CartesianGrid stroke="var(--line)" vertical={false} />
        <XAxis
          dataKey="atMs"
          type="number"
          domain={["dataMin", "dataMax"]}
          tickFormatter={(atMs: number) => axisText(atMs, last - first)}
          tick={TICK}
          stroke="var(--line-strong)"
          minTickGap={40}
        />
        <YAxis
          tickFormatter={(height: number) => shortAmount(height.toFixed(9))}
          tick={TICK}
          stroke="var(--line-strong)"
          width={64}
          domain={[0, "auto"]}
        />
        <Tooltip
          content={<Hint wallets={wallets} />}
          cursor={{ stroke: "var(--line-strong)" }}
          isAnimationActive={false}
        />
        {wallets.map((wallet, index) => (
          <Line
            key={wallet}
            name={wallet}
            type="stepAfter"
            dataKey={({ heights }: PriceMoment) => heights[index]}
            stroke={lineColour(index)}
            strokeWidth={2}
            dot={moments.length < 40 && { r: 2.5, fill: lineColour(index), strokeWidth: 0 }}
            isAnimationActive={false}
          />
        ))}
      </LineChart>
    </ResponsiveContainer>
  );
}
