// What a withdrawal is made with, and what its transaction may hold as far as the chain can be asked.
import type { Address } from "@solana/kit";
import { payoutInForce } from "@aimo-network/escrow/accounts/provider-facts";
import type { TransactionWish } from "@aimo-network/escrow/wish/differences";
import { withdrawalWish } from "@aimo-network/escrow/wish/withdrawal-wish";
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

/** The payout account in force; undefined where no node tells it. */
async function payoutOf({ context, escrowPlace, wallet }: Withdrawing): Promise<Address | undefined> {
  const chain = openChainIfAny(context, escrowPlace);
  const view = chain && (await askIfAny(context, () => readEarner(context, chain, wallet)));
  return view && payoutInForce(insistOnEarner(view, wallet).data, view.now.time);
}

/** What may be in the transaction: the withdrawal that was asked for, to where it was asked for, and nothing else. */
export async function wishFor(
  work: Withdrawing,
  { party, amount, destination }: WithdrawalWish,
): Promise<TransactionWish> {
  const { router, escrowPlace, wallet } = work;
  const { place, mint } = escrowPlace;
  const at = { place, mint, routerId: router.id, url: router.client.url };
  const payout = party === "provider" ? await payoutOf(work) : undefined;
  const asked = { party, amount, payout, destination: destination as Address | undefined };
  return await withdrawalWish(at, wallet.address as Address, asked);
}
