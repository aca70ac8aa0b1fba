// What happens to withdrawals that nobody hands in, or that do not land: held until they never can, and not longer.
import type { Clock } from "@aimo-network/protocol/clock";
import { isAimoError } from "@aimo-network/protocol/errors";
import type { Logger } from "pino";
import type { Landing } from "../../chain/submission/landing.ts";
import type { WithdrawalChain } from "../../chain/submission/withdrawal-chain.ts";
import type { Withdrawal, Withdrawals } from "../../ledger/chain-books/withdrawals.ts";
import {
  WITHDRAWALS_SENT_AT_ONCE_MAX,
  WITHDRAWALS_SWEPT_MAX,
  WITHDRAWAL_RESEND_MS,
  WITHDRAWAL_SIGN_MS,
} from "./limits.ts";

/** Done by the leader of the watcher's job every few seconds. */
export interface WithdrawalSweep {
  /** Sends again what may still land, and gives back what never can; `fence` is the leader's. */
  sweep(fence: bigint): Promise<void>;
}

/** What sweeping needs. */
export interface WithdrawalSweepDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly withdrawals: Pick<Withdrawals, "open" | "expire">;
  readonly chain: Pick<WithdrawalChain, "fates" | "send" | "isDead" | "seqEverywhere">;
}

/** A withdrawal that somebody may have signed. */
type SignedOpen = Withdrawal & { readonly lastValidBlockHeight: bigint };

function isSigned(withdrawal: Withdrawal): withdrawal is SignedOpen {
  return withdrawal.state !== "requested" && withdrawal.lastValidBlockHeight !== undefined;
}

function byHeight(one: SignedOpen, other: SignedOpen): number {
  if (one.lastValidBlockHeight === other.lastValidBlockHeight) return 0;
  return one.lastValidBlockHeight < other.lastValidBlockHeight ? -1 : 1;
}

/** Sends what was handed in and has not landed; gives what became of the others, by withdrawal. */
function createSending({ clock, log, chain }: WithdrawalSweepDeps) {
  const sentMs = new Map<string, number>();
  const isDue = ({ id }: Withdrawal): boolean => {
    return clock.monotonic() >= (sentMs.get(id) ?? -Infinity) + WITHDRAWAL_RESEND_MS;
  };
  const sendOne = async ({ id, wire = "" }: Withdrawal): Promise<void> => {
    sentMs.set(id, clock.monotonic());
    try {
      await chain.send(wire);
    } catch (error) {
      log.debug({ error, withdrawal: id }, "a withdrawal is sent again later");
    }
  };
  return async (submitted: readonly Withdrawal[]): Promise<ReadonlyMap<string, Landing>> => {
    const open = new Set(submitted.map(({ id }) => id));
    for (const id of sentMs.keys()) if (!open.has(id)) sentMs.delete(id);
    const fates = await chain.fates(submitted.map(({ signature = "" }) => signature));
    const landings = new Map<string, Landing>();
    const unknown = submitted.filter(({ id }, index) => {
      const fate = fates[index];
      if (fate === undefined || fate === "unknown") return true;
      landings.set(id, fate);
      return false;
    });
    const due = unknown.filter(isDue);
    for (let start = 0; start < due.length; start += WITHDRAWALS_SENT_AT_ONCE_MAX) {
      await Promise.all(due.slice(start, start + WITHDRAWALS_SENT_AT_ONCE_MAX).map(sendOne));
    }
    return landings;
  };
}

/** Creates the sweep. */
export function createWithdrawalSweep(deps: WithdrawalSweepDeps): WithdrawalSweep {
  const { clock, log, withdrawals, chain } = deps;
  const send = createSending(deps);
  const expire = async (fence: bigint, { id }: Withdrawal, failure: string): Promise<void> => {
    const isExpired = await withdrawals.expire(fence, new Date(clock.now()), id, failure);
    if (isExpired) log.info({ withdrawal: id, failure }, "withdrawal expired");
  };
  /** Whether every node says for good that the account has had no withdrawal under this number. */
  const isUnused = async ({ party, wallet, openedSlot, withdrawSeq }: Withdrawal): Promise<boolean> => {
    const seqs = await chain.seqEverywhere({ party, wallet });
    return seqs.length > 0 && seqs.every((seq) => seq?.openedSlot === openedSlot && seq.withdrawSeq === withdrawSeq);
  };
  const expireDead = async (
    fence: bigint,
    signed: readonly SignedOpen[],
    landings: ReadonlyMap<string, Landing>,
  ): Promise<void> => {
    // In the order of their heights: where one may still land, all after it may.
    for (const withdrawal of signed.toSorted(byHeight)) {
      if (!(await chain.isDead(withdrawal.lastValidBlockHeight))) return;
      // Only then: a number that is read before the height could have been used in between.
      if (!(await isUnused(withdrawal))) continue;
      const failure = landings.get(withdrawal.id)?.failure ?? "it was not signed and submitted in time";
      await expire(fence, withdrawal, failure);
    }
  };
  return {
    async sweep(fence) {
      const open = await withdrawals.open(WITHDRAWALS_SWEPT_MAX);
      const staleMs = clock.now() - WITHDRAWAL_SIGN_MS;
      for (const withdrawal of open) {
        const isStale = withdrawal.state === "requested" && withdrawal.requestedAt.getTime() < staleMs;
        if (isStale) await expire(fence, withdrawal, "this router could not sign it");
      }
      try {
        const landings = await send(open.filter(({ state }) => state === "submitted"));
        await expireDead(fence, open.filter(isSigned), landings);
      } catch (error) {
        // A node that does not answer may know of a payment that no other one does: everything stays held.
        if (!isAimoError(error, "chain_unavailable")) throw error;
        log.warn({ error, open: open.length }, "withdrawals stay held while a chain node does not answer");
      }
    },
  };
}
