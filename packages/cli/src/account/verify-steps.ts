// The steps of a verification: what was looked at, and what came of it.
import type { Style } from "../terminal/style.ts";

/** What is looked at, in this order. */
export type StepName = "receipt" | "record" | "leaf" | "cost" | "root" | "transaction";

/** One step; `waits` where it cannot be looked at yet. */
export interface Step {
  readonly step: StepName;
  readonly result: "right" | "wrong" | "waits";
  readonly words: string;
}

const NAME_WIDTH = "transaction".length;

/** The steps as lines. */
export function stepsText(steps: readonly Step[], style: Style): string {
  const signs = { right: style.good("✓"), wrong: style.bad("✗"), waits: style.doubtful("…") };
  return steps.map(({ step, result, words }) => `${signs[result]} ${step.padEnd(NAME_WIDTH)}  ${words}`).join("\n");
}

/** What all of them come to. */
export function verdictOf(steps: readonly Step[]): "verified" | "wrong" | "not_settled" {
  if (steps.some(({ result }) => result === "wrong")) return "wrong";
  return steps.some(({ result }) => result === "waits") ? "not_settled" : "verified";
}
