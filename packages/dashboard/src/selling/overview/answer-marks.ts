// How an answer ended, and what was odd about what it reported, in a word each.
import type { ServedAnswer } from "../answers.ts";

/** A word about an answer. */
export interface AnswerMark {
  readonly word: string;
  readonly meaning: string;
  readonly tone: "plain" | "warn" | "bad";
}

const ENDS: Readonly<Record<string, string>> = {
  stop: "The model had said all it wanted.",
  length: "It had as many tokens as it was allowed.",
  tool_calls: "The model called a tool.",
  content_filter: "A filter stopped it.",
  error: "It broke off.",
};

/** The words, the way it ended first. */
export function answerMarks(answer: ServedAnswer): readonly AnswerMark[] {
  const marks: AnswerMark[] = [];
  const { finish_reason: end } = answer;
  if (end !== null && end !== "") {
    const meaning = (Object.hasOwn(ENDS, end) ? ENDS[end] : undefined) ?? "As the model's server named it.";
    marks.push({ word: end, meaning, tone: end === "error" ? "bad" : "plain" });
  }
  if (answer.cancelled) {
    marks.push({
      word: "cancelled",
      meaning: "The user stopped it; what was sent until then was charged.",
      tone: "plain",
    });
  }
  if (answer.interrupted) marks.push({ word: "broke off", meaning: "It broke off and was not charged.", tone: "bad" });
  if (answer.usage_missing) {
    marks.push({ word: "no usage", meaning: "It reported no usage and was not charged.", tone: "bad" });
  }
  if (answer.usage_adjusted) {
    const meaning = "It reported more tokens than its bytes can hold: what was charged was adjusted.";
    marks.push({ word: "adjusted", meaning, tone: "warn" });
  }
  if (answer.usage_estimated) {
    marks.push({
      word: "estimated",
      meaning: "It ended before it reported usage: what was sent was counted.",
      tone: "warn",
    });
  }
  return marks;
}
