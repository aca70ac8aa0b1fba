// A payment to a provider that has just been confirmed.
import type { MicroUsdc } from "@aimo-network/protocol/money";
import type { Landed } from "../../signing/act.ts";

/** What was paid, and where it can be looked up. */
export interface PaidOut extends Landed {
  readonly amount: MicroUsdc;
}
