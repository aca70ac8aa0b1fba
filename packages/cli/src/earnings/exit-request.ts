// `aimo provider exit request`: starts the delay after which earnings are paid without the router.
import { exitOf } from "@aimo-network/escrow/accounts/escrow-facts";
import { claimable } from "@aimo-network/escrow/accounts/provider-facts";
import { usdcWords } from "@aimo-network/escrow/plain-words";
import { earningsExitRequestAct } from "@aimo-network/escrow/wish/provider-acts";
import { readAmount } from "../chain/amount.ts";
import { afterLanding, carryOut } from "../chain/carry-out.ts";
import { openChain } from "../chain/open-chain.ts";
import { insistOnEarner, readEarner } from "../chain/standing.ts";
import { walletSigner } from "../chain/wallet-signer.ts";
import type { RunCommand } from "../command-spec.ts";
import { CommandFault } from "../fault.ts";
import { openWallet } from "../wallet/open-wallet.ts";
import { earnerFacts } from "./exit-facts.ts";

/** Requests it; one that is requested already goes on. */
export const providerExitRequest: RunCommand = async (context, { arguments: [text = "all"] }) => {
  const asked = text === "all" ? undefined : readAmount(text, "provider exit request");
  const wallet = await openWallet(context);
  const chain = await openChain(context);
  const view = await readEarner(context, chain, wallet);
  const provider = insistOnEarner(view, wallet);
  if (exitOf(provider.data, view.now.time) !== undefined) {
    context.terminal.note("An exit is requested already: one at a time.");
    return earnerFacts(view, chain, wallet);
  }
  const amount = asked ?? claimable(provider.data);
  if (amount > claimable(provider.data) || amount === 0n) {
    throw new CommandFault({
      what: "Nothing was signed: there is not so much to take out.",
      why: `${usdcWords(claimable(provider.data))} are settled and not paid yet.`,
      next: "`aimo provider earnings` shows what is not settled yet.",
      reason: "funds",
      code: "nothing_to_withdraw",
    });
  }
  const act = await earningsExitRequestAct({ owner: walletSigner(wallet), view, provider }, amount);
  const landed = await carryOut(context, chain, wallet, act);
  return await afterLanding(chain, wallet, landed, async () =>
    earnerFacts(await readEarner(context, chain, wallet), chain, wallet),
  );
};
