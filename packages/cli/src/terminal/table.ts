// Columns of text that line up, fitted to the terminal.
import { cut, textWidth } from "./text-width.ts";

const GAP = "  ";
const WIDTH_MIN = 8; // a column cut further says nothing

/** One column of a table. */
export interface Column {
  readonly title: string;
  /** Numbers line up at their end. */
  readonly isNumber?: boolean;
  /** Cut where the table is wider than the terminal. */
  readonly isElastic?: boolean;
  /** Left out, the last first, where the table would be wider than the terminal: before others are cut, which one types. */
  readonly isExtra?: boolean;
}

function wholeWidth(widths: readonly number[]): number {
  return widths.reduce((sum, each) => sum + each, 0) + GAP.length * (widths.length - 1);
}

/** The places of the columns that there is room for. */
function placesShown(columns: readonly Column[], widths: readonly number[], width: number): number[] {
  const places = columns.map((_column, place) => place);
  const extra = places.filter((place) => columns[place]?.isExtra === true);
  while (extra.length > 0 && wholeWidth(places.map((place) => widths[place] ?? 0)) > width) {
    places.splice(places.indexOf(extra.pop() ?? 0), 1);
  }
  return places;
}

/** Widths that fit, as far as elastic columns can be cut. */
function fittedWidths(columns: readonly Column[], natural: readonly number[], width: number): number[] {
  const widths = [...natural];
  let over = wholeWidth(widths) - width;
  for (const [place, column] of columns.entries()) {
    if (over <= 0 || column.isElastic !== true) continue;
    const before = widths[place] ?? 0;
    const after = Math.max(WIDTH_MIN, before - over);
    widths[place] = Math.min(before, after);
    over -= before - (widths[place] ?? 0);
  }
  return widths;
}

/** A table with its titles; `paint` colours whole cells after they were measured. */
export function tableText(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  { width, paint }: { readonly width: number; readonly paint?: (cell: string, row: number, column: number) => string },
): string {
  const natural = columns.map(({ title }, place) =>
    rows.reduce((widest, row) => Math.max(widest, textWidth(row[place] ?? "")), textWidth(title)),
  );
  const places = placesShown(columns, natural, width);
  const shown = places.flatMap((place) => columns[place] ?? []);
  const sizes = fittedWidths(
    shown,
    places.map((place) => natural[place] ?? 0),
    width,
  );
  const line = (cells: readonly string[], row: number): string =>
    places
      .map((place, nth) => {
        const size = sizes[nth] ?? 0;
        const text = cut(cells[place] ?? "", size);
        const padding = " ".repeat(size - textWidth(text));
        const painted = row >= 0 && paint !== undefined ? paint(text, row, place) : text;
        return columns[place]?.isNumber === true ? padding + painted : painted + padding;
      })
      .join(GAP)
      .trimEnd();
  return [
    line(
      columns.map(({ title }) => title),
      -1,
    ),
    ...rows.map((row, place) => line(row, place)),
  ].join("\n");
}

/** Facts below each other, their names lined up. */
export function factsText(facts: readonly (readonly [name: string, value: string])[]): string {
  const width = facts.reduce((widest, [name]) => Math.max(widest, textWidth(name)), 0);
  return facts.map(([name, value]) => `${name}${" ".repeat(width - textWidth(name))}  ${value}`.trimEnd()).join("\n");
}
