// What a key has spent of what it may, as a bar and in words.
import type { ReactNode } from "react";
import { Amount } from "../../ui/amount.tsx";
import { classes } from "../../ui/class-names.ts";
import type { KeyRecord } from "../key-record.ts";
import { spentOf, windowWords } from "./spent.ts";

const COLOURS = { easy: "bg-accent", near: "bg-warn", full: "bg-bad" } as const;

/** The bar; without a limit the amount alone. */
export function SpentBar({ record }: { readonly record: KeyRecord }): ReactNode {
  const spent = spentOf(record);
  if (spent === undefined) return <span className="text-muted">earns only</span>;
  return (
    <div title={spent.title} className="flex min-w-0 flex-col gap-1">
      <p className="figures">
        <Amount usdc={spent.spent} hasUnit={spent.limit === null} />
        {spent.limit !== null && (
          <>
            <span className="text-muted"> of </span>
            <Amount usdc={spent.limit} />
          </>
        )}
        {record.limit_reset !== null && <span className="text-muted"> {windowWords(record.limit_reset)}</span>}
      </p>
      {spent.width !== undefined && (
        <div role="img" aria-label={spent.title} className="h-1.5 overflow-hidden rounded-full bg-sunken">
          <div className={classes("h-full rounded-full", COLOURS[spent.level])} style={{ width: spent.width }} />
        </div>
      )}
    </div>
  );
}
