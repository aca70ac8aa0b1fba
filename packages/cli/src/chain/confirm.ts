// Before anything is signed: what a transaction does, from its own bytes, held against what was asked for, in words, and agreed to.
import type { TransactionDescription } from "@aimo-network/escrow/describe/description";
import { toldWords } from "@aimo-network/escrow/describe/told-words";
import { checkTransaction } from "@aimo-network/escrow/wish/check-transaction";
import type { TransactionWish } from "@aimo-network/escrow/wish/differences";
import type { CommandContext } from "../context.ts";
import { CommandFault } from "../fault.ts";

/** A transaction that does what was asked for, and that a person has agreed to. */
export interface ConfirmedTransaction {
  readonly bytes: Uint8Array;
  readonly description: TransactionDescription;
}

const DIFFERENCES_SHOWN_MAX = 5; // the first says enough; a transaction of a thousand faults fills no screen

function refusedToSign(why: string, code: string): CommandFault {
  return new CommandFault({
    what: "Nothing was signed: the transaction is not what was asked for.",
    why,
    next: "Whoever made it may be broken or dishonest: tell the router's operator, and look at `aimo exit`.",
    reason: "refused",
    code,
  });
}

/**
 * Checks bytes that a router or this command made, shows what they do, and asks; `--yes` skips the question, not the
 * words. Throws `CommandFault` where they are unreadable, do anything else than was wished, or where nobody says yes.
 */
export async function confirmTransaction(
  context: CommandContext,
  bytes: Uint8Array,
  wish: TransactionWish,
): Promise<ConfirmedTransaction> {
  const { terminal, options, interrupted } = context;
  const check = await checkTransaction(bytes, wish);
  if (check.kind === "unreadable") throw refusedToSign(check.reason, "transaction_unreadable");
  if (check.kind === "different") {
    throw refusedToSign(check.differences.slice(0, DIFFERENCES_SHOWN_MAX).join(" "), "transaction_differs");
  }
  const { description } = check;
  const say = options.isConfirmed ? terminal.note : terminal.warn; // whoever is asked has to see what about
  say(`This transaction of your wallet ${description.fee.payer}:`);
  for (const words of toldWords(description, wish.names)) say(`  ${words}`);
  if (!options.isConfirmed && !(await terminal.confirm(wish.question))) {
    const isAsked = terminal.isInteractive;
    throw new CommandFault({
      what: "Nothing was signed.",
      ...(!isAsked && { why: "nobody can be asked here: this is no terminal." }),
      next: isAsked ? "Run it again whenever you like." : "Add --yes where it is to be signed without a question.",
      reason: "declined",
    });
  }
  if (interrupted.aborted) throw new CommandFault({ what: "Nothing was signed.", reason: "interrupted" });
  return { bytes, description };
}
