// Instructions about what a provider earned: being registered, being paid at once or after a delay, and where.
import type { Address, Instruction, TransactionSigner } from "@solana/kit";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { exitOf } from "../accounts/escrow-facts.ts";
import { claimable, exitPayment, payoutInForce, pendingPayout } from "../accounts/provider-facts.ts";
import { insistOfRouter } from "../accounts/read-account.ts";
import type { AccountReading, Held } from "../accounts/read-account.ts";
import type { TokenReading } from "../accounts/token-account.ts";
import { providerAddress } from "../addresses.ts";
import type { Config } from "../generated/accounts/config.ts";
import type { Provider } from "../generated/accounts/provider.ts";
import { getProviderFinalizeExitInstruction } from "../generated/instructions/providerFinalizeExit.ts";
import { getProviderRequestExitInstruction } from "../generated/instructions/providerRequestExit.ts";
import { getRegisterProviderInstruction } from "../generated/instructions/registerProvider.ts";
import { getSetPayoutInstruction } from "../generated/instructions/setPayout.ts";
import { getWithdrawProviderInstruction } from "../generated/instructions/withdrawProvider.ts";
import { momentWords } from "../plain-words.ts";
import { insist } from "../refusal.ts";
import { associatedPayee, payeeOf } from "./payee.ts";
import type { Payee } from "./payee.ts";
import { insistNotPaused, insistOnAmount, insistOnDestination, insistOnSigner, insistWithin } from "./requirements.ts";
import { insistVacant } from "./user-money.ts";

/** What registering a provider takes. */
export interface RegisterProviderInput {
  readonly payer: TransactionSigner;
  /** Need not sign. */
  readonly owner: Address;
  readonly router: Held<Config>;
  /** What is at the provider's address, where that was looked at. */
  readonly found?: AccountReading;
}

/** 10: opens a provider's account. */
export async function buildRegisterProvider(input: RegisterProviderInput): Promise<Instruction[]> {
  const { payer, owner, router, found } = input;
  const provider = await providerAddress(router, owner);
  if (found !== undefined) insistVacant(found, provider);
  return [getRegisterProviderInstruction({ payer, owner, config: router.address, provider }, router)];
}

/** What a provider's withdrawal takes. */
export interface WithdrawProviderInput {
  readonly owner: TransactionSigner;
  readonly cosigner: TransactionSigner;
  readonly router: Held<Config>;
  readonly provider: Held<Provider>;
  readonly amount: MicroUsdc;
  readonly now: bigint;
  /** The payout account, where it was looked at; the one in force where none is named. */
  readonly payout?: TokenReading;
  /** Pays for the owner's associated account where that is the payout account and missing; the owner by default. */
  readonly payer?: TransactionSigner;
}

/** 11: pays a provider at once to its payout account, with the cosigner's agreement. */
export async function buildWithdrawProvider(input: WithdrawProviderInput): Promise<Instruction[]> {
  const { owner, cosigner, router, provider, amount, now } = input;
  const config = router.data;
  insistOnAmount(amount);
  insistOfRouter(provider, router);
  insistOnOwner(owner, provider.data);
  insistOnSigner(cosigner, { key: config.roles.cosigner, as: "the router's cosigner", name: "CosignerRequired" });
  insistNotPaused(config, "coop_withdraw", now);
  insistClaimable(provider.data, amount);
  const { destination, preparations } = await payoutPayee({ ...input, payer: input.payer ?? owner }, true);
  const { vault, vaultAuthority, mint } = config;
  const { openedSlot, withdrawSeq } = provider.data;
  const accounts = { owner, cosigner, config: router.address, provider: provider.address, vault, vaultAuthority, mint };
  return [
    ...preparations,
    getWithdrawProviderInstruction({ ...accounts, payout: destination, amount, openedSlot, withdrawSeq }, router),
  ];
}

function insistOnOwner(owner: TransactionSigner, provider: Provider): void {
  insistOnSigner(owner, { key: provider.owner, as: "the provider's owner", name: "NotProviderOwner" });
}

function insistClaimable(provider: Provider, amount: bigint): void {
  insist(claimable(provider) > 0n, "NothingToWithdraw", () => ({ found: "nothing earned that was not paid" }));
  insistWithin(amount, claimable(provider));
}

interface PayoutInput {
  readonly payer: TransactionSigner;
  readonly router: Held<Config>;
  readonly provider: Held<Provider>;
  readonly now: bigint;
  readonly payout?: TokenReading;
}

