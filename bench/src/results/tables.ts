// A run as tables in Markdown, and the part of README.md that holds them.
import { judgeBounds } from "./compare.ts";
import type { Figure, Run } from "./figures.ts";

/** The document that shows the last run. */
export const README_FILE = new URL("../../README.md", import.meta.url);

const BEGIN = "<!-- figures: written by `npm run bench -- --write` -->";
const END = "<!-- end of figures -->";

function cell({ median, min, max, digits }: Figure): string {
  return `${median.toFixed(digits)} (${min.toFixed(digits)}–${max.toFixed(digits)})`;
}

/** A table whose columns are as wide as their widest cell, as the formatter of this project writes them. */
function markdownTable(rows: readonly (readonly string[])[]): string {
  const [head = []] = rows;
  const widths = head.map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => (cells[column] ?? "").padEnd(width)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.slice(1).map((row) => line(row))].join(
    "\n",
  );
}

function tableOf(title: string, figures: readonly Figure[]): string {
  const columns = [...new Set(figures.map(({ what }) => what))];
  const rows = [...new Set(figures.map((one) => one.case))];
  const body = rows.map((row) => [
    row,
    ...columns.map((column) => {
      const found = figures.find((one) => one.case === row && one.what === column);
      return found === undefined ? "" : cell(found);
    }),
  ]);
  return `### ${title}\n\n${markdownTable([["case", ...columns], ...body])}`;
}

/** All tables of a run, and what became of its bounds. */
export function tablesOf(figures: readonly Figure[]): string {
  const titles = [...new Set(figures.map(({ table }) => table))];
  const tables = titles.map((title) =>
    tableOf(
      title,
      figures.filter(({ table }) => table === title),
    ),
  );
  const bounds = judgeBounds(figures).map((sentence) => `- ${sentence}.`);
  return [...tables, ...(bounds.length === 0 ? [] : ["### Bounds", bounds.join("\n")])].join("\n\n");
}

function part(run: Run): string {
  const made = `\`${run.command}\`, ${run.date}, ${run.machine}; medians of the rounds (smallest–largest):`;
  return `${made}\n\n${tablesOf(run.figures)}`;
}

/** `document` with its part between the two marks replaced by these runs; throws where the marks are missing. */
export function withFigures(document: string, runs: readonly Run[]): string {
  const start = document.indexOf(BEGIN);
  const end = document.indexOf(END);
  if (start < 0 || end < start) throw new Error(`the document has no place for figures: ${BEGIN} … ${END}`);
  return [`${document.slice(0, start)}${BEGIN}`, ...runs.map(part), document.slice(end)].join("\n\n");
}
