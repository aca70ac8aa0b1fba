// What a provider's account means at a moment: what is left to pay, and where to. Moments are the chain's seconds.
import type { Address } from "@solana/kit";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { microUsdc } from "@aimo-network/protocol/money";
import type { Provider } from "../generated/accounts/provider.ts";

/** A payout account that comes into force by itself. */
export interface PendingPayout {
  readonly payout: Address;
  readonly at: bigint;
}

/** What was earned and not paid yet. */
export function claimable(provider: Provider): MicroUsdc {
  return microUsdc(provider.earnedTotal - provider.withdrawnTotal);
}

/** What an exit would pay now: what was asked for, as far as it is still there. */
export function exitPayment(provider: Provider): MicroUsdc {
  const left = claimable(provider);
  return provider.exitAmount < left ? microUsdc(provider.exitAmount) : left;
}

/** The account everything is paid to, one that has fallen due included. */
export function payoutInForce(provider: Provider, now: bigint): Address {
  const isDue = provider.pendingPayoutAt !== 0n && now >= provider.pendingPayoutAt;
  return isDue ? provider.pendingPayout : provider.payout;
}

/** The payout account that still waits; undefined where there is none, or where it is in force already. */
export function pendingPayout(provider: Provider, now: bigint): PendingPayout | undefined {
  const { pendingPayoutAt } = provider;
  if (pendingPayoutAt === 0n || now >= pendingPayoutAt) return undefined;
  return { payout: provider.pendingPayout, at: pendingPayoutAt };
}
