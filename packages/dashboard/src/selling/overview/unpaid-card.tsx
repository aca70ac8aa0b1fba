// Answers that were not paid: how many, how much, why, and what keeps it from happening again.
import { ChevronDown } from "lucide-react";
import type { ReactNode } from "react";
import { countWords } from "../../market/figures.ts";
import { Amount } from "../../ui/amount.tsx";
import { Card } from "../../ui/card.tsx";
import { PastMoment } from "../past-moment.tsx";
import type { Earnings, UnpaidSum } from "../answers.ts";
import { CodeWords } from "../code-words.tsx";
import { WideTable } from "../wide-table.tsx";
import { unpaidWords } from "./unpaid-words.ts";

function Reason({ sum: { reason, count, amount } }: { readonly sum: UnpaidSum }): ReactNode {
  const { why, next } = unpaidWords(reason);
  return (
    <li className="flex flex-wrap items-start justify-between gap-x-6 gap-y-1 border-t border-line px-5 py-3 text-sm first:border-t-0">
      <div className="min-w-0 flex-1 basis-64">
        <p className="font-medium">{why}</p>
        {next !== undefined && (
          <p className="text-muted">
            <CodeWords text={next} />
          </p>
        )}
      </div>
      <p className="figures flex w-full justify-between gap-3 sm:block sm:w-auto sm:text-right">
        {countWords(count, "answer")}
        <span className="text-muted sm:block">
          <Amount usdc={amount} />
        </span>
      </p>
    </li>
  );
}

interface UnpaidCardProps {
  readonly earnings: Pick<Earnings, "unpaid" | "recent_unpaid">;
  readonly now: number;
}

/** The card; the newest ones one by one below. */
export function UnpaidCard({ earnings: { unpaid, recent_unpaid: recent }, now }: UnpaidCardProps): ReactNode {
  return (
    <Card title="Not paid in 31 days" isFlush>
      <ul className="border-t border-line">
        {unpaid.map((sum) => (
          <Reason key={sum.reason} sum={sum} />
        ))}
      </ul>
      {recent.length > 0 && (
        <details className="group border-t border-line">
          <summary className="flex list-none items-center justify-between px-5 py-3 text-sm font-medium hover:bg-sunken">
            The newest, one by one
            <ChevronDown aria-hidden className="size-4 transition-transform group-open:rotate-180" />
          </summary>
          <WideTable
            label="The newest answers that were not paid"
            isLong
            columns={[{ title: "When" }, { title: "Model" }, { title: "Why" }, { title: "USDC", isNumber: true }]}
            rows={recent.map(({ id, at, model, reason, amount }, index) => ({
              id: id ?? `${at} ${index}`,
              cells: [
                <PastMoment key="at" at={at} now={now} />,
                model,
                unpaidWords(reason).why,
                <Amount key="amount" usdc={amount} hasUnit={false} />,
              ],
            }))}
          />
        </details>
      )}
    </Card>
  );
}
