// What the instructions of users do: 1–3 and 5–9.
import { checkAmount, checkCeiling, sumOf } from "./amounts.ts";
import { exitDeadline, withAllowance } from "./allowance.ts";
import { BYTES, payRent } from "./creation.ts";
import type { Draft } from "./draft.ts";
import { require } from "./draft.ts";
import type { InstructionOf } from "./instruction.ts";
import { checkDestination, checkPayment, pay, transfer } from "./payment.ts";
import type { Escrow, Key } from "./records.ts";
import { NOBODY } from "./records.ts";

const CLOSE_SLOTS = 1_500n;
const NOT_LEAVING = { exitRequestedAt: 0n, exitDelay: 0n } as const;

/** Refuses, where a pause of this kind is in force. */
export function requireOpen(pauseUntil: bigint, time: bigint): void {
  require(time >= pauseUntil, "Paused");
}

/** Whether a key signs and has the role, which somebody has to have. */
export function holds(signers: ReadonlySet<Key>, key: Key, role: Key): boolean {
  return signers.has(key) && key === role && role !== NOBODY;
}

function requireUser(signers: ReadonlySet<Key>, user: Key, escrow: Escrow): void {
  require(signers.has(user) && user === escrow.user, "MissingSigner");
}

/** 1: opens an escrow with an allowance. */
export function openEscrow(draft: Draft, { accounts, arguments: told, signers }: InstructionOf<"open_escrow">): void {
  checkCeiling(told.allowTotal);
  checkCeiling(told.allowExpiresAt);
  draft.config(accounts.config);
  require(signers.has(accounts.user) && signers.has(accounts.payer), "MissingSigner");
  require(draft.surroundings.derive.escrow(accounts.config, accounts.user) === accounts.escrow, "BadPda");
  draft.put(accounts.escrow, {
    kind: "escrow",
    lamports: payRent(draft, accounts.payer, accounts.escrow, BYTES.escrow),
    config: accounts.config,
    user: accounts.user,
    rentPayer: accounts.payer,
    openedSlot: draft.now.slot,
    balance: 0n,
    depositedTotal: 0n,
    withdrawnTotal: 0n,
    settledTotal: 0n,
    allowTotal: told.allowTotal,
    allowExpiresAt: told.allowExpiresAt,
    pendingAllowTotal: 0n,
    pendingAllowExpiresAt: 0n,
    pendingAllowAt: 0n,
    lastDebitSlot: 0n,
    ...NOT_LEAVING,
    settleSeq: 0,
    withdrawSeq: 0,
  });
}

/** 2: moves tokens into the vault for a user. */
export function deposit(draft: Draft, { accounts, arguments: told, signers }: InstructionOf<"deposit">): void {
  const { amount } = told;
  checkAmount(amount);
  const config = draft.config(accounts.config);
  const escrow = draft.escrow(accounts.escrow, accounts.config);
  require(signers.has(accounts.funder), "MissingSigner");
  require(amount >= config.params.minDeposit, "BelowMinDeposit");
  requireOpen(config.pauseUntil[0], draft.now.time);
  require(escrow.exitRequestedAt === 0n, "ExitPending");
  checkPayment(draft, config, { ...accounts, vaultAuthority: config.vaultAuthority });
  require(accounts.source !== accounts.vault, "BadVault");
  const isFunders = draft.token(accounts.source)?.owner === accounts.funder;
  transfer(draft, accounts.source, accounts.vault, amount, isFunders);
  const balance = sumOf(escrow.balance, amount);
  draft.put(accounts.escrow, { ...escrow, balance, depositedTotal: sumOf(escrow.depositedTotal, amount) });
  draft.put(accounts.config, { ...config, totalUser: sumOf(config.totalUser, amount) });
}

/** 3: says how much may ever be settled, and until when. */
export function setAllowance(
  draft: Draft,
  { accounts, arguments: told, signers }: InstructionOf<"set_allowance">,
): void {
  checkCeiling(told.total);
  checkCeiling(told.expiresAt);
  const config = draft.config(accounts.config);
  const escrow = draft.escrow(accounts.escrow, accounts.config);
  requireUser(signers, accounts.user, escrow);
  draft.put(accounts.escrow, withAllowance(escrow, told, draft.now.time, config.params.allowanceNotice));
}

