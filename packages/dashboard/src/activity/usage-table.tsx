// What was used by day, as a table with every digit.
import type { ReactNode } from "react";
import { formatNanoUsdc } from "@aimo-network/protocol/money";
import { dayText } from "../ui/time-text.ts";
import { countWords } from "./generation.ts";
import { USED_ROWS_SHOWN_MAX } from "./limits.ts";
import type { GroupedBy, UsedBy } from "./used.ts";

interface UsageTableProps {
  readonly used: readonly UsedBy[];
  readonly by: GroupedBy;
}

const NUMBER = "figures px-3 py-2 text-right whitespace-nowrap";

/** The table; it scrolls in its own frame. */
export function UsageTable({ used, by }: UsageTableProps): ReactNode {
  if (used.length === 0) {
    return <p className="py-16 text-center text-sm text-muted">Nothing was used in these days.</p>;
  }
  const left = used.length - USED_ROWS_SHOWN_MAX;
  return (
    <>
      <div
        tabIndex={0}
        role="region"
        aria-label={`Usage by day and ${by}`}
        className="max-h-96 overflow-auto rounded-lg border border-line"
      >
        <table className="w-full text-sm">
          <thead className="sticky top-0 bg-sunken text-left text-muted">
            <tr>
              <th scope="col" className="px-3 py-2 font-medium whitespace-nowrap">
                Day (UTC)
              </th>
              <th scope="col" className="px-3 py-2 font-medium">
                {by === "model" ? "Model" : "Key"}
              </th>
              {["Requests", "Tokens in", "Cached", "Tokens out", "Reasoning", "USDC"].map((title) => (
                <th key={title} scope="col" className="px-3 py-2 text-right font-medium whitespace-nowrap">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {used.slice(0, USED_ROWS_SHOWN_MAX).map((one) => (
              <tr key={`${one.day} ${one.id}`}>
                <td className="px-3 py-2 whitespace-nowrap">{dayText(one.day)}</td>
                <td className="max-w-64 min-w-32 px-3 py-2 break-words">{one.name}</td>
                <td className={NUMBER}>{countWords(one.requests)}</td>
                <td className={NUMBER}>{countWords(one.promptTokens)}</td>
                <td className={NUMBER}>{countWords(one.cachedTokens)}</td>
                <td className={NUMBER}>{countWords(one.completionTokens)}</td>
                <td className={NUMBER}>{countWords(one.reasoningTokens)}</td>
                <td className={NUMBER}>{formatNanoUsdc(one.cost)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {left > 0 && <p className="text-sm text-muted">{left} more rows are in the CSV file.</p>}
    </>
  );
}
