// What was signed for settling and is not seen on chain: it counts against the window until it has landed or never can.
import { AimoError } from "@aimo-network/protocol/errors";
import type { Escrow } from "@aimo-network/escrow/generated/accounts/escrow";
import type { Address } from "@solana/kit";
import type { EscrowsView } from "./chain-view.ts";
import { UNSEEN_ENTRIES_MAX } from "./limits.ts";

/** An entry as it is signed. */
export interface SignedEntry {
  readonly escrow: Address;
  readonly openedSlot: bigint;
  readonly seq: bigint;
  /** In micro-USDC, whole: nobody can rely on shortfalls. */
  readonly amount: bigint;
}

/** When something was judged, and until when it can land and counts. */
export interface SigningLife {
  readonly lastValidBlockHeight: bigint;
  /** In the chain's seconds. */
  readonly windowEndsAt: bigint;
  /** The slot at which it was judged: what is older says nothing of it. */
  readonly judgedSlot: bigint;
}

/** An entry that was signed. */
export type UnseenEntry = SignedEntry & SigningLife;

/** What somebody knows of the chain. */
export interface ChainKnowledge {
  readonly views: readonly EscrowsView[];
  readonly blockHeight: bigint;
  /** In the chain's seconds. */
  readonly time: bigint;
}

/** A number is used once on chain, whichever batch it comes in. */
function keyOf({ escrow, openedSlot, seq }: SignedEntry): string {
  return `${escrow} ${openedSlot} ${seq}`;
}

/** Whether nothing can be applied under an entry's number any more. */
export function isOver({ openedSlot, seq }: SignedEntry, escrow: Escrow | undefined): boolean {
  return escrow === undefined || escrow.openedSlot !== openedSlot || BigInt(escrow.settleSeq) >= seq;
}

/** Whether an entry need not be counted any more: it is used up, or it is dead and its window is over. */
function isGone(entry: UnseenEntry, { views, blockHeight, time }: ChainKnowledge): boolean {
  if (blockHeight > entry.lastValidBlockHeight && time >= entry.windowEndsAt) return true;
  return views.some(({ slot, escrows }) => {
    return slot >= entry.judgedSlot && escrows.has(entry.escrow) && isOver(entry, escrows.get(entry.escrow));
  });
}

/** The memory of one signer. */
export class UnseenEntries {
  readonly #entries = new Map<string, UnseenEntry>();
  readonly #looks = new Set<UnseenEntry[]>();

  /**
   * Gives `work` all there are, and what is added while it works. What somebody forgets meanwhile stays in it: that has
   * landed, but maybe not yet in what `work` has seen of the chain.
   */
  async whileLooking<Result>(work: (look: readonly UnseenEntry[]) => Promise<Result>): Promise<Result> {
    const look = [...this.#entries.values()];
    this.#looks.add(look);
    try {
      return await work(look);
    } finally {
      this.#looks.delete(look);
    }
  }

  /** What of a look may still be applied if `entries` are signed too; one that is signed again counts once. */
  sumWith(entries: readonly SignedEntry[], look: readonly UnseenEntry[], knowledge: ChainKnowledge): bigint {
    for (const [key, entry] of this.#entries) if (isGone(entry, knowledge)) this.#entries.delete(key);
    const amounts = new Map<string, bigint>();
    for (const entry of [...look.filter((one) => !isGone(one, knowledge)), ...entries]) {
      amounts.set(keyOf(entry), larger(entry.amount, amounts.get(keyOf(entry)) ?? 0n));
    }
    return [...amounts.values()].reduce((sum, amount) => sum + amount, 0n);
  }

  /** Remembers what is about to be signed. */
  add(entries: readonly SignedEntry[], life: SigningLife): void {
    const fresh = entries.filter((entry) => !this.#entries.has(keyOf(entry)));
    if (this.#entries.size + fresh.length > UNSEEN_ENTRIES_MAX) {
      throw new AimoError("overloaded", { what: "too many entries were signed that have not landed" });
    }
    for (const { escrow, openedSlot, seq, amount } of entries) {
      const entry = { escrow, openedSlot, seq, amount, ...life };
      const before = this.#entries.get(keyOf(entry)) ?? entry;
      const kept = {
        ...entry,
        amount: larger(before.amount, amount),
        lastValidBlockHeight: larger(before.lastValidBlockHeight, life.lastValidBlockHeight),
        windowEndsAt: larger(before.windowEndsAt, life.windowEndsAt),
        judgedSlot: larger(before.judgedSlot, life.judgedSlot),
      };
      this.#entries.set(keyOf(entry), kept);
      for (const look of this.#looks) look.push(kept);
    }
  }
}

function larger(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}
