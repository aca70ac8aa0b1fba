// `aimo allowance`: the most that may ever be settled from an escrow, shown and set.
import { DAY } from "@aimo-network/escrow/program-bounds";
import { allowanceAct, allowanceTarget } from "@aimo-network/escrow/wish/user-acts";
import type { AllowanceAsked } from "@aimo-network/escrow/wish/user-acts";
import { readAmount } from "../chain/amount.ts";
import { afterLanding, carryOut } from "../chain/carry-out.ts";
import { openChain } from "../chain/open-chain.ts";
import { insistOnEscrow, readUser } from "../chain/standing.ts";
import { walletSigner } from "../chain/wallet-signer.ts";
import type { RunCommand } from "../command-spec.ts";
import { CommandFault } from "../fault.ts";
import { openWallet } from "../wallet/open-wallet.ts";
import { allowanceFacts } from "./allowance-facts.ts";

const DAYS = /^[1-9][0-9]{0,3}$/;

function readWish(words: readonly string[], total: unknown, days: unknown): AllowanceAsked {
  const [word] = words;
  const wrong = (what: string, next: string): CommandFault =>
    new CommandFault({ what, next: `Nothing was done: ${next}`, reason: "usage" });
  if (word !== undefined && word !== "show") {
    throw wrong(`allowance: expected show or nothing, found another word.`, "--total <usdc> sets it.");
  }
  if (word === "show" && (total !== undefined || days !== undefined)) {
    throw wrong("allowance show changes nothing.", "leave `show` out to set it.");
  }
  if (days !== undefined && (typeof days !== "string" || !DAYS.test(days))) {
    throw wrong("--expires-in: expected whole days, 1 to 9999.", "write such as --expires-in 90.");
  }
  return {
    total: typeof total === "string" ? readAmount(total, "--total") : undefined,
    lasts: typeof days === "string" ? BigInt(days) * DAY : undefined,
  };
}

/** Shows it, or sets it by the chain alone. */
export const allowance: RunCommand = async (context, { arguments: words, options }) => {
  const wish = readWish(words, options["total"], options["expiresIn"]);
  const wallet = await openWallet(context);
  const chain = await openChain(context);
  const view = await readUser(context, chain, wallet);
  const escrow = insistOnEscrow(view, wallet);
  const about = { router: chain.routerId, wallet: wallet.address };
  const acting = { user: walletSigner(wallet), view, escrow };
  const target = allowanceTarget(acting, wish);
  if ((wish.total === undefined && wish.lasts === undefined) || target.isInForce) {
    const { data, text } = allowanceFacts(view, escrow);
    return { data: { ...about, ...data }, text };
  }
  const landed = await carryOut(context, chain, wallet, await allowanceAct(acting, target));
  return await afterLanding(chain, wallet, landed, async () => {
    const after = await readUser(context, chain, wallet);
    const { data, text } = allowanceFacts(after, insistOnEscrow(after, wallet));
    return { data: { ...about, ...data }, text };
  });
};
