// What a withdrawal's transaction may hold, and where its money goes.
import type { Address } from "@solana/kit";
import type { MoneyParty } from "@aimo-network/protocol/keys/money-intent";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { associatedTokenAddress } from "../addresses.ts";
import type { TransactionDescription } from "../describe/description.ts";
import { usdcWords } from "../plain-words.ts";
import type { TransactionWish } from "./differences.ts";
import { aboutRouter } from "./wish-router.ts";
import type { WishRouter } from "./wish-router.ts";

/** A withdrawal that was asked for. */
export interface WithdrawalAsked {
  /** Whether a user's funds or a provider's earnings. */
  readonly party: MoneyParty;
  readonly amount: MicroUsdc;
  /** A user's token account; the associated one where none is named. */
  readonly destination?: Address | undefined;
  /** A provider's payout account in force, where a node has told it: the program itself pays nowhere else. */
  readonly payout?: Address | undefined;
}

/** What may be in the transaction: the withdrawal that was asked for, to where it was asked for, and nothing else. */
export async function withdrawalWish(
  router: WishRouter,
  owner: Address,
  { party, amount, destination, payout }: WithdrawalAsked,
): Promise<TransactionWish> {
  const { place, mint, url } = router;
  const config = place.address;
  const own = await associatedTokenAddress({ owner, mint });
  const about = {
    ...aboutRouter(router, owner),
    question: `Withdraw ${usdcWords(amount)} from ${url}?`,
    mayOpen: destination === undefined ? [own] : [],
  };
  if (party === "user") {
    const accounts = { user: owner, config, mint, destination: destination ?? own };
    const isAnyDestination = destination !== undefined; // then it is the one that was named, by these accounts
    return { ...about, isAnyDestination, instructions: [{ name: "withdraw_user", accounts, data: { amount } }] };
  }
  const accounts = { owner, config, mint, ...(payout !== undefined && { payout }) };
  return {
    ...about,
    isAnyDestination: true,
    instructions: [{ name: "withdraw_provider", accounts, data: { amount } }],
  };
}

/** Where a withdrawal's money goes, from the bytes themselves; undefined where they hold none. */
export function destinationIn({ actions }: Pick<TransactionDescription, "actions">): Address | undefined {
  const [accounts] = actions.flatMap(({ escrow }) => escrow?.accounts ?? []);
  if (accounts === undefined) return undefined;
  if ("destination" in accounts) return accounts.destination.address;
  return "payout" in accounts ? accounts.payout.address : undefined;
}
