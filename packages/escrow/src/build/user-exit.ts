// Instructions by which a user gets money back: at once with the router's cosigner, or after a delay without it.
import type { Instruction, TransactionSigner } from "@solana/kit";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { closableSlot, userExitOf } from "../accounts/escrow-facts.ts";
import { insistOfRouter } from "../accounts/read-account.ts";
import type { Held } from "../accounts/read-account.ts";
import type { TokenReading } from "../accounts/token-account.ts";
import { associatedTokenAddress } from "../addresses.ts";
import type { Config } from "../generated/accounts/config.ts";
import type { Escrow } from "../generated/accounts/escrow.ts";
import { getCancelExitInstruction } from "../generated/instructions/cancelExit.ts";
import { getCloseEscrowInstruction } from "../generated/instructions/closeEscrow.ts";
import { getFinalizeExitInstruction } from "../generated/instructions/finalizeExit.ts";
import { getRequestExitInstruction } from "../generated/instructions/requestExit.ts";
import { getWithdrawUserInstruction } from "../generated/instructions/withdrawUser.ts";
import { momentWords, usdcWords } from "../plain-words.ts";
import { insist } from "../refusal.ts";
import { associatedPayee, payeeOf } from "./payee.ts";
import type { Payee } from "./payee.ts";
import { insistNotPaused, insistOnAmount, insistOnDestination, insistOnSigner, insistWithin } from "./requirements.ts";

/** What a user's withdrawal takes. */
export interface WithdrawUserInput {
  readonly user: TransactionSigner;
  readonly cosigner: TransactionSigner;
  readonly router: Held<Config>;
  readonly escrow: Held<Escrow>;
  readonly amount: MicroUsdc;
  readonly now: bigint;
  /** Any token account of the mint; the user's associated one where none is named. */
  readonly destination?: TokenReading;
  /** Pays for the associated account where it is missing; the user where nobody is named. */
  readonly payer?: TransactionSigner;
}

/** 5: pays a user at once, with the cosigner's agreement. */
export async function buildWithdrawUser(input: WithdrawUserInput): Promise<Instruction[]> {
  const { user, cosigner, router, escrow, amount, now } = input;
  const config = router.data;
  insistOnAmount(amount);
  insistOfRouter(escrow, router);
  insistOnSigner(user, { key: escrow.data.user, as: "the escrow's user", name: "MissingSigner" });
  insistOnSigner(cosigner, { key: config.roles.cosigner, as: "the router's cosigner", name: "CosignerRequired" });
  insistNotPaused(config, "coop_withdraw", now);
  insistNotLeaving(escrow.data);
  insistWithin(amount, escrow.data.balance);
  const { destination, preparations } = await payeeOf(input.payer ?? user, config, user.address, input.destination);
  const { vault, vaultAuthority, mint } = config;
  const { openedSlot, withdrawSeq } = escrow.data;
  const accounts = { user, cosigner, config: router.address, escrow: escrow.address, vault, vaultAuthority, mint };
  return [
    ...preparations,
    getWithdrawUserInstruction({ ...accounts, destination, amount, openedSlot, withdrawSeq }, router),
  ];
}

function insistNotLeaving(escrow: Escrow): void {
  insist(escrow.exitRequestedAt === 0n, "ExitPending", () => ({
    found: `an exit since ${momentWords(escrow.exitRequestedAt)}`,
  }));
}

/** What a user's exit takes. */
export interface ExitInput {
  readonly user: TransactionSigner;
  readonly router: Held<Config>;
  readonly escrow: Held<Escrow>;
}

/** 6: starts the delay after which the user gets everything. */
export async function buildRequestExit(input: ExitInput): Promise<Instruction[]> {
  const { user, router, escrow } = input;
  insistOfRouter(escrow, router);
  insistOnSigner(user, { key: escrow.data.user, as: "the escrow's user", name: "MissingSigner" });
  insistNotLeaving(escrow.data);
  return [getRequestExitInstruction({ user, config: router.address, escrow: escrow.address }, router)];
}

