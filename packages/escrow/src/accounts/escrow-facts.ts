// What a user's escrow means at a moment: how much may be settled, and when the user is out. Moments are the chain's seconds.
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { microUsdc } from "@aimo-network/protocol/money";
import type { Config } from "../generated/accounts/config.ts";
import type { Escrow } from "../generated/accounts/escrow.ts";
import { CLOSE_SLOTS } from "../program-bounds.ts";

/** How much may ever be settled, and until when. */
export interface Allowance {
  readonly total: MicroUsdc;
  /** Nothing is settled from then on. */
  readonly expiresAt: bigint;
}

/** A lower allowance that comes into force by itself. */
export interface PendingAllowance extends Allowance {
  readonly at: bigint;
}

/** An exit that was requested. */
export interface Exit {
  readonly requestedAt: bigint;
  /** From then on anybody may finalize it, and nothing is settled any more. */
  readonly deadline: bigint;
  readonly isDue: boolean;
}

/** The lowering that still waits; undefined where there is none, or where it is in force already. */
export function pendingAllowance(escrow: Escrow, now: bigint): PendingAllowance | undefined {
  const { pendingAllowTotal, pendingAllowExpiresAt, pendingAllowAt } = escrow;
  if (pendingAllowAt === 0n || now >= pendingAllowAt) return undefined;
  return { total: microUsdc(pendingAllowTotal), expiresAt: pendingAllowExpiresAt, at: pendingAllowAt };
}

/** The allowance in force, a lowering that has fallen due included. */
export function allowanceInForce(escrow: Escrow, now: bigint): Allowance {
  const isLowered = escrow.pendingAllowAt !== 0n && now >= escrow.pendingAllowAt;
  return isLowered
    ? { total: microUsdc(escrow.pendingAllowTotal), expiresAt: escrow.pendingAllowExpiresAt }
    : { total: microUsdc(escrow.allowTotal), expiresAt: escrow.allowExpiresAt };
}

/** The exit that was requested, if one was. */
export function exitOf(escrow: Pick<Escrow, "exitRequestedAt" | "exitDelay">, now: bigint): Exit | undefined {
  if (escrow.exitRequestedAt === 0n) return undefined;
  const deadline = escrow.exitRequestedAt + escrow.exitDelay;
  return { requestedAt: escrow.exitRequestedAt, deadline, isDue: now >= deadline };
}

/** A user's exit: it is due after the delay that was copied, or the router's delay in force where that is shorter. */
export function userExitOf(escrow: Escrow, { params }: Pick<Config, "params">, now: bigint): Exit | undefined {
  const { exitRequestedAt, exitDelay } = escrow;
  const delay = params.userExitDelay < exitDelay ? params.userExitDelay : exitDelay;
  return exitOf({ exitRequestedAt, exitDelay: delay }, now);
}

/** What the allowance in force leaves to settle, whatever the balance. */
export function allowanceLeft(escrow: Escrow, config: Pick<Config, "params">, now: bigint): MicroUsdc {
  const { total, expiresAt } = allowanceInForce(escrow, now);
  const isOver = now >= expiresAt || userExitOf(escrow, config, now)?.isDue === true;
  return microUsdc(isOver || total <= escrow.settledTotal ? 0n : total - escrow.settledTotal);
}

/** The most that a settlement may take now. */
export function collectable(escrow: Escrow, config: Pick<Config, "params">, now: bigint): MicroUsdc {
  const left = allowanceLeft(escrow, config, now);
  return escrow.balance < left ? microUsdc(escrow.balance) : left;
}

/** The first slot in which an empty escrow may be closed. */
export function closableSlot(escrow: Escrow): bigint {
  const since = escrow.openedSlot > escrow.lastDebitSlot ? escrow.openedSlot : escrow.lastDebitSlot;
  return since + CLOSE_SLOTS;
}
