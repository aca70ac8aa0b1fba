// A lane on the page: its model, and what was said.
import { MessagesSquare, X } from "lucide-react";
import type { ReactNode } from "react";
import { useCallback, useEffect, useMemo } from "react";
import { Amount } from "../../ui/amount.tsx";
import { Button } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { ModelPicker } from "../models/model-picker.tsx";
import { useModelFacts } from "../models/model-queries.ts";
import { readSettings } from "../settings/read-settings.ts";
import { playground } from "../the-playground.ts";
import { sumOfCosts } from "./estimate.ts";
import type { LaneState } from "./lane-state.ts";
import type { TurnActs } from "./turn-view.tsx";
import { TurnView } from "./turn-view.tsx";

interface LaneViewProps {
  readonly index: number;
  readonly lane: LaneState;
  readonly onPick: (model: string) => void;
  /** Takes the lane away; undefined where it is the only one. */
  readonly onClose: (() => void) | undefined;
}

/** Tells the lane what is known of its model, as soon as it is. */
function useFactsOf(index: number, { model, facts }: LaneState): boolean {
  const found = useModelFacts(model);
  useEffect(() => {
    if (model !== undefined && found !== undefined && (found ?? undefined)?.id !== facts?.id) {
      playground.lane(index)?.chooseModel(model, found ?? undefined);
    }
  }, [index, model, facts, found]);
  return found === null && model !== undefined;
}

function useActs(index: number, onPick: (model: string) => void): TurnActs {
  const again = useCallback(() => {
    void playground.lane(index)?.askAgain(readSettings(playground.state().settings));
  }, [index]);
  return useMemo(() => ({ onAgain: again, onEdit: playground.editLast, onPickModel: onPick }), [again, onPick]);
}

/** Draws a lane: the picker of its model, what was spent, and the transcript. */
export function LaneView({ index, lane, onPick, onClose }: LaneViewProps): ReactNode {
  const isUnlisted = useFactsOf(index, lane);
  const acts = useActs(index, onPick);
  const { turns, costs } = lane;
  const name = index === 0 ? "Model" : "Second model";
  return (
    <section aria-label={lane.model ?? name} className="flex min-w-0 flex-col gap-5">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-2">
        <ModelPicker label={name} model={lane.model} onPick={onPick} />
        {onClose !== undefined && (
          <Button size="icon" variant="ghost" aria-label={`Take ${lane.model ?? name} away`} onClick={onClose}>
            <X aria-hidden className="size-4" />
          </Button>
        )}
        {costs.size > 0 && (
          <p className="ml-auto text-sm text-muted">
            Spent here: <Amount usdc={sumOfCosts([...costs.values()])} className="font-medium text-ink" />
          </p>
        )}
      </div>
      {isUnlisted && (
        <p className="text-sm text-warn">
          The router lists no model of this name now. It is asked as it is written; choose another if nobody answers.
        </p>
      )}
      {turns.length === 0 ? (
        <EmptyState icon={<MessagesSquare className="size-5" />} title="Ask something">
          The answer streams in here, with its tokens and its exact cost. What is said stays in this page and is gone
          when you close it.
        </EmptyState>
      ) : (
        <ol className="flex flex-col gap-8">
          {turns.map((turn, at) => (
            <TurnView key={turn.id} turn={turn} acts={at === turns.length - 1 ? acts : undefined} />
          ))}
        </ol>
      )}
    </section>
  );
}