/** The payout account in force; the owner's associated one is made where it is missing, any other one has to be there. */
async function payoutPayee(input: PayoutInput, isPaid: boolean): Promise<Payee> {
  const { payer, router, provider, now, payout } = input;
  const inForce = payoutInForce(provider.data, now);
  const pending = pendingPayout(provider.data, now);
  if (payout === undefined) {
    const associated = await associatedPayee(payer, router.data, provider.data.owner);
    return isPaid && associated.destination === inForce ? associated : { destination: inForce, preparations: [] };
  }
  const { address } = payout;
  insist(address === inForce || address !== pending?.payout, "PayoutTimelock", () => ({
    found: `${address}, which is in force from ${momentWords(pending?.at ?? 0n)} on`,
  }));
  insist(address === inForce, "BadDestination", () => ({
    expected: `the payout account in force, ${inForce}`,
    found: address,
  }));
  if (isPaid) insistOnDestination(router.data, payout);
  return { destination: inForce, preparations: [] };
}

/** What a provider's exit takes. */
export interface ProviderRequestExitInput {
  readonly owner: TransactionSigner;
  readonly router: Held<Config>;
  readonly provider: Held<Provider>;
  readonly amount: MicroUsdc;
}

/** 12: starts the delay after which a provider is paid without the router. */
export async function buildProviderRequestExit(input: ProviderRequestExitInput): Promise<Instruction[]> {
  const { owner, router, provider, amount } = input;
  insistOnAmount(amount);
  insistOfRouter(provider, router);
  insistOnOwner(owner, provider.data);
  const { exitRequestedAt } = provider.data;
  insist(exitRequestedAt === 0n, "ExitPending", () => ({ found: `an exit since ${momentWords(exitRequestedAt)}` }));
  insistClaimable(provider.data, amount);
  return [
    getProviderRequestExitInstruction({ owner, config: router.address, provider: provider.address, amount }, router),
  ];
}

/** What paying a provider out after the delay takes. */
export interface ProviderFinalizeExitInput {
  /** Pays for the owner's associated account where that is the payout account and missing; anybody. */
  readonly payer: TransactionSigner;
  readonly router: Held<Config>;
  readonly provider: Held<Provider>;
  readonly now: bigint;
  /** The payout account, where it was looked at; the one in force where none is named. */
  readonly payout?: TokenReading;
}

/** 13: pays a provider whose exit is due. */
export async function buildProviderFinalizeExit(input: ProviderFinalizeExitInput): Promise<Instruction[]> {
  const { router, provider, now } = input;
  insistOfRouter(provider, router);
  const exit = exitOf(provider.data, now);
  insist(exit !== undefined, "ExitNotRequested", () => ({ found: "none" }));
  insist(exit.isDue, "ExitTooEarly", () => ({
    expected: `the exit to be finalized from ${momentWords(exit.deadline)} on`,
    found: momentWords(now),
  }));
  const { destination, preparations } = await payoutPayee(input, exitPayment(provider.data) > 0n);
  const { vault, vaultAuthority, mint } = router.data;
  const accounts = { config: router.address, provider: provider.address, vault, vaultAuthority, mint };
  return [...preparations, getProviderFinalizeExitInstruction({ ...accounts, payout: destination }, router)];
}

/** What choosing a payout account takes. */
export interface SetPayoutInput {
  readonly owner: TransactionSigner;
  readonly router: Held<Config>;
  readonly provider: Held<Provider>;
  /** Where it signs, the account is in force at once. */
  readonly cosigner?: TransactionSigner;
  /** The owner's associated token account where none is named. */
  readonly payout?: TokenReading;
  /** Pays for the associated account where it is missing; the owner where nobody is named. */
  readonly payer?: TransactionSigner;
}

/** 14: chooses where a provider is paid. */
export async function buildSetPayout(input: SetPayoutInput): Promise<Instruction[]> {
  const { owner, router, provider, cosigner } = input;
  const config = router.data;
  insistOfRouter(provider, router);
  insistOnOwner(owner, provider.data);
  if (cosigner !== undefined) {
    insistOnSigner(cosigner, { key: config.roles.cosigner, as: "the router's cosigner", name: "CosignerRequired" });
  }
  const { destination, preparations } = await payeeOf(input.payer ?? owner, config, owner.address, input.payout);
  const accounts = { owner, config: router.address, provider: provider.address, payout: destination };
  return [
    ...preparations,
    getSetPayoutInstruction(cosigner === undefined ? accounts : { ...accounts, cosigner }, router),
  ];
}
