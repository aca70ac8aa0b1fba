// `aimo allowance`: the most that may ever be settled from an escrow, shown and set.
import { allowanceInForce } from "@aimo-network/escrow/accounts/escrow-facts";
import type { Held } from "@aimo-network/escrow/accounts/read-account";
import type { UserView } from "@aimo-network/escrow/accounts/views";
import { buildSetAllowance } from "@aimo-network/escrow/build/user-money";
import type { Escrow } from "@aimo-network/escrow/generated/accounts/escrow";
import { momentWords, usdcWords } from "@aimo-network/escrow/plain-words";
import { DAY } from "@aimo-network/escrow/program-bounds";
import type { MicroUsdc } from "@aimo-network/protocol/money";
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
const LIFE = 365n * DAY;

interface Wish {
  readonly total: MicroUsdc | undefined;
  /** In the chain's seconds from now. */
  readonly lasts: bigint | undefined;
}

function readWish(words: readonly string[], total: unknown, days: unknown): Wish {
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

/** What the allowance is to be: what nothing is said of stays as it is, but for an end that has passed. */
function target({ total, lasts }: Wish, { now }: UserView, escrow: Held<Escrow>) {
  const inForce = allowanceInForce(escrow.data, now.time);
  const kept = inForce.expiresAt > now.time ? inForce.expiresAt : now.time + LIFE;
  const expiresAt = lasts === undefined ? kept : now.time + lasts;
  return { total: total ?? inForce.total, expiresAt, inForce };
}

/** Shows it, or sets it by the chain alone. */
export const allowance: RunCommand = async (context, { arguments: words, options }) => {
  const wish = readWish(words, options["total"], options["expiresIn"]);
  const wallet = await openWallet(context);
  const chain = await openChain(context);
  const view = await readUser(context, chain, wallet);
  const escrow = insistOnEscrow(view, wallet);
  const about = { router: chain.routerId, wallet: wallet.address };
  const { total, expiresAt, inForce } = target(wish, view, escrow);
  const isSame = total === inForce.total && expiresAt === inForce.expiresAt;
  if ((wish.total === undefined && wish.lasts === undefined) || isSame) {
    const { data, text } = allowanceFacts(view, escrow);
    return { data: { ...about, ...data }, text };
  }
  const { router, now } = view;
  const user = walletSigner(wallet);
  const landed = await carryOut(context, chain, wallet, {
    question: `Let the router settle at most ${usdcWords(total)} in all, until ${momentWords(expiresAt)}?`,
    mint: router.data.mint,
    steps: await buildSetAllowance({ user, router, escrow, total, expiresAt, now: now.time }),
    instructions: [
      {
        name: "set_allowance",
        accounts: { user: user.address, config: router.address, escrow: escrow.address },
        data: { total, expiresAt },
      },
    ],
  });
  return await afterLanding(chain, wallet, landed, async () => {
    const after = await readUser(context, chain, wallet);
    const { data, text } = allowanceFacts(after, insistOnEscrow(after, wallet));
    return { data: { ...about, ...data }, text };
  });
};
