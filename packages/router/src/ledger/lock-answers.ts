// Reads the codes with which `ledger_post` answers for each lock and charge (migrations 003 and 004).
import { assert } from "@aimo-network/protocol/assert";
import { nanoUsdc } from "@aimo-network/protocol/money";
import type {
  ChargeCommand,
  ChargeResult,
  LockCommand,
  LockRefusal,
  LockResult,
  LockStop,
  RateUse,
} from "./commands.ts";

/** The row `ledger_post` answers with; an array is null where there is nothing special in it. */
export interface PostAnswer {
  readonly charge_codes: readonly number[] | null;
  readonly charge_costs: readonly (bigint | null)[] | null;
  readonly lock_codes: readonly number[] | null;
  readonly granted: readonly (bigint | null)[] | null;
  readonly d1: readonly (bigint | null)[] | null;
  readonly d2: readonly (bigint | null)[] | null;
  readonly ats: readonly (Date | null)[] | null;
  readonly others: readonly (string | null)[] | null;
  readonly rate_keys: readonly number[] | null;
  readonly rate_requests: readonly bigint[] | null;
  readonly rate_tokens: readonly bigint[] | null;
}

interface Details {
  readonly d1: bigint;
  readonly d2: bigint;
  readonly at: Date | undefined;
  readonly other: string;
}

function known(at: Date | undefined): Date {
  assert(at !== undefined, "the ledger says since when a key has ended");
  return at;
}

/** By `ledger_lock_stop`. */
const STOPS: ReadonlyMap<bigint, LockStop> = new Map([
  [1n, "exiting"],
  [2n, "ending"],
  [3n, "halted"],
]);

function refusalOf(code: number, { d1, d2, at, other }: Details): LockRefusal {
  switch (code) {
    case 1:
      return { reason: "insufficient_balance", available: nanoUsdc(d1), locked: nanoUsdc(d2) };
    case 2:
      return { reason: "key_limit_exceeded", remaining: nanoUsdc(d1), resetsAt: at };
    case 3:
      return { reason: "allowance_exceeded", lockable: nanoUsdc(d1), stop: STOPS.get(d2) };
    case 4:
      return { reason: "escrow_not_opened" };
    case 5:
      return { reason: "paused" };
    case 10:
      return { reason: "key_revoked", at: known(at) };
    case 11:
      return { reason: "key_disabled" };
    case 12:
      return { reason: "key_expired", at: known(at) };
    case 13:
      return { reason: "earn_only_key" };
    case 14:
      return { reason: "model_not_allowed" };
    case 20:
      return { reason: "in_progress", id: other };
    case 21:
      return { reason: "already_answered", id: other, cost: nanoUsdc(d1) };
    case 22:
      return { reason: "idempotency_mismatch" };
    case 30:
    case 31:
    case 32:
    case 33:
      return {
        reason: "rate_limited",
        subject: code < 32 ? "key" : "wallet",
        what: code % 2 === 0 ? "requests" : "tokens",
      };
    case 34:
      return { reason: "too_many_concurrent", subject: "key" };
    case 35:
      return { reason: "too_many_concurrent", subject: "wallet" };
    default:
      throw new Error(`the ledger refused a lock with code ${code}: its key or user is not the one it was made with`);
  }
}

function rateUses({ rate_keys, rate_requests, rate_tokens }: PostAnswer): Map<number, RateUse> {
  const uses = new Map<number, RateUse>();
  for (const [index, key] of (rate_keys ?? []).entries()) {
    uses.set(key, { requests: rate_requests?.[index] ?? 0n, tokens: rate_tokens?.[index] ?? 0n });
  }
  return uses;
}

const NO_USE: RateUse = { requests: 0n, tokens: 0n };

/** What became of each lock of a batch, in its order. */
export function readLocks(answer: PostAnswer, commands: readonly LockCommand[]): (LockResult | Error)[] {
  const uses = rateUses(answer);
  return commands.map((command, index) => {
    const rate = uses.get(command.key) ?? NO_USE;
    const code = answer.lock_codes?.[index] ?? 0;
    if (code === 0) return { granted: nanoUsdc(answer.granted?.[index] ?? command.full), rate };
    try {
      const details = {
        d1: answer.d1?.[index] ?? 0n,
        d2: answer.d2?.[index] ?? 0n,
        at: answer.ats?.[index] ?? undefined,
        other: answer.others?.[index] ?? "",
      };
      return { refusal: refusalOf(code, details), rate };
    } catch (error) {
      assert(error instanceof Error, "only errors are thrown here");
      return error;
    }
  });
}

const CHARGE_OUTCOMES = ["posted", "repeated", "late", "unknown", "conflict"] as const;

/** What became of each charge of a batch, in its order. */
export function readCharges(answer: PostAnswer, commands: readonly ChargeCommand[]): ChargeResult[] {
  return commands.map((command, index) => {
    const outcome = CHARGE_OUTCOMES[answer.charge_codes?.[index] ?? 0];
    assert(outcome !== undefined, "the ledger answers a charge with a code that is known");
    const isOwed = command.kind === "charged" && outcome !== "unknown";
    const cost = answer.charge_costs === null ? command.amount : (answer.charge_costs[index] ?? 0n);
    return { outcome, cost: nanoUsdc(isOwed ? cost : 0n) };
  });
}
