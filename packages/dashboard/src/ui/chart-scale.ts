// The scale of charts: exact amounts in, and only at the very end a share of the height, for pixels alone.

/** A scale from nothing to its top, with ticks that are short numbers. */
export interface ChartScale {
  readonly top: bigint;
  /** From 0 up, the top included. */
  readonly ticks: readonly bigint[];
}

const STEPS_MAX = 4n;
const PERCENT_PARTS = 10_000n; // a hundredth of a per cent is less than a pixel

/** The shortest scale whose ticks are 1, 2 or 5 with zeros, for values up to `most`; of nothing it goes up to 1. */
export function chartScale(most: bigint): ChartScale {
  let power = 1n;
  for (;;) {
    for (const digit of [1n, 2n, 5n]) {
      const step = digit * power;
      if (step * STEPS_MAX < most) continue;
      const count = most <= 0n ? 1n : (most + step - 1n) / step;
      return {
        top: step * count,
        ticks: Array.from({ length: Number.parseInt(`${count}`, 10) + 1 }, (_, index) => step * BigInt(index)),
      };
    }
    power *= 10n;
  }
}

/** How high a value is drawn, in per cent of the chart's height: the one place where a float stands for an amount, for pixels only. */
export function chartHeight(value: bigint, top: bigint): number {
  return Number.parseInt(`${(value * PERCENT_PARTS) / top}`, 10) / 100;
}

/** A day's values, one for each group. */
export interface ChartDay {
  /** In UTC: `2026-11-26`. */
  readonly day: string;
  readonly parts: readonly bigint[];
}

/** Something whose share of each day is drawn in a colour of its own. */
export interface ChartGroup {
  readonly id: string;
  readonly name: string;
}

/** One value of a group on a day. */
export interface ChartEntry extends ChartGroup {
  readonly day: string;
  readonly value: bigint;
}

/** Days and groups as a chart draws them. */
export interface ChartTable {
  readonly days: readonly ChartDay[];
  readonly groups: readonly (ChartGroup & { readonly total: bigint })[];
  readonly total: bigint;
}

/** How many groups have a colour; the last of them is what is left where there are more. */
export const CHART_GROUPS_MAX = 6;
const OTHER = "\u0000other"; // no id that a router gives

function totalsOf(entries: readonly ChartEntry[]): (ChartGroup & { readonly total: bigint })[] {
  const found = new Map<string, ChartGroup & { readonly total: bigint }>();
  for (const { id, name, value } of entries) {
    found.set(id, { id, name, total: (found.get(id)?.total ?? 0n) + value });
  }
  return [...found.values()].toSorted((one, other) =>
    one.total === other.total ? (one.name < other.name ? -1 : 1) : one.total > other.total ? -1 : 1,
  );
}

/** Adds entries up by day and group: the largest groups first, and what has no colour of its own as `Other`. */
export function chartTable(entries: readonly ChartEntry[], days: readonly string[]): ChartTable {
  const within = new Set(days);
  const shown = entries.filter(({ day }) => within.has(day));
  const all = totalsOf(shown);
  const rest = all.length > CHART_GROUPS_MAX ? all.slice(CHART_GROUPS_MAX - 1) : [];
  const left = rest.reduce((sum, { total }) => sum + total, 0n);
  const groups = [
    ...(rest.length === 0 ? all : all.slice(0, CHART_GROUPS_MAX - 1)),
    ...(rest.length === 0 ? [] : [{ id: OTHER, name: `Other (${rest.length})`, total: left }]),
  ];
  const places = new Map(groups.map(({ id }, index) => [id, index]));
  const sums = new Map(days.map((day) => [day, groups.map(() => 0n)]));
  for (const { day, id, value } of shown) {
    const parts = sums.get(day);
    const place = places.get(id) ?? groups.length - 1;
    if (parts !== undefined) parts[place] = (parts[place] ?? 0n) + value;
  }
  return {
    days: [...sums].map(([day, parts]) => ({ day, parts })),
    groups,
    total: groups.reduce((sum, { total }) => sum + total, 0n),
  };
}
