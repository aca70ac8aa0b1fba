// A deposit on its last steps: it has landed, and becomes spendable when the router has counted it.
import { microToNanoAtMost, parseNanoUsdc } from "@aimo-network/protocol/money";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { CREDIT_LATE_MS } from "./limits.ts";

/** A deposit that has landed. */
export interface Crediting {
  readonly amount: MicroUsdc;
  /** What had come in before it, as the router told it; undefined where it did not. */
  readonly depositedBefore: string | undefined;
  readonly landedAtMs: number;
  readonly explorerUrl: string | undefined;
}

/** How far it is; `late` where the router takes longer than it should. */
export type CreditingState = "waiting" | "late" | "spendable";

/** How far a deposit is by what the router says has come in. */
export function creditingState(
  { amount, depositedBefore, landedAtMs }: Crediting,
  deposited: string | undefined,
  nowMs: number,
): CreditingState {
  const isCounted =
    deposited !== undefined &&
    depositedBefore !== undefined &&
    parseNanoUsdc(deposited) >= parseNanoUsdc(depositedBefore) + microToNanoAtMost(amount);
  if (isCounted) return "spendable";
  return nowMs - landedAtMs >= CREDIT_LATE_MS ? "late" : "waiting";
}