/** 5: pays a user at once, with the cosigner. */
export function withdrawUser(
  draft: Draft,
  { accounts, arguments: told, signers }: InstructionOf<"withdraw_user">,
): void {
  const { amount } = told;
  checkAmount(amount);
  const config = draft.config(accounts.config);
  const escrow = draft.escrow(accounts.escrow, accounts.config);
  requireUser(signers, accounts.user, escrow);
  require(holds(signers, accounts.cosigner, config.roles.cosigner), "CosignerRequired");
  requireOpen(config.pauseUntil[2], draft.now.time);
  require(escrow.exitRequestedAt === 0n, "ExitPending");
  const isThisOne = told.openedSlot === escrow.openedSlot && told.withdrawSeq === escrow.withdrawSeq;
  require(isThisOne, "BadWithdrawSeq");
  require(amount <= escrow.balance, "InsufficientBalance");
  checkPayment(draft, config, accounts);
  checkDestination(draft, config, accounts.destination);
  draft.put(accounts.escrow, { ...debited(draft, escrow, amount), withdrawSeq: escrow.withdrawSeq + 1 });
  draft.put(accounts.config, { ...config, totalUser: config.totalUser - amount });
  pay(draft, config, accounts.destination, amount);
}

function debited(draft: Draft, escrow: Escrow, amount: bigint): Escrow {
  return {
    ...escrow,
    balance: escrow.balance - amount,
    withdrawnTotal: escrow.withdrawnTotal + amount,
    lastDebitSlot: amount > 0n ? draft.now.slot : escrow.lastDebitSlot,
  };
}

/** 6: starts the clock of a user who leaves. */
export function requestExit(draft: Draft, { accounts, signers }: InstructionOf<"request_exit">): void {
  const { params } = draft.config(accounts.config);
  const escrow = draft.escrow(accounts.escrow, accounts.config);
  requireUser(signers, accounts.user, escrow);
  require(escrow.exitRequestedAt === 0n, "ExitPending");
  draft.put(accounts.escrow, { ...escrow, exitRequestedAt: draft.now.time, exitDelay: params.userExitDelay });
}

/** 7: a user who wanted to leave stays. */
export function cancelExit(draft: Draft, { accounts, signers }: InstructionOf<"cancel_exit">): void {
  draft.config(accounts.config);
  const escrow = draft.escrow(accounts.escrow, accounts.config);
  requireUser(signers, accounts.user, escrow);
  require(escrow.exitRequestedAt !== 0n, "ExitNotRequested");
  draft.put(accounts.escrow, { ...escrow, ...NOT_LEAVING });
}

/** 8: pays everything to a user whose exit is due. */
export function finalizeExit(draft: Draft, { accounts, signers }: InstructionOf<"finalize_exit">): void {
  const config = draft.config(accounts.config);
  const escrow = draft.escrow(accounts.escrow, accounts.config);
  require(accounts.user === escrow.user, "MissingSigner");
  require(escrow.exitRequestedAt !== 0n, "ExitNotRequested");
  require(draft.now.time >= exitDeadline(escrow, config.params.userExitDelay), "ExitTooEarly");
  checkPayment(draft, config, accounts);
  const amount = escrow.balance;
  draft.put(accounts.escrow, { ...debited(draft, escrow, amount), ...NOT_LEAVING });
  draft.put(accounts.config, { ...config, totalUser: config.totalUser - amount });
  if (amount === 0n) return;
  const { owner } = checkDestination(draft, config, accounts.destination);
  const associated = draft.surroundings.derive.associated(escrow.user, config.mint);
  const isSurelyTheirs = owner === escrow.user && accounts.destination === associated;
  require(signers.has(accounts.user) || isSurelyTheirs, "BadDestination");
  pay(draft, config, accounts.destination, amount);
}

/** 9: closes an empty escrow that has rested. */
export function closeEscrow(draft: Draft, { accounts, signers }: InstructionOf<"close_escrow">): void {
  draft.config(accounts.config);
  const escrow = draft.escrow(accounts.escrow, accounts.config);
  const mayClose = accounts.closer === escrow.user || accounts.closer === escrow.rentPayer;
  require(signers.has(accounts.closer) && mayClose, "MissingSigner");
  require(accounts.rentPayer === escrow.rentPayer, "BadDestination");
  require(escrow.balance === 0n, "NotEmpty");
  require(escrow.exitRequestedAt === 0n, "ExitPending");
  const hasRested = [escrow.openedSlot, escrow.lastDebitSlot].every((slot) => draft.now.slot >= slot + CLOSE_SLOTS);
  require(hasRested, "TooYoung");
  const receiver = draft.get(accounts.rentPayer);
  draft.put(accounts.escrow, { kind: "wallet", lamports: 0n });
  draft.put(accounts.rentPayer, { ...receiver, lamports: receiver.lamports + escrow.lamports });
}
