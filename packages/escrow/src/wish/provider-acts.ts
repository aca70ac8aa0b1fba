// What a provider does with its earnings by the chain alone: leaves with them, is paid out, and names where it is paid.
import type { Address, TransactionSigner } from "@solana/kit";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { exitPayment, payoutInForce } from "../accounts/provider-facts.ts";
import type { ChainMoment } from "../accounts/fetch-accounts.ts";
import type { Held } from "../accounts/read-account.ts";
import type { TokenReading } from "../accounts/token-account.ts";
import { associatedTokenAddress } from "../addresses.ts";
import { buildProviderFinalizeExit, buildProviderRequestExit, buildSetPayout } from "../build/provider-payments.ts";
import type { Config } from "../generated/accounts/config.ts";
import type { Provider } from "../generated/accounts/provider.ts";
import { durationWords, momentWords, usdcWords } from "../plain-words.ts";
import type { ChainAct } from "./chain-act.ts";
import type { Payment } from "./user-acts.ts";

/** A provider that is registered at a router, read at one slot. */
export interface ActingProvider {
  /** Only its address is used: the steps are signed later, as one transaction. */
  readonly owner: TransactionSigner;
  readonly view: { readonly router: Held<Config>; readonly now: ChainMoment };
  readonly provider: Held<Provider>;
}

/** Starts the delay after which so much is paid without the router. */
export async function earningsExitRequestAct(
  { owner, view, provider }: ActingProvider,
  amount: MicroUsdc,
): Promise<ChainAct> {
  const { router, now } = view;
  const delay = router.data.params.providerExitDelay;
  const due = `${momentWords(now.time + delay)}, in ${durationWords(delay)}`;
  return {
    question: `Request the exit of ${usdcWords(amount)}, due about ${due}?`,
    mint: router.data.mint,
    steps: await buildProviderRequestExit({ owner, router, provider, amount }),
    instructions: [
      {
        name: "provider_request_exit",
        accounts: { owner: owner.address, config: router.address, provider: provider.address },
        data: { amount },
      },
    ],
  };
}

/** Pays an exit to the payout account in force; throws `escrow_refused` where it is not due. */
export async function earningsExitFinalizeAct({ owner, view, provider }: ActingProvider): Promise<ChainAct & Payment> {
  const { router, now } = view;
  const { mint } = router.data;
  const payout = payoutInForce(provider.data, now.time);
  const paid = exitPayment(provider.data);
  return {
    paid,
    destination: payout,
    question: `Have ${usdcWords(paid)} paid to ${payout}?`,
    mint,
    mayOpen: [await associatedTokenAddress({ owner: owner.address, mint })],
    isAnyDestination: true, // the program pays nowhere but to the payout account, which is asked for below
    steps: await buildProviderFinalizeExit({ payer: owner, router, provider, now: now.time }),
    instructions: [
      {
        name: "provider_finalize_exit",
        accounts: { config: router.address, provider: provider.address, mint, payout },
      },
    ],
  };
}

/** Where a provider wants to be paid. */
export interface PayoutAsked {
  /** A token account of the router's mint. */
  readonly account: Address;
  /** What was found there; left out for the owner's associated account, which the steps open. */
  readonly reading?: TokenReading | undefined;
}

/** Names the account that is paid after the router's delay; the account in force takes back a change that waits. */
export async function payoutAct(
  { owner, view, provider }: ActingProvider,
  { account, reading }: PayoutAsked,
): Promise<ChainAct> {
  const { router, now } = view;
  const { mint, params } = router.data;
  const isInForce = payoutInForce(provider.data, now.time) === account;
  return {
    question: isInForce
      ? `Go on being paid to ${account}?`
      : `Have all earnings paid to ${account}, from ${durationWords(params.providerExitDelay)} after this on?`,
    mint,
    mayOpen: [await associatedTokenAddress({ owner: owner.address, mint })],
    isAnyDestination: true, // it is the one that was named, by its address below
    steps: await buildSetPayout({ owner, router, provider, ...(reading !== undefined && { payout: reading }) }),
    instructions: [
      {
        name: "set_payout",
        accounts: { owner: owner.address, config: router.address, provider: provider.address, payout: account },
      },
    ],
  };
}
