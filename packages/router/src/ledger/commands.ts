// What the ledger is asked on the hot path, and what it answers: numbers of rows instead of names, amounts in nano-USDC.
import type { NanoUsdc } from "@aimo-network/protocol/money";
import { nanoUsdc } from "@aimo-network/protocol/money";
import type { Usage } from "@aimo-network/protocol/usage";
import { NO_USAGE } from "@aimo-network/protocol/usage";

/** A claim of an `Idempotency-Key`: hashes only, so that neither the key nor the body can be read from the ledger. */
export interface IdempotencyClaim {
  readonly keyHash: Buffer;
  readonly bodyHash: Buffer;
}

/** Asks to lock what a request may cost. The numbers are those of `Numbers` and of the key register. */
export interface LockCommand {
  /** The request's UUID version 7, made by this router. */
  readonly id: string;
  readonly user: number;
  readonly key: number;
  /** The first provider of the plan, and its price, pinned from now on. */
  readonly provider: number;
  readonly model: number;
  readonly price: number;
  /** What is locked where it can be, and the least that makes sense; equal where the client named its maximum. */
  readonly full: NanoUsdc;
  readonly least: NanoUsdc;
  /** Reserved for the rate limits: what the prompt and the answer may have at most. */
  readonly tokens: number;
  readonly promptTokensMax: number;
  readonly outputTokensMax: number;
  readonly imageCount: number;
  readonly stream: boolean;
  /** Milliseconds since 1970 from which the lock may expire. */
  readonly deadlineMs: number;
  readonly idempotency: IdempotencyClaim | undefined;
}

/** What a key has used of its minute. */
export interface RateUse {
  readonly requests: bigint;
  readonly tokens: bigint;
}

/** Why a wallet may lock nothing, whatever it has: it leaves, its allowance is about to end, or the chain has less than the ledger. */
export type LockStop = "exiting" | "ending" | "halted";

/** Why a lock was refused; each carries what its message says. */
export type LockRefusal =
  | { readonly reason: "insufficient_balance"; readonly available: NanoUsdc; readonly locked: NanoUsdc }
  | { readonly reason: "key_limit_exceeded"; readonly remaining: NanoUsdc; readonly resetsAt: Date | undefined }
  | { readonly reason: "allowance_exceeded"; readonly lockable: NanoUsdc; readonly stop: LockStop | undefined }
  | { readonly reason: "escrow_not_opened" }
  | { readonly reason: "paused" }
  | { readonly reason: "key_revoked"; readonly at: Date }
  | { readonly reason: "key_disabled" }
  | { readonly reason: "key_expired"; readonly at: Date }
  | { readonly reason: "earn_only_key" }
  | { readonly reason: "model_not_allowed" }
  | { readonly reason: "in_progress"; readonly id: string }
  | { readonly reason: "already_answered"; readonly id: string; readonly cost: NanoUsdc }
  | { readonly reason: "idempotency_mismatch" }
  | { readonly reason: "rate_limited"; readonly subject: RateSubject; readonly what: "requests" | "tokens" }
  | { readonly reason: "too_many_concurrent"; readonly subject: RateSubject };

/** Whom a rate limit is counted for. */
export type RateSubject = "key" | "wallet";

/** How a lock came out. */
export type LockResult =
  | { readonly granted: NanoUsdc; readonly rate: RateUse; readonly refusal?: undefined }
  | { readonly refusal: LockRefusal; readonly rate: RateUse; readonly granted?: undefined };

/** Ends a lock: charged, or released with or without a generation to show for it. */
export interface ChargeCommand {
  readonly id: string;
  readonly user: number;
  readonly kind: "released" | "shown" | "charged";
  readonly amount: NanoUsdc;
  readonly provider: number;
  readonly model: number;
  readonly price: number;
  readonly usage: Usage;
  /** From admission to the first output; undefined where nothing was shown. */
  readonly firstOutputMs: number | undefined;
  readonly durationMs: number;
  readonly imageCount: number;
  /** Bits of `RECEIPT_FLAGS`. */
  readonly flags: number;
  readonly finishReason: string;
  /** The app that asked, by `AppNumbers`; 0, or absent, where none is known. */
  readonly app?: number;
  /** Why the provider gets less than it served, and how much less: 0 where nobody can say. */
  readonly unpaid: { readonly reason: string; readonly amount: NanoUsdc } | undefined;
}

/** How a charge came out: `late` after its lock had expired, `repeated` where the same had been posted before. */
export interface ChargeResult {
  readonly outcome: "posted" | "repeated" | "late" | "unknown" | "conflict";
  /** What was charged in the end. */
  readonly cost: NanoUsdc;
}

/** The release of a lock of which nobody knows whether it was committed. */
export function releaseOf(command: LockCommand): ChargeCommand {
  return {
    id: command.id,
    user: command.user,
    kind: "released",
    amount: nanoUsdc(0n),
    provider: command.provider,
    model: command.model,
    price: command.price,
    usage: NO_USAGE,
    firstOutputMs: undefined,
    durationMs: 0,
    imageCount: 0,
    flags: 0,
    finishReason: "",
    unpaid: undefined,
  };
}
