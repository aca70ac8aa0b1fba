// Tables that may be wider than a phone: they scroll in their own place, by the keyboard too.
import type { ReactNode } from "react";
import { classes } from "../ui/class-names.ts";

/** A column with its title and which way it is set. */
export interface WideColumn {
  readonly title: string;
  /** Whether it stands at the right, digit below digit. */
  readonly isNumber?: boolean;
}

/** A row; its first cell names it. */
export interface WideRow {
  readonly id: string;
  readonly cells: readonly ReactNode[];
}

interface WideTableProps {
  readonly label: string;
  readonly columns: readonly WideColumn[];
  readonly rows: readonly WideRow[];
  /** Whether it scrolls within a height, with its head staying. */
  readonly isLong?: boolean;
}

/** A table that scrolls sideways where it has to. */
export function WideTable({ label, columns, rows, isLong = false }: WideTableProps): ReactNode {
  return (
    <div
      tabIndex={0}
      role="region"
      aria-label={label}
      className={classes("overflow-auto border-t border-line focus-visible:-outline-offset-2", isLong && "max-h-96")}
    >
      <table className="w-full text-sm">
        <thead className="sticky top-0 bg-surface">
          <tr className="text-left text-[0.8125rem] text-muted">
            {columns.map(({ title, isNumber }) => (
              <th
                key={title}
                scope="col"
                className={classes(
                  "px-3 py-2.5 font-medium whitespace-nowrap first:pl-5 last:pr-5",
                  isNumber === true && "text-right",
                )}
              >
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ id, cells }) => (
            <tr key={id} className="border-t border-line">
              {cells.map((cell, index) => {
                const Cell = index === 0 ? "th" : "td";
                return (
                  <Cell
                    key={columns[index]?.title}
                    {...(index === 0 && { scope: "row" })}
                    className={classes(
                      "px-3 py-2.5 font-normal whitespace-nowrap first:pl-5 last:pr-5",
                      columns[index]?.isNumber === true ? "figures text-right" : "text-left",
                    )}
                  >
                    {cell}
                  </Cell>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
