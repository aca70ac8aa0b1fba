// `aimo exit cancel`: a wallet that was leaving stays, by the chain alone.
import { exitCancelAct } from "@aimo-network/escrow/wish/user-acts";
import { afterLanding, carryOut } from "../chain/carry-out.ts";
import { openChain } from "../chain/open-chain.ts";
import { insistOnEscrow, readUser } from "../chain/standing.ts";
import { walletSigner } from "../chain/wallet-signer.ts";
import type { RunCommand } from "../command-spec.ts";
import { openWallet } from "../wallet/open-wallet.ts";
import { exitFacts } from "./exit-facts.ts";

/** Cancels it; where none is requested that is said, and is what was wanted. */
export const exitCancel: RunCommand = async (context) => {
  const wallet = await openWallet(context);
  const chain = await openChain(context);
  const view = await readUser(context, chain, wallet);
  const escrow = insistOnEscrow(view, wallet);
  if (escrow.data.exitRequestedAt === 0n) return exitFacts(view, chain, wallet);
  const act = await exitCancelAct({ user: walletSigner(wallet), view, escrow });
  const landed = await carryOut(context, chain, wallet, act);
  return await afterLanding(chain, wallet, landed, async () =>
    exitFacts(await readUser(context, chain, wallet), chain, wallet),
  );
};
