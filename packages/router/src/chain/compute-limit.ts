// How many compute units a transaction of the router asks for: the priority fee is paid for each, used or not. Batches
// have a figure of their own (`unitsFor` in packages/escrow/src/batch/batch-instructions.ts).
import { assert } from "@aimo-network/protocol/assert";
import { INSTRUCTION_UNITS } from "@aimo-network/escrow/figures";
import { COMPUTE_MARGIN_UNITS } from "./limits.ts";

/** Units of instructions of other programs, as measured on the real ones; `compute-limit.test.ts` measures them again. */
export const FOREIGN_UNITS = {
  createTable: 10_600n,
  extendTable: 13_203n,
  deactivateTable: 3_152n,
  closeTable: 2_233n,
  createTokenAccount: 13_525n,
} as const;

/** An instruction that the router's own transactions are made of. */
export type MeasuredInstruction =
  | keyof typeof FOREIGN_UNITS
  | "registerProvider"
  | "withdrawUser"
  | "withdrawProvider"
  | "finalizeExit"
  | "providerFinalizeExit"
  | "collectFees";

const BUDGET_UNITS = 2n * 150n; // the two instructions that say limit and price

/** The compute units for a transaction of these instructions. */
export function computeLimit(instructions: readonly MeasuredInstruction[]): number {
  const units: Readonly<Record<string, bigint>> = { ...INSTRUCTION_UNITS, ...FOREIGN_UNITS };
  let sum = BUDGET_UNITS + BigInt(COMPUTE_MARGIN_UNITS);
  for (const name of instructions) {
    const measured = units[name];
    assert(measured !== undefined, `${name} was measured`);
    sum += measured;
  }
  return Number(sum);
}
