// Brings a signed transaction onto the chain and finds out what became of it: by the Solana node alone, or by a place of
// the router, with the node as the witness.
import { landTransaction } from "@aimo-network/escrow/landing/land-transaction";
import type { LandingSite, LandingVerdict, SentTransaction } from "@aimo-network/escrow/landing/landing-verdict";
import type { Clock } from "@aimo-network/protocol/clock";
import { isSolanaError } from "@solana/kit";
import { isApiFault } from "../api/api-fault.ts";
import { followByRouter } from "./follow-router.ts";
import type { AskRouter } from "./follow-router.ts";
import { NodeFault } from "./open-chain.ts";

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
  signal: AbortSignal,
): Promise<LandingVerdict> {
  const isAway = (error: unknown): boolean => error instanceof NodeFault || !isSolanaError(error);
  return await landTransaction({ rpc, clock, signal, isAway, onSent }, sent);
}

/** The node is only asked: the router has sent it, and sends it again while it may land. */
function onlyAsked(rpc: LandingSite["rpc"], { signature }: SentTransaction): LandingSite["rpc"] {
  const nothingSent = { send: () => Promise.resolve(signature) };
  return new Proxy(rpc, {
    get: (target, name, receiver): unknown =>
      name === "sendTransaction" ? () => nothingSent : Reflect.get(target, name, receiver),
  });
}

/** The first verdict that says something; `unknown` where neither does. */
async function firstTold(verdicts: readonly Promise<LandingVerdict>[]): Promise<LandingVerdict> {
  const told = Promise.withResolvers<LandingVerdict>();
  const all = verdicts.map(async (verdict) => {
    const found = await verdict;
    if (found.kind !== "unknown") told.resolve(found);
    return found;
  });
  const last = Promise.all(all).then((found) => found[0] ?? told.promise);
  return await Promise.race([told.promise, last]);
}

/** What became of it. Throws what the router refuses it with, and the node's own error where that refuses to send it. */
export async function landSigned(hands: LandingHands, sent: SentTransaction): Promise<LandingVerdict> {
  const { rpc, clock, askRouter, submit, onSent } = hands;
  const over = new AbortController();
  if (submit === undefined) return await byNode(hands, sent, over.signal);
  try {
    await submit();
  } catch (error) {
    if (isRefusal(error)) throw error;
    return await byNode(hands, sent, over.signal); // the router is away, and the node takes it just as well
  }
  onSent();
  try {
    const asked = { ...hands, rpc: onlyAsked(rpc, sent), onSent: () => undefined };
    return await firstTold([
      byNode(asked, sent, over.signal),
      followByRouter({ clock, signal: over.signal, ask: askRouter }, sent.signature),
    ]);
  } finally {
    over.abort(); // the slower witness is heard no more
  }
}
