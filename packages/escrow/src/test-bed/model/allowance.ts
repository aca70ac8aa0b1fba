// How much of an escrow may be settled at a moment, and how that changes.
import { require } from "./draft.ts";
import { greater, lesser } from "./amounts.ts";
import type { Escrow } from "./records.ts";

const NONE_PENDING = { pendingAllowTotal: 0n, pendingAllowExpiresAt: 0n, pendingAllowAt: 0n } as const;

/** The escrow with a lowered allowance in force, where its notice is over. */
export function withDueAllowance(escrow: Escrow, time: bigint): Escrow {
  if (escrow.pendingAllowAt === 0n || time < escrow.pendingAllowAt) return escrow;
  const { pendingAllowTotal: allowTotal, pendingAllowExpiresAt: allowExpiresAt } = escrow;
  return { ...escrow, allowTotal, allowExpiresAt, ...NONE_PENDING };
}

/** The escrow after its user set the allowance: what is higher is in force at once, what is lower after the notice. */
export function withAllowance(
  standing: Escrow,
  wanted: { readonly total: bigint; readonly expiresAt: bigint },
  time: bigint,
  noticeSeconds: bigint,
): Escrow {
  const escrow = withDueAllowance(standing, time);
  const isLower = wanted.total < escrow.allowTotal || wanted.expiresAt < escrow.allowExpiresAt;
  require(!isLower || escrow.pendingAllowAt === 0n, "NoticePending");
  const raised = {
    ...escrow,
    allowTotal: greater(escrow.allowTotal, wanted.total),
    allowExpiresAt: greater(escrow.allowExpiresAt, wanted.expiresAt),
    ...NONE_PENDING,
  };
  if (!isLower) return raised;
  const pending = {
    pendingAllowTotal: wanted.total,
    pendingAllowExpiresAt: wanted.expiresAt,
    pendingAllowAt: time + noticeSeconds,
  };
  return withDueAllowance({ ...raised, ...pending }, time);
}

/** When an exit is due: after the delay that was copied, or the one in force where that is shorter. */
export function exitDeadline(escrow: Escrow, delayInForce: bigint): bigint {
  return escrow.exitRequestedAt + lesser(escrow.exitDelay, delayInForce);
}

/** What the allowance in force leaves, of an escrow whose due allowance is applied. */
export function allowanceLeft(escrow: Escrow, time: bigint, delayInForce: bigint): bigint {
  if (time >= escrow.allowExpiresAt) return 0n;
  if (escrow.exitRequestedAt !== 0n && time >= exitDeadline(escrow, delayInForce)) return 0n;
  return greater(0n, escrow.allowTotal - escrow.settledTotal);
}

/** The most that an entry can take now, of an escrow as it stands. */
export function collectable(standing: Escrow, time: bigint, delayInForce: bigint): bigint {
  const escrow = withDueAllowance(standing, time);
  return lesser(escrow.balance, allowanceLeft(escrow, time, delayInForce));
}
