// Asks the router what became of a transaction that was handed in there, as a second witness beside the Solana node.
import type { LandingVerdict } from "@aimo-network/escrow/landing/landing-verdict";
import { LANDING_WAIT_MS } from "@aimo-network/escrow/limits";
import type { Clock } from "@aimo-network/protocol/clock";
import { sleep } from "@aimo-network/protocol/clock";
import type { Signature } from "@solana/kit";
import { ROUTER_FOLLOW_MS } from "./limits.ts";

/** How far a transaction is, as a router says it. */
export interface RouterWord {
  readonly status: "sent" | "confirmed" | "finalized" | "failed";
  readonly failure: string | null;
}

/** How a router is asked: undefined where it does not answer, or knows nothing of it. */
export type AskRouter = (signature: string) => Promise<RouterWord | undefined>;

/** Follows it to a verdict; `unknown` where the router gives none in time. */
export async function followByRouter(
  { clock, signal, ask }: { readonly clock: Clock; readonly signal: AbortSignal; readonly ask: AskRouter },
  signature: Signature,
): Promise<LandingVerdict> {
  const startedMs = clock.monotonic();
  for (;;) {
    const word = await ask(signature);
    if (word?.status === "confirmed" || word?.status === "finalized") {
      return { kind: "landed", signature, status: word.status };
    }
    if (word?.status === "failed") return { kind: "rejected", failure: { error: word.failure ?? "" } };
    if (signal.aborted) return { kind: "unknown", why: "interrupted", cause: undefined };
    if (clock.monotonic() - startedMs >= LANDING_WAIT_MS) {
      return { kind: "unknown", why: "unconfirmed", cause: undefined };
    }
    await sleep(clock, ROUTER_FOLLOW_MS, signal);
  }
}
