// What providers may want, near every border: instructions 10–14.
import type { Address } from "@solana/kit";
import type { InstructionOf } from "./model/instruction.ts";
import { NOBODY } from "./model/records.ts";
import type { Provider } from "./model/records.ts";
import { instruct } from "./escrow-situation.ts";
import type { OwnerThere, Situation } from "./escrow-situation.ts";
import { someIncarnation, someShare } from "./user-choices.ts";

const claimableOf = (provider: Provider | undefined): bigint =>
  provider === undefined ? 0n : provider.earnedTotal - provider.withdrawnTotal;
const hasEarned = (provider: Provider): boolean => claimableOf(provider) > 0n;

/** The payout account in force at this time, sometimes the pending or the former one, or another. */
function somePayout(situation: Situation, { owner, provider }: OwnerThere): Address {
  const { lot, time, focus } = situation;
  if (provider === undefined) return situation.associated(owner);
  const { payout, pendingPayout, pendingPayoutAt } = provider;
  const isDue = pendingPayoutAt !== 0n && time >= pendingPayoutAt;
  if (pendingPayoutAt !== 0n && !isDue && lot.oneIn(focus.owner === undefined ? 3 : 2)) return pendingPayout as Address;
  if (!lot.oneIn(4)) return (isDue ? pendingPayout : payout) as Address;
  const known = [payout, pendingPayout].filter((key) => key !== NOBODY);
  return (lot.oneIn(3) ? situation.someDestination(owner) : lot.of(known)) as Address;
}

/** 10, for an owner who need not know. */
export function chooseRegisterProvider(situation: Situation): InstructionOf<"register_provider"> {
  const { lot, scenery, router } = situation;
  const missing = scenery.owners.map((one) => situation.ownerAt(one)).filter(({ provider }) => provider === undefined);
  const { owner, key } = missing.length > 0 ? lot.of(missing) : situation.someOwner();
  const payer = lot.of([owner, ...scenery.sponsors]);
  return instruct("register_provider", { payer, owner, config: router.config, provider: key }, {}, "payer");
}

/** 11, with the cosigner. */
export function chooseWithdrawProvider(situation: Situation): InstructionOf<"withdraw_provider"> {
  const { cosigner, payment } = situation;
  const there = situation.someOwner(hasEarned);
  const { owner, key, provider } = there;
  const told = { amount: someShare(situation, claimableOf(provider)), ...someIncarnation(situation, provider) };
  const accounts = { ...payment, owner, cosigner, provider: key, payout: somePayout(situation, there) };
  return instruct("withdraw_provider", accounts, told, "owner", "cosigner");
}

/** 12, for some of what was earned. */
export function chooseProviderRequestExit(situation: Situation): InstructionOf<"provider_request_exit"> {
  const { owner, key, provider } = situation.someOwner((one) => hasEarned(one) && one.exitRequestedAt === 0n);
  const amount = someShare(situation, claimableOf(provider));
  const accounts = { owner, config: situation.router.config, provider: key };
  return instruct("provider_request_exit", accounts, { amount }, "owner");
}

/** 13, by anybody. */
export function chooseProviderFinalizeExit(situation: Situation): InstructionOf<"provider_finalize_exit"> {
  const there = situation.someOwner(({ exitRequestedAt }) => exitRequestedAt !== 0n);
  const accounts = { ...situation.payment, provider: there.key, payout: somePayout(situation, there) };
  return instruct("provider_finalize_exit", accounts, {});
}

/** 14, with the cosigner or without. */
export function chooseSetPayout(situation: Situation): InstructionOf<"set_payout"> {
  const { lot, cosigner, router } = situation;
  const { owner, key, provider } = situation.someOwner();
  const payout = lot.oneIn(5)
    ? ((provider?.payout ?? situation.associated(owner)) as Address)
    : situation.someDestination(lot.of(situation.scenery.owners));
  const accounts = { owner, cosigner, config: router.config, provider: key, payout };
  return lot.oneIn(3)
    ? instruct("set_payout", accounts, {}, "owner", "cosigner")
    : instruct("set_payout", accounts, {}, "owner");
}
