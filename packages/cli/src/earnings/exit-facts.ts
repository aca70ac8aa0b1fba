// A provider's money by the chain's word: what is claimable, where it is paid, and how far an exit is.
import { exitOf } from "@aimo-network/escrow/accounts/escrow-facts";
import { claimable, exitPayment, payoutInForce, pendingPayout } from "@aimo-network/escrow/accounts/provider-facts";
import type { ProviderView } from "@aimo-network/escrow/accounts/views";
import { durationWords, momentWords, usdcWords } from "@aimo-network/escrow/plain-words";
import { amountJson } from "../chain/amount.ts";
import { momentJson } from "../chain/moments.ts";
import type { OpenChain } from "../chain/open-chain.ts";
import { insistOnEarner } from "../chain/standing.ts";
import { factsText } from "../terminal/table.ts";
import type { CommandWallet } from "../wallet/open-wallet.ts";

/** What is told of it. */
export interface EarnerFacts {
  readonly data: object;
  readonly text: string;
}

/** Throws `CommandFault` where the wallet is not registered. */
export function earnerFacts(
  view: ProviderView,
  { routerId }: Pick<OpenChain, "routerId">,
  wallet: Pick<CommandWallet, "address">,
): EarnerFacts {
  const { data: provider } = insistOnEarner(view, wallet);
  const now = view.now.time;
  const exit = exitOf(provider, now);
  const [payout, pending] = [payoutInForce(provider, now), pendingPayout(provider, now)];
  const state = exit === undefined ? "none" : exit.isDue ? "due" : "requested";
  const facts: [string, string][] = [
    ["claimable", usdcWords(claimable(provider))],
    ["paid to", payout],
  ];
  if (pending !== undefined) facts.push(["", `${pending.payout} from ${momentWords(pending.at)} on`]);
  if (exit === undefined) {
    const delay = durationWords(view.router.data.params.providerExitDelay);
    facts.push(["exit", `none; it would be due ${delay} after aimo provider exit request`]);
  } else {
    const when = exit.isDue ? "now: aimo provider exit finalize" : `in ${durationWords(exit.deadline - now)}`;
    facts.push(["exit", `${usdcWords(exitPayment(provider))}, due at ${momentWords(exit.deadline)}, ${when}`]);
  }
  return {
    data: {
      router: routerId,
      wallet: wallet.address,
      state,
      claimable: amountJson(claimable(provider)),
      exit_amount: exit === undefined ? null : amountJson(exitPayment(provider)),
      requested_at: exit === undefined ? null : momentJson(exit.requestedAt),
      due_at: exit === undefined ? null : momentJson(exit.deadline),
      payout,
      pending_payout: pending === undefined ? null : { payout: pending.payout, in_force_at: momentJson(pending.at) },
    },
    text: factsText(facts),
  };
}
