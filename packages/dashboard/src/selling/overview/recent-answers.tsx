// The newest answers that were served, as their provider may see them: not who asked, nor what.
import type { ReactNode } from "react";
import { latencyText, throughputText, wholeText } from "../../market/figures.ts";
import { Amount } from "../../ui/amount.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Card } from "../../ui/card.tsx";
import { PastMoment } from "../past-moment.tsx";
import type { ServedAnswer } from "../answers.ts";
import { WideTable } from "../wide-table.tsx";
import { answerMarks } from "./answer-marks.ts";
import { paceOf } from "./served-sums.ts";

function Marks({ answer }: { readonly answer: ServedAnswer }): ReactNode {
  return (
    <span className="flex gap-1">
      {answerMarks(answer).map(({ word, meaning, tone }) => (
        <Badge key={word} tone={tone} title={meaning}>
          {word}
        </Badge>
      ))}
    </span>
  );
}

interface RecentAnswersProps {
  readonly recent: readonly ServedAnswer[];
  readonly now: number;
}

/** The newest answers as a table, each with how it ended. */
export function RecentAnswers({ recent, now }: RecentAnswersProps): ReactNode {
  return (
    <Card title="Newest answers" isFlush>
      <WideTable
        label="Newest answers"
        isLong
        columns={[
          { title: "When" },
          { title: "Model" },
          { title: "Tokens in", isNumber: true },
          { title: "Tokens out", isNumber: true },
          { title: "Latency", isNumber: true },
          { title: "Speed", isNumber: true },
          { title: "Charged, USDC", isNumber: true },
          { title: "Ended" },
        ]}
        rows={recent.map((answer) => ({
          id: answer.id,
          cells: [
            <PastMoment key="at" at={answer.created_at} now={now} />,
            <span key="model" className="font-mono text-[0.8125rem]">
              {answer.model}
            </span>,
            wholeText(answer.tokens_prompt),
            wholeText(answer.tokens_completion),
            latencyText(answer.latency),
            throughputText(paceOf(answer) ?? null),
            <Amount key="cost" usdc={answer.cost} hasUnit={false} />,
            <Marks key="marks" answer={answer} />,
          ],
        }))}
      />
    </Card>
  );
}
