// Brings a signed transaction onto the chain and finds out what became of it: sent by the Solana node or by a place of the
// router, and told by the node alone. A router's word moves nobody to pay again, or to believe that something was paid.
import { landTransaction } from "@aimo-network/escrow/landing/land-transaction";
import type { LandingSite, LandingVerdict, SentTransaction } from "@aimo-network/escrow/landing/landing-verdict";
import type { Clock } from "@aimo-network/protocol/clock";
import { within } from "@aimo-network/protocol/clock";
import { isSolanaError } from "@solana/kit";
import { isApiFault } from "../api/api-fault.ts";
import { REFUSED_LOOK_MS, RPC_ANSWER_MS } from "./limits.ts";
import { NodeFault } from "./node-answer.ts";

/** How far a transaction is, as a router says it. */
export interface RouterWord {
  readonly status: "sent" | "confirmed" | "finalized" | "failed";
  readonly failure: string | null;
}

/** How a router is asked: undefined where it does not answer, or knows nothing of it. */
export type AskRouter = (signature: string) => Promise<RouterWord | undefined>;

/** What became of a transaction that was handed in, if need be at the router. */
export type Fate =
  | LandingVerdict
  /** The router says that it has landed, and the node does not. */
  | { readonly kind: "said" }
  /** The router refuses what it was handed in, and could send it all the same. */
  | { readonly kind: "refused"; readonly refusal: unknown };

/** By whom it is sent and followed. */
export interface LandingHands {
  readonly rpc: LandingSite["rpc"];
  readonly clock: Clock;
  readonly askRouter: AskRouter;
  /** Hands it in at the router; absent where the node alone sends it. */
  readonly submit: (() => Promise<unknown>) | undefined;
  /** It is on its way. */
  onSent(): void;
}

const SERVER_FAULT = 500;

/** Whether the router has said no; without a word, or with a fault of its own, it may have sent it all the same. */
function isRefusal(error: unknown): boolean {
  return isApiFault(error) && error.status < SERVER_FAULT;
}

async function byNode(
  { rpc, clock, onSent }: LandingHands,
  sent: SentTransaction,
  signal = new AbortController().signal,
): Promise<LandingVerdict> {
  const isAway = (error: unknown): boolean => error instanceof NodeFault || !isSolanaError(error);
  return await landTransaction({ rpc, clock, signal, isAway, onSent }, sent);
}

/** The node is only asked: whether it is sent, and sent again while it may land, is the router's. */
function onlyAsking(hands: LandingHands, { signature }: SentTransaction): LandingHands {
  const nothingSent = { send: () => Promise.resolve(signature) };
  const rpc = new Proxy(hands.rpc, {
    get: (target, name, receiver): unknown =>
      name === "sendTransaction" ? () => nothingSent : Reflect.get(target, name, receiver),
  });
  return { ...hands, rpc, onSent: () => undefined };
}

/** It has the person's signature and may have sent it, so that the node is looked at before anybody signs again. */
async function afterRefusal(hands: LandingHands, sent: SentTransaction, refusal: unknown): Promise<Fate> {
  const patience = new AbortController();
  const timer = hands.clock.timer(REFUSED_LOOK_MS, () => patience.abort());
  try {
    const found = await byNode(onlyAsking(hands, sent), sent, patience.signal);
    return found.kind === "unknown" ? { kind: "refused", refusal } : found;
  } finally {
    timer.cancel();
  }
}

/** What became of it. Throws the node's own error where that refuses to send it. */
export async function landSigned(hands: LandingHands, sent: SentTransaction): Promise<Fate> {
  const { clock, askRouter, submit, onSent } = hands;
  if (submit === undefined) return await byNode(hands, sent);
  try {
    await submit();
  } catch (error) {
    // Where the router is away, the node takes it just as well.
    return isRefusal(error) ? await afterRefusal(hands, sent, error) : await byNode(hands, sent);
  }
  onSent();
  const found = await byNode(onlyAsking(hands, sent), sent);
  if (found.kind === "landed" || found.kind === "rejected") return found;
  const word = await within(clock, RPC_ANSWER_MS, askRouter(sent.signature));
  return word?.status === "confirmed" || word?.status === "finalized" ? { kind: "said" } : found;
}
