// Which step of the money path a statement is: told by its text, and of postings by what they bring that is new.
import type { BoundStatement } from "../crash/postgres-messages.ts";
import type { Step } from "./points.ts";

// What the texts of these statements hold, in packages/router/src/ledger/chain-books.
const STEPS_BY_TEXT: readonly (readonly [RegExp, Step])[] = [
  [/ledger_cut\(/, "cut"],
  [/UPDATE settle_batches b SET root = /, "root-stored"],
  [/UPDATE settle_batches b SET state = 'signed'/, "signed-stored"],
  [/UPDATE settle_batches b SET state = 'sent'/, "sent-stored"],
  [/UPDATE settle_entries x SET logged_applied = t/, "log-stored"],
  [/ledger_request_withdrawal\(/, "withdrawal-request"],
  [/UPDATE withdrawals SET state = 'router-signed'/, "withdrawal-signed-stored"],
  [/UPDATE withdrawals SET state = 'submitted'/, "withdrawal-submitted-stored"],
  [/ledger_expire_withdrawal\(/, "withdrawal-expiry"],
];

/** Positions among the values of a posting (`createChainPosting`). */
const ESCROW = { text: /ledger_observe_escrow\(/, owner: 3, deposited: 6, settleSeq: 9, withdrawSeq: 10 };
const PROVIDER = { text: /ledger_observe_provider\(/, owner: 3, withdrawSeq: 8 };

/** The running totals of an account. */
interface Totals {
  readonly deposited: bigint;
  readonly settleSeq: bigint;
  readonly withdrawSeq: bigint;
}

const NOTHING: Totals = { deposited: 0n, settleSeq: 0n, withdrawSeq: 0n };

/** A statement that is a step, and what to do when PostgreSQL has done it. */
export interface SeenStep {
  readonly step: Step;
  /** Whether it did what it is for, by the first column of its first row and its tag. */
  hasEffect(firstColumn: string | undefined, tag: string): boolean;
  /** Remembers what it posted. */
  done(): void;
}

/** Tells steps; one for a network, because an account's postings may come from any of its routers. */
export class LedgerSteps {
  readonly #posted = new Map<string, Totals>();

  /** The step that a statement is; undefined for any other. */
  of(text: string, bound: BoundStatement): SeenStep | undefined {
    if (ESCROW.text.test(text)) return this.#posting(`user ${bound.values[ESCROW.owner]}`, bound, ESCROW);
    if (PROVIDER.text.test(text)) {
      return this.#posting(`provider ${bound.values[PROVIDER.owner]}`, bound, PROVIDER);
    }
    const step = STEPS_BY_TEXT.find(([pattern]) => pattern.test(text))?.[1];
    if (step === undefined) return undefined;
    return { step, hasEffect: (column, tag) => hasEffect(step, column, tag), done: () => undefined };
  }

  #posting(
    place: string,
    { values }: BoundStatement,
    columns: { readonly withdrawSeq: number; readonly deposited?: number; readonly settleSeq?: number },
  ): SeenStep | undefined {
    const before = this.#posted.get(place) ?? NOTHING;
    const at = (column: number | undefined): bigint => (column === undefined ? 0n : BigInt(values[column] ?? "0"));
    const now = {
      deposited: at(columns.deposited),
      settleSeq: at(columns.settleSeq),
      withdrawSeq: at(columns.withdrawSeq),
    };
    const step = newOf(before, now);
    if (step === undefined) return undefined;
    return {
      step,
      hasEffect: (outcome) => outcome === "posted",
      done: () => void this.#posted.set(place, now),
    };
  }
}

/** What a posting is for; where it is for several things, the one that comes last in an account's life. */
function newOf(before: Totals, now: Totals): Step | undefined {
  if (now.withdrawSeq > before.withdrawSeq) return "withdrawal-posting";
  if (now.settleSeq > before.settleSeq) return "settlement-posting";
  if (now.deposited > before.deposited) return "deposit-posting";
  return undefined;
}

function hasEffect(step: Step, column: string | undefined, tag: string): boolean {
  switch (step) {
    case "cut":
      return column !== undefined;
    case "withdrawal-request":
      return column === "requested";
    case "withdrawal-expiry":
      return column === "t";
    case "log-stored":
      return true; // its tag tells of surprises
    default:
      return /^(?:UPDATE|SELECT) [1-9]/.test(tag);
  }
}
