// The steps of a verification as a person reads them.
import type { Step } from "@aimo-network/escrow/proof/proof-step";
import type { Style } from "../terminal/style.ts";

const NAME_WIDTH = "transaction".length;

/** The steps as lines. */
export function stepsText(steps: readonly Step[], style: Style): string {
  const signs = { right: style.good("✓"), wrong: style.bad("✗"), waits: style.doubtful("…") };
  return steps.map(({ step, result, words }) => `${signs[result]} ${step.padEnd(NAME_WIDTH)}  ${words}`).join("\n");
}
