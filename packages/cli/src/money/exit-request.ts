// `aimo exit request`: starts the delay after which everything can be paid out, by the chain alone.
import { userExitOf } from "@aimo-network/escrow/accounts/escrow-facts";
import { buildRequestExit } from "@aimo-network/escrow/build/user-exit";
import { durationWords, momentWords, usdcWords } from "@aimo-network/escrow/plain-words";
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
  const user = walletSigner(wallet);
  const delay = router.data.params.userExitDelay;
  const due = `about ${momentWords(now.time + delay)}, in ${durationWords(delay)}`;
  context.terminal.note(
    `Until then the router may still settle what was charged; nothing new can be paid from this escrow or into it.`,
  );
  const landed = await carryOut(context, chain, wallet, {
    question: `Leave with ${usdcWords(escrow.data.balance)}, due ${due}?`,
    mint: router.data.mint,
    steps: await buildRequestExit({ user, router, escrow }),
    instructions: [
      {
        name: "request_exit",
        accounts: { user: user.address, config: router.address, escrow: escrow.address },
      },
    ],
  });
  return await afterLanding(chain, wallet, landed, async () =>
    exitFacts(await readUser(context, chain, wallet), chain, wallet),
  );
};
