// What became of a transaction, in one word, and waiting a little for it.
import { explainFailure } from "@aimo-network/escrow/failure";
import { sleep } from "@aimo-network/protocol/clock";
import type { Clock } from "@aimo-network/protocol/clock";
import { isAimoError } from "@aimo-network/protocol/errors";
import type { Signature } from "@solana/kit";
import type { ChainSettings } from "../chain-settings.ts";
import type { Fate, Sender } from "../send.ts";
import { LANDING_LOOK_MS, LANDING_WAIT_MS } from "./limits.ts";

/** How far a transaction has come. */
export interface Landing {
  readonly signature: string;
  /** sent: it may land; the next two: it has, and for good with the last; failed: it had no effect, or never will. */
  readonly status: "sent" | "confirmed" | "finalized" | "failed";
  readonly slot: bigint | undefined;
  /** Why it failed, and what to do. */
  readonly failure: string | undefined;
}

/** Where transactions are asked for, and how sure this router wants to be. */
export interface LandingDeps {
  readonly clock: Clock;
  readonly sender: Pick<Sender, "fates" | "transaction">;
  readonly settings: Pick<ChainSettings, "programAddress" | "commitment">;
}

/** Whether nothing more is waited for: it has landed as surely as a router wants, or failed. */
export function isSettled(fate: Fate): boolean {
  return fate !== "unknown" && (fate.kind === "failed" || (fate.kind === "landed" && fate.atCommitment));
}

/** What one signature's fate is; `inHistory` also where it is of long ago. */
export async function fateOf(sender: Pick<Sender, "fates">, signature: Signature, inHistory: boolean): Promise<Fate> {
  const [fate = "unknown"] = await sender.fates([signature], { inHistory });
  return fate;
}

/** Why a transaction had no effect: its log knows, and where no node has it, its error alone. */
async function failureOf({ sender, settings }: LandingDeps, signature: Signature, error: unknown): Promise<string> {
  const landed = await sender.transaction(signature).catch((reason: unknown) => {
    if (isAimoError(reason, "chain_unavailable")) return undefined;
    throw reason;
  });
  return explainFailure({ error, logs: landed?.logs ?? null }, settings.programAddress).error.message;
}

/** A fate in one word. */
export async function landingOf(deps: LandingDeps, signature: Signature, fate: Fate): Promise<Landing> {
  if (fate === "unknown" || fate.kind === "seen") {
    return { signature, status: "sent", slot: undefined, failure: undefined };
  }
  if (fate.kind === "failed") {
    return { signature, status: "failed", slot: undefined, failure: await failureOf(deps, signature, fate.error) };
  }
  const status = fate.atCommitment ? deps.settings.commitment : "confirmed";
  return { signature, status, slot: fate.slot, failure: undefined };
}

/** Waits until a transaction has landed or failed, but not long. */
export async function awaitLanding({ clock, sender }: LandingDeps, signature: Signature): Promise<Fate> {
  const untilMs = clock.monotonic() + LANDING_WAIT_MS;
  for (;;) {
    const fate = await fateOf(sender, signature, false);
    // What most of the cluster has voted for is worth an answer, also where this router waits for more.
    const isOver = isSettled(fate) || (fate !== "unknown" && fate.kind === "landed");
    if (isOver || clock.monotonic() + LANDING_LOOK_MS > untilMs) return fate;
    await sleep(clock, LANDING_LOOK_MS);
  }
}
