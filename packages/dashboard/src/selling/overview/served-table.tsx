// Everything that was served lately, model by model, also what is not on sale any more.
import type { ReactNode } from "react";
import { wholeText } from "../../market/figures.ts";
import { Amount } from "../../ui/amount.tsx";
import { Card } from "../../ui/card.tsx";
import { WideTable } from "../wide-table.tsx";
import type { ServedSum } from "./served-sums.ts";

/** The sums of each model as a table. */
export function ServedTable({ sums }: { readonly sums: readonly ServedSum[] }): ReactNode {
  return (
    <Card title="Served in 31 days" isFlush>
      <WideTable
        label="Served in 31 days"
        columns={[
          { title: "Model" },
          { title: "Today", isNumber: true },
          { title: "Answers", isNumber: true },
          { title: "Prompt tokens", isNumber: true },
          { title: "Completion tokens", isNumber: true },
          { title: "Charged, USDC", isNumber: true },
        ]}
        rows={sums.map((sum) => ({
          id: sum.model,
          cells: [
            <span key="model" className="font-mono text-[0.8125rem]">
              {sum.model}
            </span>,
            wholeText(sum.requestsToday),
            wholeText(sum.requests),
            wholeText(sum.promptTokens),
            wholeText(sum.completionTokens),
            <Amount key="charged" usdc={sum.charged} hasUnit={false} />,
          ],
        }))}
      />
    </Card>
  );
}
