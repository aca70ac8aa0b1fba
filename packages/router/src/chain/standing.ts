// What an account on chain means for this router's books, in the words of the ledger. Moments are the chain's seconds.
import { userExitOf, allowanceInForce, exitOf, pendingAllowance } from "@aimo-network/escrow/accounts/escrow-facts";
import type { Config } from "@aimo-network/escrow/generated/accounts/config";
import type { Escrow } from "@aimo-network/escrow/generated/accounts/escrow";
import type { Provider } from "@aimo-network/escrow/generated/accounts/provider";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { microUsdc } from "@aimo-network/protocol/money";

/** A user's escrow as the books follow it. */
export interface EscrowStanding {
  readonly wallet: string;
  readonly openedSlot: bigint;
  readonly deposited: MicroUsdc;
  readonly settled: MicroUsdc;
  readonly withdrawn: MicroUsdc;
  readonly settleSeq: bigint;
  readonly withdrawSeq: bigint;
  /** What may be settled since it was opened, a lowering that is announced included: it is respected before it is in force. */
  readonly allowance: MicroUsdc;
  /** Nothing is to be promised from then on: one notice before the allowance ends. */
  readonly stopsAt: bigint;
  readonly exitDueAt: bigint | undefined;
  /** Whether what it owes should be settled at once. */
  readonly isUrgent: boolean;
}

/** A provider's account as the books follow it. */
export interface ProviderStanding {
  readonly wallet: string;
  readonly openedSlot: bigint;
  readonly earned: MicroUsdc;
  readonly withdrawn: MicroUsdc;
  readonly withdrawSeq: bigint;
  readonly exitDueAt: bigint | undefined;
}

/** How an escrow stands at a moment. */
export function escrowStanding(escrow: Escrow, config: Pick<Config, "params">, now: bigint): EscrowStanding {
  const inForce = allowanceInForce(escrow, now);
  const pending = pendingAllowance(escrow, now);
  const total = pending !== undefined && pending.total < inForce.total ? pending.total : inForce.total;
  const ends = pending !== undefined && pending.expiresAt < inForce.expiresAt ? pending.expiresAt : inForce.expiresAt;
  const stopsAt = ends - config.params.allowanceNotice;
  const exit = userExitOf(escrow, config, now);
  return {
    wallet: escrow.user,
    openedSlot: escrow.openedSlot,
    deposited: microUsdc(escrow.depositedTotal),
    settled: microUsdc(escrow.settledTotal),
    withdrawn: microUsdc(escrow.withdrawnTotal),
    settleSeq: BigInt(escrow.settleSeq),
    withdrawSeq: BigInt(escrow.withdrawSeq),
    allowance: total,
    stopsAt,
    exitDueAt: exit?.deadline,
    isUrgent: exit !== undefined || pending !== undefined || now >= stopsAt,
  };
}

/** How a provider's account stands. */
export function providerStanding(provider: Provider, now: bigint): ProviderStanding {
  return {
    wallet: provider.owner,
    openedSlot: provider.openedSlot,
    earned: microUsdc(provider.earnedTotal),
    withdrawn: microUsdc(provider.withdrawnTotal),
    withdrawSeq: BigInt(provider.withdrawSeq),
    exitDueAt: exitOf(provider, now)?.deadline,
  };
}
