// What the instructions of providers do: 10–14.
import { checkAmount, lesser } from "./amounts.ts";
import { BYTES, payRent } from "./creation.ts";
import type { Draft } from "./draft.ts";
import { require } from "./draft.ts";
import type { InstructionOf } from "./instruction.ts";
import { checkDestination, checkPayment, pay } from "./payment.ts";
import type { Key, Provider } from "./records.ts";
import { NOBODY } from "./records.ts";
import { holds, requireOpen } from "./user-rules.ts";

const NONE_PENDING = { pendingPayout: NOBODY, pendingPayoutAt: 0n } as const;
const NOT_LEAVING = { exitRequestedAt: 0n, exitAmount: 0n, exitDelay: 0n } as const;

function requireOwner(signers: ReadonlySet<Key>, owner: Key, provider: Provider): void {
  require(signers.has(owner) && owner === provider.owner, "NotProviderOwner");
}

/** The provider with a new payout account in force, where its time is there. */
function withDuePayout(provider: Provider, time: bigint): Provider {
  if (provider.pendingPayoutAt === 0n || time < provider.pendingPayoutAt) return provider;
  return { ...provider, payout: provider.pendingPayout, ...NONE_PENDING };
}

function claimable({ earnedTotal, withdrawnTotal }: Provider): bigint {
  return earnedTotal - withdrawnTotal;
}

function requireClaimable(provider: Provider, amount: bigint): void {
  require(claimable(provider) !== 0n, "NothingToWithdraw");
  require(claimable(provider) >= amount, "InsufficientBalance");
}

/** Refuses every payout account but the one in force. */
function requirePayout(provider: Provider, payout: Key): void {
  if (payout === provider.payout) return;
  const isPending = provider.pendingPayoutAt !== 0n && payout === provider.pendingPayout;
  require(!isPending, "PayoutTimelock");
  require(false, "BadDestination");
}

/** 10: opens a provider's account, which anybody may pay for. */
export function registerProvider(draft: Draft, { accounts, signers }: InstructionOf<"register_provider">): void {
  const { mint } = draft.config(accounts.config);
  require(signers.has(accounts.payer), "MissingSigner");
  const { derive } = draft.surroundings;
  require(derive.provider(accounts.config, accounts.owner) === accounts.provider, "BadPda");
  draft.put(accounts.provider, {
    kind: "provider",
    lamports: payRent(draft, accounts.payer, accounts.provider, BYTES.provider),
    config: accounts.config,
    owner: accounts.owner,
    rentPayer: accounts.payer,
    payout: derive.associated(accounts.owner, mint) ?? NOBODY,
    ...NONE_PENDING,
    openedSlot: draft.now.slot,
    earnedTotal: 0n,
    withdrawnTotal: 0n,
    ...NOT_LEAVING,
    withdrawSeq: 0,
  });
}

/** 11: pays a provider at once, with the cosigner. */
export function withdrawProvider(
  draft: Draft,
  { accounts, arguments: told, signers }: InstructionOf<"withdraw_provider">,
): void {
  const { amount } = told;
  checkAmount(amount);
  const config = draft.config(accounts.config);
  const standing = draft.provider(accounts.provider, accounts.config);
  requireOwner(signers, accounts.owner, standing);
  require(holds(signers, accounts.cosigner, config.roles.cosigner), "CosignerRequired");
  requireOpen(config.pauseUntil[2], draft.now.time);
  const isThisOne = told.openedSlot === standing.openedSlot && told.withdrawSeq === standing.withdrawSeq;
  require(isThisOne, "BadWithdrawSeq");
  requireClaimable(standing, amount);
  const provider = withDuePayout(standing, draft.now.time);
  requirePayout(provider, accounts.payout);
  checkPayment(draft, config, accounts);
  checkDestination(draft, config, accounts.payout);
  const withdrawnTotal = provider.withdrawnTotal + amount;
  draft.put(accounts.provider, { ...provider, withdrawnTotal, withdrawSeq: provider.withdrawSeq + 1 });
  draft.put(accounts.config, { ...config, totalProvider: config.totalProvider - amount });
  pay(draft, config, accounts.payout, amount);
}

/** 12: starts the clock of a provider who wants an amount without the router. */
export function providerRequestExit(
  draft: Draft,
  { accounts, arguments: told, signers }: InstructionOf<"provider_request_exit">,
): void {
  checkAmount(told.amount);
  const { params } = draft.config(accounts.config);
  const provider = draft.provider(accounts.provider, accounts.config);
  requireOwner(signers, accounts.owner, provider);
  require(provider.exitRequestedAt === 0n, "ExitPending");
  requireClaimable(provider, told.amount);
  draft.put(accounts.provider, {
    ...provider,
    exitRequestedAt: draft.now.time,
    exitAmount: told.amount,
    exitDelay: params.providerExitDelay,
  });
}

/** 13: pays a provider whose exit is due. */
export function providerFinalizeExit(draft: Draft, { accounts }: InstructionOf<"provider_finalize_exit">): void {
  const config = draft.config(accounts.config);
  const standing = draft.provider(accounts.provider, accounts.config);
  require(standing.exitRequestedAt !== 0n, "ExitNotRequested");
  require(draft.now.time >= standing.exitRequestedAt + standing.exitDelay, "ExitTooEarly");
  const provider = withDuePayout(standing, draft.now.time);
  requirePayout(provider, accounts.payout);
  checkPayment(draft, config, accounts);
  const amount = lesser(provider.exitAmount, claimable(provider));
  const withdrawnTotal = provider.withdrawnTotal + amount;
  draft.put(accounts.provider, { ...provider, withdrawnTotal, ...NOT_LEAVING });
  draft.put(accounts.config, { ...config, totalProvider: config.totalProvider - amount });
  if (amount === 0n) return;
  checkDestination(draft, config, accounts.payout);
  pay(draft, config, accounts.payout, amount);
}

/** 14: chooses where a provider is paid. */
export function setPayout(draft: Draft, { accounts, signers }: InstructionOf<"set_payout">): void {
  const { payout } = accounts;
  const config = draft.config(accounts.config);
  const standing = draft.provider(accounts.provider, accounts.config);
  requireOwner(signers, accounts.owner, standing);
  const isCosigned = signers.has(accounts.cosigner);
  require(!isCosigned || holds(signers, accounts.cosigner, config.roles.cosigner), "CosignerRequired");
  checkDestination(draft, config, payout);
  const provider = { ...withDuePayout(standing, draft.now.time), ...NONE_PENDING };
  if (isCosigned || payout === provider.payout) {
    draft.put(accounts.provider, { ...provider, payout });
    return;
  }
  const pendingPayoutAt = draft.now.time + config.params.providerExitDelay;
  draft.put(accounts.provider, { ...provider, pendingPayout: payout, pendingPayoutAt });
}
