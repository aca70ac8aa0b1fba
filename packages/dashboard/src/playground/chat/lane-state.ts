// One model with its transcript, as it is drawn and as it is told to the model.
import type { ModelFacts } from "../models/model-facts.ts";
import { CONVERSATION_CHARS_MAX } from "../limits.ts";
import type { ReadSettings } from "../settings/read-settings.ts";
import type { Answer } from "./answer.ts";
import type { Question, SaidTurn } from "./chat-body.ts";
import type { PromptSize } from "./estimate.ts";

/** A question with its answer. */
export interface Turn {
  readonly id: number;
  readonly question: Question;
  readonly answer: Answer;
  /** What was asked for it: the model of the lane may be another by now. */
  readonly model: string;
  readonly facts: ModelFacts | undefined;
  readonly prompt: PromptSize;
  /** Whether the router is being asked what it cost. */
  readonly isChargeSought: boolean;
}

/** A lane: a model, and what was said with it. */
export interface LaneState {
  readonly model: string | undefined;
  readonly facts: ModelFacts | undefined;
  readonly turns: readonly Turn[];
  /** What each answer cost, by its turn; also of those that were asked again or taken back. */
  readonly costs: ReadonlyMap<number, string>;
}

/** Whether an answer has something that a model can be told as its own words. */
export function isToldOn({ text, phase }: Answer): boolean {
  return text !== "" && phase !== "asked";
}

/** What a model is told of these turns. */
export function saidTurns(turns: readonly Turn[]): SaidTurn[] {
  return turns.map(({ question, answer }) => ({ question, answerText: isToldOn(answer) ? answer.text : undefined }));
}

/** Whether a further question still fits into the conversation. */
export function hasRoomFor({ turns }: LaneState, question: Question, settings: ReadSettings): boolean {
  const said = turns.reduce((sum, turn) => sum + turn.question.text.length + turn.answer.text.length, 0);
  return said + question.text.length + settings.values.system.length <= CONVERSATION_CHARS_MAX;
}
