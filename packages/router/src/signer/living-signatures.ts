// Withdrawals that were signed and may still land: of each account one at a time, whatever the ledger says of it.
import { AimoError } from "@aimo-network/protocol/errors";
import type { Withdrawal } from "../ledger/chain-books/withdrawals.ts";
import { WITHDRAWALS_ALIVE_MAX } from "./limits.ts";
import { refusal } from "./refuse.ts";

interface Living {
  readonly id: string;
  readonly openedSlot: bigint;
  readonly withdrawSeq: bigint;
  readonly lastValidBlockHeight: bigint;
}

/** The memory of one signer. */
export class LivingSignatures {
  readonly #byAccount = new Map<string, Living>();

  /** Notes that a withdrawal is signed; refuses where one that uses the same number of its account may still land. */
  claim(withdrawal: Withdrawal, blockHeight: bigint, lastValidBlockHeight: bigint): void {
    const { id, party, wallet, openedSlot, withdrawSeq } = withdrawal;
    for (const [account, living] of this.#byAccount) {
      if (blockHeight > living.lastValidBlockHeight) this.#byAccount.delete(account);
    }
    const account = `${party} ${wallet}`;
    const living = this.#byAccount.get(account);
    if (living?.openedSlot === openedSlot && living.withdrawSeq === withdrawSeq) {
      throw refusal("already_signed", {
        expected: `that no signature of this account's withdrawal ${withdrawSeq} may still land`,
        found: `one for ${living.id}, which is good until block ${living.lastValidBlockHeight}`,
      });
    }
    if (this.#byAccount.size >= WITHDRAWALS_ALIVE_MAX) {
      throw new AimoError("overloaded", { what: "too many withdrawals were signed that have not landed" });
    }
    this.#byAccount.set(account, { id, openedSlot, withdrawSeq, lastValidBlockHeight });
  }
}
