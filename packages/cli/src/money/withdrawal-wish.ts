// What a withdrawal's transaction may hold, and where its money goes.
import type { Address } from "@solana/kit";
import { payoutInForce } from "@aimo-network/escrow/accounts/provider-facts";
import { associatedTokenAddress } from "@aimo-network/escrow/addresses";
import { usdcWords } from "@aimo-network/escrow/plain-words";
import type { ConfirmedTransaction } from "../chain/confirm.ts";
import type { TransactionWish } from "../chain/differences.ts";
import type { AnsweredPlace } from "../chain/escrow-place.ts";
import { askIfAny, openChainIfAny } from "../chain/open-chain.ts";
import { insistOnEarner, readEarner } from "../chain/standing.ts";
import type { CommandContext } from "../context.ts";
import type { Router } from "../network/find-router.ts";
import type { CommandWallet } from "../wallet/open-wallet.ts";
import type { WithdrawalWish } from "./withdrawal-at-router.ts";

/** What a withdrawal is made with. */
export interface Withdrawing {
  readonly context: CommandContext;
  readonly router: Router;
  readonly escrowPlace: AnsweredPlace;
  readonly wallet: CommandWallet;
}

/** What may be in the transaction: the withdrawal that was asked for, to where it was asked for, and nothing else. */
export async function wishFor(
  { context, router, escrowPlace, wallet }: Withdrawing,
  { party, amount, destination }: WithdrawalWish,
): Promise<TransactionWish> {
  const { place, mint } = escrowPlace;
  const owner = wallet.address as Address;
  const own = await associatedTokenAddress({ owner, mint });
  const about = {
    question: `Withdraw ${usdcWords(amount)} from ${router.client.url}?`,
    programAddress: place.programAddress,
    router: place.address,
    mint,
    signers: [owner],
    names: { [place.address]: `${router.id} (${router.client.url})` },
    mayOpen: destination === undefined ? [own] : [],
  };
  if (party === "user") {
    const accounts = { user: owner, config: place.address, mint, destination: (destination ?? own) as Address };
    const isAnyDestination = destination !== undefined; // then it is the one that was named, by these accounts
    return { ...about, isAnyDestination, instructions: [{ name: "withdraw_user", accounts, data: { amount } }] };
  }
  // The program itself pays nowhere but to the payout account; a node tells which that is.
  const chain = openChainIfAny(context, escrowPlace);
  const view = chain && (await askIfAny(context, () => readEarner(context, chain, wallet)));
  const payout = view && payoutInForce(insistOnEarner(view, wallet).data, view.now.time);
  const accounts = { owner, config: place.address, mint, ...(payout !== undefined && { payout }) };
  return {
    ...about,
    isAnyDestination: true,
    instructions: [{ name: "withdraw_provider", accounts, data: { amount } }],
  };
}

/** Where the money goes, from the bytes themselves. */
export function destinationIn({ description }: ConfirmedTransaction): string {
  const [accounts] = description.actions.flatMap(({ escrow }) => escrow?.accounts ?? []);
  if (accounts === undefined) return "";
  if ("destination" in accounts) return accounts.destination.address;
  return "payout" in accounts ? accounts.payout.address : "";
}
