// `aimo exit finalize`: pays the whole balance to the wallet once the exit is due, by the chain alone.
import { userExitOf } from "@aimo-network/escrow/accounts/escrow-facts";
import { durationWords, momentWords, usdcWords } from "@aimo-network/escrow/plain-words";
import { exitFinalizeAct } from "@aimo-network/escrow/wish/user-acts";
import { amountJson } from "../chain/amount.ts";
import { carryOut } from "../chain/carry-out.ts";
import { openChain } from "../chain/open-chain.ts";
import { insistOnEscrow, readUser } from "../chain/standing.ts";
import { walletSigner } from "../chain/wallet-signer.ts";
import type { RunCommand } from "../command-spec.ts";
import { CommandFault } from "../fault.ts";
import { openWallet } from "../wallet/open-wallet.ts";

/** Finalizes it. */
export const exitFinalize: RunCommand = async (context) => {
  const wallet = await openWallet(context);
  const chain = await openChain(context);
  const view = await readUser(context, chain, wallet);
  const escrow = insistOnEscrow(view, wallet);
  const { router, now } = view;
  const exit = userExitOf(escrow.data, router.data, now.time);
  if (exit === undefined) throw notRequested(escrow.data.balance);
  if (!exit.isDue) throw tooEarly(exit.deadline, now.time);
  const act = await exitFinalizeAct({ user: walletSigner(wallet), view, escrow });
  const { paid, destination } = act;
  const landed = await carryOut(context, chain, wallet, act);
  const data = { router: chain.routerId, wallet: wallet.address, state: "none", paid: amountJson(paid), destination };
  return { data: { ...data, ...landed }, text: `Paid ${usdcWords(paid)} to ${destination}.` };
};

function notRequested(balance: bigint): CommandFault {
  return new CommandFault({
    what: "Nothing was signed: this wallet is not leaving.",
    why: `no exit is requested, or it has been paid out already; ${usdcWords(balance)} are in the escrow.`,
    next: "aimo exit request starts the delay.",
    reason: "refused",
    code: "exit_not_requested",
  });
}

function tooEarly(deadline: bigint, now: bigint): CommandFault {
  return new CommandFault({
    what: "Nothing was signed: the exit is not due yet.",
    why: `it is from ${momentWords(deadline)} on, in ${durationWords(deadline - now)}.`,
    next: "Run the same again then.",
    reason: "refused",
    code: "exit_too_early",
  });
}
