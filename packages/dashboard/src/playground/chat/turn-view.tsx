// A question with its answer.
import { Brain, Pencil, RotateCcw, Wrench } from "lucide-react";
import type { ReactNode } from "react";
import { memo } from "react";
import { Button } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { AnswerText } from "../markdown/answer-text.tsx";
import { CodeView } from "../markdown/code-view.tsx";
import { AnswerFacts } from "./answer-facts.tsx";
import { AnswerFault } from "./answer-fault.tsx";
import type { Answer } from "./answer.ts";
import { isRunning } from "./answer.ts";
import type { Turn } from "./lane-state.ts";
import { isToldOn } from "./lane-state.ts";
import { QuestionView } from "./question-view.tsx";

/** What can be done with the last turn. */
export interface TurnActs {
  readonly onAgain: () => void;
  readonly onEdit: () => void;
  readonly onPickModel: (model: string) => void;
}

interface TurnViewProps {
  readonly turn: Turn;
  /** Undefined for all but the last. */
  readonly acts: TurnActs | undefined;
}

function Reasoning({ answer }: { readonly answer: Answer }): ReactNode {
  if (answer.reasoning === "") return null;
  const isThinking = isRunning(answer) && answer.text === "";
  return (
    <details className="rounded-lg border border-line bg-sunken/60 text-sm">
      <summary className="flex items-center gap-2 px-3 py-2 text-muted">
        <Brain aria-hidden className="size-4" />
        {isThinking ? "Thinking" : "Thought before it answered"}
      </summary>
      <p className="max-h-96 overflow-y-auto border-t border-line px-3 py-2 break-words whitespace-pre-wrap text-muted">
        {answer.reasoning}
      </p>
    </details>
  );
}

function Calls({ answer }: { readonly answer: Answer }): ReactNode {
  return answer.calls.map(({ name, arguments: text }, index) => (
    <div key={index} className="flex flex-col gap-1.5 text-sm">
      <p className="flex items-center gap-2 text-muted">
        <Wrench aria-hidden className="size-4 shrink-0" />
        <span className="min-w-0 break-words">
          The model asks for the tool <span className="font-mono text-ink">{name || "without a name"}</span>; nothing
          was called.
        </span>
      </p>
      <CodeView code={text} language="json" />
    </div>
  ));
}

function Waiting(): ReactNode {
  return (
    <p className="flex items-center gap-1.5 py-1" aria-hidden>
      {["", "[animation-delay:150ms]", "[animation-delay:300ms]"].map((delay) => (
        <span key={delay} className={`size-2 animate-pulse rounded-full bg-muted ${delay}`} />
      ))}
    </p>
  );
}

function Acts({ turn, acts }: TurnViewProps): ReactNode {
  if (isRunning(turn.answer)) return null;
  return (
    <div className="-ml-2 flex gap-0.5">
      {turn.answer.text !== "" && <CopyButton text={turn.answer.text} label="Copy the answer" />}
      {acts !== undefined && (
        <>
          <Button size="icon" variant="ghost" aria-label="Ask again" title="Ask again" onClick={acts.onAgain}>
            <RotateCcw aria-hidden className="size-4" />
          </Button>
          <Button
            size="icon"
            variant="ghost"
            aria-label="Edit the question"
            title="Edit the question"
            onClick={acts.onEdit}
          >
            <Pencil aria-hidden className="size-4" />
          </Button>
        </>
      )}
    </div>
  );
}

/** Draws a turn; only a change of it draws it again. */
export const TurnView = memo(function TurnView({ turn, acts }: TurnViewProps): ReactNode {
  const { answer, question, id, model } = turn;
  const isLeftOut = acts === undefined && !isToldOn(answer);
  return (
    <li className="flex flex-col gap-4">
      <QuestionView question={question} />
      <div className="flex min-w-0 flex-col gap-3">
        <Reasoning answer={answer} />
        {answer.phase === "asked" && <Waiting />}
        {answer.text !== "" && (
          <AnswerText text={answer.text} isEnded={!isRunning(answer)} idPrefix={`answer-${id}-`} />
        )}
        <Calls answer={answer} />
        {answer.phase === "whole" && answer.text === "" && answer.calls.length === 0 && (
          <p className="text-muted">The model answered with nothing.</p>
        )}
        {answer.phase === "stopped" && <p className="text-sm text-muted">You stopped it.</p>}
        {answer.phase === "broken" && (
          <AnswerFault
            fault={answer.fault}
            retryAt={answer.retryAt}
            onRetry={acts?.onAgain}
            onPickModel={(picked) => acts?.onPickModel(picked)}
          />
        )}
        {isLeftOut && <p className="text-xs text-muted">The model is not told of this: there is no answer to it.</p>}
        <div className="flex flex-col gap-1">
          <AnswerFacts turn={turn} />
          <Acts turn={turn} acts={acts} />
        </div>
        <span role="status" className="sr-only">
          {isRunning(answer) ? `${model} answers` : `${model} has ended its answer`}
        </span>
      </div>
    </li>
  );
});
