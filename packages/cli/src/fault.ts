// What a person is told when a command cannot go on: what happened, why, and what to type next.
import type { ExitReason } from "./exit-codes.ts";

/** The parts of a fault. */
export interface FaultWords {
  /** One sentence: what was wanted, and that it did not happen. */
  readonly what: string;
  /** The cause, as far as it is known. */
  readonly why?: string;
  /** What to do or type next. */
  readonly next?: string;
  readonly reason: Exclude<ExitReason, "done">;
  /** A stable word for scripts, such as a router's `error_code`. */
  readonly code?: string;
}

/** Ends a command; everything else that is thrown is a fault of this program. */
export class CommandFault extends Error {
  override readonly name = "CommandFault";
  readonly words: FaultWords;

  constructor(words: FaultWords, options?: ErrorOptions) {
    super(words.what, options);
    this.words = words;
  }
}
