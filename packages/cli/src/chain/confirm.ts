// Before anything is signed: what a transaction does, from its own bytes, held against what was asked for, in words, and agreed to.
import type { Address } from "@solana/kit";
import { describeTransaction } from "@aimo-network/escrow/describe/describe-transaction";
import type { TransactionDescription } from "@aimo-network/escrow/describe/description";
import { solWords } from "@aimo-network/escrow/describe/foreign-text";
import type { CommandContext } from "../context.ts";
import { CommandFault } from "../fault.ts";
import { differences } from "./differences.ts";
import type { TransactionWish } from "./differences.ts";

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

/** What it does in sentences: the figures of the compute budget are in the fee, and what is known has its name. */
function wordsOf({ actions, fee, flags }: TransactionDescription, names: TransactionWish["names"] = {}): string[] {
  const told = actions.filter(({ program }) => program !== "compute_budget").map(({ words }) => words);
  const cost = solWords(fee.baseLamports + fee.priorityLamportsMax);
  const lines = [
    ...told,
    `${fee.payer} pays the fee, at most ${cost}.`,
    ...flags.map(({ words }) => `Attention: ${words}`),
  ];
  const known = Object.entries({ ...names, [fee.payer]: "your wallet" });
  return lines
    .map((line) => known.reduce((text, [address, name]) => text.replaceAll(address, () => name), line)) // a URL may hold `$&`
    .map((line) => line.charAt(0).toUpperCase() + line.slice(1));
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
  const [feePayer] = wish.signers;
  const people: readonly Address[] = [...wish.signers, ...(wish.people ?? [])];
  const description = await describeTransaction(bytes, {
    programAddress: wish.programAddress,
    people,
    ...(wish.router !== undefined && { router: wish.router }),
    ...(wish.mint !== undefined && { mint: wish.mint }),
    ...(feePayer !== undefined && { feePayer }),
  });
  if (description.kind === "unreadable") throw refusedToSign(description.reason, "transaction_unreadable");
  const found = differences(bytes, description, wish);
  if (found.length > 0) throw refusedToSign(found.slice(0, DIFFERENCES_SHOWN_MAX).join(" "), "transaction_differs");
  const say = options.isConfirmed ? terminal.note : terminal.warn; // whoever is asked has to see what about
  say(`This transaction of your wallet ${description.fee.payer}:`);
  for (const words of wordsOf(description, wish.names)) say(`  ${words}`);
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
