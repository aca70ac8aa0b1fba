// The steps of a verification: what was looked at, and what came of it.

/** What is looked at, in this order. */
export type StepName = "receipt" | "record" | "leaf" | "cost" | "root" | "transaction";

/** One step; `waits` where it cannot be looked at yet. */
export interface Step {
  readonly step: StepName;
  readonly result: "right" | "wrong" | "waits";
  readonly words: string;
}

/** What all of them come to. */
export function verdictOf(steps: readonly Step[]): "verified" | "wrong" | "not_settled" {
  if (steps.some(({ result }) => result === "wrong")) return "wrong";
  return steps.some(({ result }) => result === "waits") ? "not_settled" : "verified";
}
