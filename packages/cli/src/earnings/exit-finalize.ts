// `aimo provider exit finalize`: pays an exit that is due to the payout account, by the chain alone.
import { exitOf } from "@aimo-network/escrow/accounts/escrow-facts";
import { durationWords, momentWords, usdcWords } from "@aimo-network/escrow/plain-words";
import { earningsExitFinalizeAct } from "@aimo-network/escrow/wish/provider-acts";
import { amountJson } from "../chain/amount.ts";
import { carryOut } from "../chain/carry-out.ts";
import { openChain } from "../chain/open-chain.ts";
import { insistOnEarner, readEarner } from "../chain/standing.ts";
import { walletSigner } from "../chain/wallet-signer.ts";
import type { RunCommand } from "../command-spec.ts";
import { CommandFault } from "../fault.ts";
import { openWallet } from "../wallet/open-wallet.ts";

function refusal(code: string, why: string, next: string): CommandFault {
  return new CommandFault({ what: "Nothing was signed: no exit is due.", why, next, reason: "refused", code });
}

/** Finalizes it. */
export const providerExitFinalize: RunCommand = async (context) => {
  const wallet = await openWallet(context);
  const chain = await openChain(context);
  const view = await readEarner(context, chain, wallet);
  const provider = insistOnEarner(view, wallet);
  const { now } = view;
  const exit = exitOf(provider.data, now.time);
  if (exit === undefined) {
    const why = "none is requested, or it has been paid out already.";
    throw refusal("exit_not_requested", why, "aimo provider exit request starts the delay.");
  }
  if (!exit.isDue) {
    const why = `it is from ${momentWords(exit.deadline)} on, in ${durationWords(exit.deadline - now.time)}.`;
    throw refusal("exit_too_early", why, "Run the same again then.");
  }
  const act = await earningsExitFinalizeAct({ owner: walletSigner(wallet), view, provider });
  const { paid, destination: payout } = act;
  const landed = await carryOut(context, chain, wallet, act);
  const data = { router: chain.routerId, wallet: wallet.address, state: "none", paid: amountJson(paid), payout };
  return { data: { ...data, ...landed }, text: `Paid ${usdcWords(paid)} to ${payout}.` };
};
