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

interface Remembered extends SignedEntry {
  readonly lastValidBlockHeight: bigint;
  /** In the chain's seconds. */
  readonly windowEndsAt: bigint;
  /** The slot at which it was judged: what is older says nothing of it. */
  readonly judgedSlot: bigint;
}

/** When something was judged, and until when it can land and counts. */
export type SigningLife = Pick<Remembered, "lastValidBlockHeight" | "windowEndsAt" | "judgedSlot">;

/** A number is used once on chain, whichever batch it comes in. */
function keyOf({ escrow, openedSlot, seq }: SignedEntry): string {
  return `${escrow} ${openedSlot} ${seq}`;
}

/** Whether nothing can be applied under an entry's number any more. */
export function isOver({ openedSlot, seq }: SignedEntry, escrow: Escrow | undefined): boolean {
  return escrow === undefined || escrow.openedSlot !== openedSlot || BigInt(escrow.settleSeq) >= seq;
}

/** The memory of one signer. */
export class UnseenEntries {
  readonly #entries = new Map<string, Remembered>();

  /** The slot at which any of them was judged last. */
  get slot(): bigint {
    return [...this.#entries.values()].reduce((latest, { judgedSlot }) => larger(latest, judgedSlot), 0n);
  }

  /** The escrows to look at before anything more is signed. */
  escrows(): readonly Address[] {
    return [...new Set([...this.#entries.values()].map(({ escrow }) => escrow))];
  }

  /** Forgets what is over by the escrows that were looked at. */
  forgetApplied({ slot, escrows }: EscrowsView): void {
    for (const [key, entry] of this.#entries) {
      if (slot < entry.judgedSlot || !escrows.has(entry.escrow)) continue;
      if (isOver(entry, escrows.get(entry.escrow))) this.#entries.delete(key);
    }
  }

  /** Forgets what can never land any more, once the window it was signed in is over. */
  forgetDead(now: { readonly blockHeight: bigint; readonly time: bigint }): void {
    for (const [key, { lastValidBlockHeight, windowEndsAt }] of this.#entries) {
      if (now.blockHeight > lastValidBlockHeight && now.time >= windowEndsAt) this.#entries.delete(key);
    }
  }

  /** What may still be applied if these are signed too; an entry that is signed again counts once. */
  sumWith(entries: readonly SignedEntry[]): bigint {
    const amounts = new Map([...this.#entries].map(([key, { amount }]) => [key, amount]));
    for (const entry of entries) {
      const before = amounts.get(keyOf(entry)) ?? 0n;
      amounts.set(keyOf(entry), entry.amount > before ? entry.amount : before);
    }
    return [...amounts.values()].reduce((sum, amount) => sum + amount, 0n);
  }

  /** Remembers what is about to be signed. */
  add(entries: readonly SignedEntry[], life: SigningLife): void {
    const fresh = entries.filter((entry) => !this.#entries.has(keyOf(entry)));
    if (this.#entries.size + fresh.length > UNSEEN_ENTRIES_MAX)
      throw new AimoError("overloaded", { what: "too many entries were signed that have not landed" });
    for (const entry of entries) {
      const before = this.#entries.get(keyOf(entry)) ?? { ...entry, ...life };
      this.#entries.set(keyOf(entry), {
        ...entry,
        amount: larger(before.amount, entry.amount),
        lastValidBlockHeight: larger(before.lastValidBlockHeight, life.lastValidBlockHeight),
        windowEndsAt: larger(before.windowEndsAt, life.windowEndsAt),
        judgedSlot: larger(before.judgedSlot, life.judgedSlot),
      });
    }
  }
}

function larger(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}
