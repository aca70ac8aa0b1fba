// How far a user's exit is, as people and programs are told of it.
import { userExitOf } from "@aimo-network/escrow/accounts/escrow-facts";
import type { UserView } from "@aimo-network/escrow/accounts/views";
import { durationWords, momentWords, usdcWords } from "@aimo-network/escrow/plain-words";
import { microUsdc } from "@aimo-network/protocol/money";
import { amountJson } from "../chain/amount.ts";
import { momentJson } from "../chain/moments.ts";
import type { OpenChain } from "../chain/open-chain.ts";
import type { CommandWallet } from "../wallet/open-wallet.ts";

/** What is told of an exit. */
export interface ExitFacts {
  readonly data: object;
  readonly text: string;
}

/** The exit of a wallet at a router by the chain's word. */
export function exitFacts(
  { router, escrow, now }: UserView,
  { routerId }: Pick<OpenChain, "routerId">,
  { address }: Pick<CommandWallet, "address">,
): ExitFacts {
  const exit = escrow && userExitOf(escrow.data, router.data, now.time);
  const balance = microUsdc(escrow?.data.balance ?? 0n);
  const state = exit === undefined ? "none" : exit.isDue ? "due" : "requested";
  const data = {
    router: routerId,
    wallet: address,
    state,
    balance: amountJson(balance),
    requested_at: exit === undefined ? null : momentJson(exit.requestedAt),
    due_at: exit === undefined ? null : momentJson(exit.deadline),
  };
  const has = `${usdcWords(balance)} in the escrow`;
  if (exit === undefined) {
    const delay = durationWords(router.data.params.userExitDelay);
    return { data, text: `Not leaving: ${has}. An exit would be due ${delay} after \`aimo exit request\`.` };
  }
  if (exit.isDue)
    return { data, text: `The exit is due since ${momentWords(exit.deadline)}: ${has}. Now: aimo exit finalize` };
  const left = durationWords(exit.deadline - now.time);
  return {
    data,
    text: `Leaving since ${momentWords(exit.requestedAt)}: ${has}. Due at ${momentWords(exit.deadline)}, in ${left}; then: aimo exit finalize`,
  };
}
