// What a client is answered where the ledger would not lock.
import type { AimoError } from "@aimo-network/protocol/errors";
import { AimoError as Answer } from "@aimo-network/protocol/errors";
import { generationId } from "@aimo-network/protocol/ids";
import type { NanoUsdc } from "@aimo-network/protocol/money";
import { formatNanoUsdc } from "@aimo-network/protocol/money";
import type { LockRefusal, LockStop } from "../ledger/commands.ts";
import type { RateRules } from "./rate-rules.ts";

/** What the answer says beside the reason. */
export interface RefusedRequest {
  readonly least: NanoUsdc;
  readonly wallet: string;
  readonly keyId: string;
  /** As the client wrote it. */
  readonly model: string;
  /** Seconds until the minute of the rate limits ends. */
  readonly secondsLeft: number;
}

const STOP_WORDS: Readonly<Record<LockStop, string>> = {
  exiting: "that the wallet is leaving this router: cancel its exit first.",
  ending: "that the wallet's allowance is about to end or to get smaller: raise the allowance.",
  halted:
    "that the escrow on chain has less of the wallet's than this router's books: wait until both agree again, or ask the operator.",
};

function rateAnswer(
  { subject, what }: Extract<LockRefusal, { reason: "rate_limited" }>,
  { secondsLeft }: RefusedRequest,
  rules: RateRules,
): AimoError {
  const limit = rules[subject][what];
  const retryAfter = String(secondsLeft);
  return new Answer("rate_limited", { subject: subject === "key" ? "API key" : subject, what, limit, retryAfter });
}

function concurrencyAnswer(
  { subject }: Extract<LockRefusal, { reason: "too_many_concurrent" }>,
  rules: RateRules,
): AimoError {
  const has = `${rules[subject].running} requests running, all it may have at once`;
  return new Answer("too_many_concurrent", subject === "key" ? { keyHas: has } : { walletHas: has });
}

/** The error that stands for a refusal (http-api.md, "Errors"). */
export function refusalError(refusal: LockRefusal, request: RefusedRequest, rules: RateRules): AimoError {
  const required = formatNanoUsdc(request.least);
  switch (refusal.reason) {
    case "insufficient_balance":
      return new Answer("insufficient_balance", {
        required,
        available: formatNanoUsdc(refusal.available),
        locked: formatNanoUsdc(refusal.locked),
      });
    case "key_limit_exceeded": {
      const { resetsAt } = refusal;
      const remaining = formatNanoUsdc(refusal.remaining);
      return new Answer("key_limit_exceeded", {
        required,
        remaining,
        ...(resetsAt && { resetsAt: resetsAt.toISOString() }),
      });
    }
    case "allowance_exceeded": {
      const left = `${formatNanoUsdc(refusal.lockable)} USDC left of the wallet's allowance: raise the allowance.`;
      const detail = refusal.stop === undefined ? left : STOP_WORDS[refusal.stop];
      return new Answer("allowance_exceeded", { required, detail });
    }
    case "escrow_not_opened":
      return new Answer("escrow_not_opened", { wallet: request.wallet });
    case "paused":
      return new Answer("overloaded", { what: "settling is paused" });
    case "key_revoked":
      return new Answer("key_revoked", { revokedAt: refusal.at.toISOString() });
    case "key_expired":
      return new Answer("key_expired", { expiredAt: refusal.at.toISOString() });
    case "key_disabled":
      return new Answer("key_disabled", { keyId: request.keyId });
    case "earn_only_key":
      return new Answer("earn_only_key", {});
    case "model_not_allowed":
      return new Answer("model_not_allowed", { model: request.model });
    case "in_progress":
      return new Answer("in_progress", { generationId: generationId(refusal.id) });
    case "already_answered":
      return new Answer("already_answered", {
        generationId: generationId(refusal.id),
        cost: formatNanoUsdc(refusal.cost),
      });
    case "idempotency_mismatch":
      return new Answer("idempotency_mismatch", {});
    case "rate_limited":
      return rateAnswer(refusal, request, rules);
    case "too_many_concurrent":
      return concurrencyAnswer(refusal, rules);
  }
}
