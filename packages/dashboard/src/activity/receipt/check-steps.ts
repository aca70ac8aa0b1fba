// The steps of a receipt's check as a page shows them, and what they come to.
import type { Step, StepName } from "@aimo-network/escrow/proof/proof-step";

/** What is looked at, in this order. */
export const CHECK_STEPS: readonly StepName[] = ["receipt", "record", "cost", "leaf", "root", "transaction"];

/** All that was found, up to the first step that failed or has to wait. */
export interface Findings {
  readonly steps: readonly Step[];
  /** When the router has to have settled it, in milliseconds since 1970, while it has not and that is known. */
  readonly settlesByMs?: number | undefined;
  /** The transaction that is said to have settled it. */
  readonly signature?: string | undefined;
  /** Why the chain could not be asked, where it could not. */
  readonly fault?: unknown;
}

/** What the findings come to; `free` where nothing was charged, so that there is nothing to settle; `unasked` where no node answered. */
export type Verdict = "verified" | "free" | "waits" | "wrong" | "unasked";

/** The verdict on findings. */
export function verdictOf({ steps, fault }: Findings): Verdict {
  if (steps.some(({ result }) => result === "wrong")) return "wrong";
  if (fault !== undefined) return "unasked";
  if (steps.some(({ result }) => result === "waits")) return "waits";
  return steps.at(-1)?.step === "transaction" ? "verified" : "free";
}

/** What each step asks, as people read it. */
export const STEP_TITLES: Readonly<Record<StepName, string>> = {
  receipt: "The receipt is of this answer",
  record: "It says what was told when the answer came",
  cost: "The cost is what its tokens come to at its prices",
  leaf: "Its hash has a place in a batch",
  root: "The hashes from there lead to the batch’s root",
  transaction: "The root is on the chain",
};

/** The words of a step as a sentence; a name or a hash at their beginning stays as it is. */
export function sentence(words: string): string {
  const begun = words.replace(/^[a-z](?=[a-z]+ )/, (letter) => letter.toUpperCase());
  return begun.endsWith(".") ? begun : `${begun}.`;
}
