// `aimo exit request`: starts the delay after which everything can be paid out, by the chain alone.
import { userExitOf } from "@aimo-network/escrow/accounts/escrow-facts";
import { exitRequestAct } from "@aimo-network/escrow/wish/user-acts";
import { afterLanding, carryOut } from "../chain/carry-out.ts";
import { openChain } from "../chain/open-chain.ts";
import { insistOnEscrow, readUser } from "../chain/standing.ts";
import { walletSigner } from "../chain/wallet-signer.ts";
import type { RunCommand } from "../command-spec.ts";
import { openWallet } from "../wallet/open-wallet.ts";
import { exitFacts } from "./exit-facts.ts";

/** Requests it; one that is requested already goes on. */
export const exitRequest: RunCommand = async (context) => {
  const wallet = await openWallet(context);
  const chain = await openChain(context);
  const view = await readUser(context, chain, wallet);
  const escrow = insistOnEscrow(view, wallet);
  const { router, now } = view;
  if (userExitOf(escrow.data, router.data, now.time) !== undefined) {
    context.terminal.note("The exit is requested already.");
    return exitFacts(view, chain, wallet);
  }
  context.terminal.note(
    `Until then the router may still settle what was charged; nothing new can be paid from this escrow or into it.`,
  );
  const act = await exitRequestAct({ user: walletSigner(wallet), view, escrow });
  const landed = await carryOut(context, chain, wallet, act);
  return await afterLanding(chain, wallet, landed, async () =>
    exitFacts(await readUser(context, chain, wallet), chain, wallet),
  );
};