/** 7: the user stays. */
export async function buildCancelExit(input: ExitInput): Promise<Instruction[]> {
  const { user, router, escrow } = input;
  insistOfRouter(escrow, router);
  insistOnSigner(user, { key: escrow.data.user, as: "the escrow's user", name: "MissingSigner" });
  insist(escrow.data.exitRequestedAt !== 0n, "ExitNotRequested", () => ({ found: "none" }));
  return [getCancelExitInstruction({ user, config: router.address, escrow: escrow.address }, router)];
}

/** What paying a user out after the delay takes. */
export interface FinalizeExitInput {
  /** Pays for the associated account where it is missing; anybody. */
  readonly payer: TransactionSigner;
  readonly router: Held<Config>;
  readonly escrow: Held<Escrow>;
  readonly now: bigint;
  /** The user, where the user signs: then the destination may be any token account of the mint. */
  readonly user?: TransactionSigner;
  /** The user's associated token account where none is named. */
  readonly destination?: TokenReading;
}

/** 8: pays everything to a user whose exit is due. */
export async function buildFinalizeExit(input: FinalizeExitInput): Promise<Instruction[]> {
  const { router, escrow, now } = input;
  insistOfRouter(escrow, router);
  const signs = input.user;
  if (signs !== undefined) {
    insistOnSigner(signs, { key: escrow.data.user, as: "the escrow's user", name: "MissingSigner" });
  }
  const exit = userExitOf(escrow.data, router.data, now);
  insist(exit !== undefined, "ExitNotRequested", () => ({ found: "none" }));
  insist(exit.isDue, "ExitTooEarly", () => ({
    expected: `the exit to be finalized from ${momentWords(exit.deadline)} on`,
    found: momentWords(now),
  }));
  const { destination, preparations } = await exitPayee(input);
  const { vault, vaultAuthority, mint } = router.data;
  const accounts = { config: router.address, escrow: escrow.address, vault, vaultAuthority, mint, destination };
  return [...preparations, getFinalizeExitInstruction({ ...accounts, user: signs ?? escrow.data.user }, router)];
}

async function exitPayee({ payer, router, escrow, user, destination }: FinalizeExitInput): Promise<Payee> {
  const config = router.data;
  const owner = escrow.data.user;
  const isEmpty = escrow.data.balance === 0n; // then nothing moves, and no destination is looked at
  if (destination === undefined) {
    const payee = await associatedPayee(payer, config, owner);
    return isEmpty ? { ...payee, preparations: [] } : payee;
  }
  if (!isEmpty) {
    const token = insistOnDestination(config, destination);
    const associated = await associatedTokenAddress({ owner, mint: config.mint });
    const isTheirs = token.owner === owner && destination.address === associated;
    insist(user !== undefined || isTheirs, "BadDestination", () => ({
      expected: `the user's associated token account ${associated}, or the user's signature`,
      found: `${destination.address} of ${token.owner}`,
    }));
  }
  return { destination: destination.address, preparations: [] };
}

/** What closing an escrow takes. */
export interface CloseEscrowInput {
  /** The user, or who paid the rent. */
  readonly closer: TransactionSigner;
  readonly router: Held<Config>;
  readonly escrow: Held<Escrow>;
  /** The chain's slot. */
  readonly slot: bigint;
}

/** 9: closes an empty escrow that has rested; the rent goes back to who paid it. */
export async function buildCloseEscrow(input: CloseEscrowInput): Promise<Instruction[]> {
  const { closer, router, escrow, slot } = input;
  const { user, rentPayer, balance } = escrow.data;
  insistOfRouter(escrow, router);
  insist(closer.address === user || closer.address === rentPayer, "MissingSigner", () => ({
    expected: `a signature of the user ${user} or of ${rentPayer}, who paid the rent`,
    found: closer.address,
  }));
  insist(balance === 0n, "NotEmpty", () => ({ found: usdcWords(balance) }));
  insistNotLeaving(escrow.data);
  const first = closableSlot(escrow.data);
  insist(slot >= first, "TooYoung", () => ({ expected: `slot ${first} or later`, found: `slot ${slot}` }));
  return [getCloseEscrowInstruction({ closer, config: router.address, escrow: escrow.address, rentPayer }, router)];
}
