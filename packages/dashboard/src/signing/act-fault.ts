// Why an act did not come about, and whether it may be tried again.
import { ConsoleFault } from "../api/fault-words.ts";
import { DIFFERENCES_SHOWN_MAX } from "./limits.ts";

/** What became of it. */
export type ActFaultKind =
  /** The console did not let it be signed or sent. */
  | "refused"
  /** The chain did not do it: nothing has moved. */
  | "rejected"
  /** It can never land: nothing has moved. */
  | "expired"
  /** It was sent, and nobody can tell yet. */
  | "unknown";

/** A fault of an act. */
export class ActFault extends ConsoleFault {
  readonly kind: ActFaultKind;
  /** What exactly, in sentences. */
  readonly details: readonly string[];

  constructor(kind: ActFaultKind, what: string, next: string, details: readonly string[] = []) {
    super(what, next);
    this.kind = kind;
    this.details = details.slice(0, DIFFERENCES_SHOWN_MAX);
  }
}
