// What each operating error carries, so that its message can say what was expected, what was found, and what to do.

/** Why a bearer key is malformed; each has its own advice (api-keys.md). */
export type KeyFault =
  | "prefix"
  | "tag"
  | "base58"
  | "length"
  | "version"
  | "wallet"
  | "scope"
  | "extension"
  | "validity"
  | "from_future";

/** Which of the four separate deadlines of an attempt passed. */
export type TimeoutPhase = "connect" | "first_byte" | "idle" | "total";

/** What an error that needs no explanation carries. */
type Nothing = Record<string, never>;

/** The context of each code. */
export interface ErrorContexts {
  invalid_request: { expected: string; found: string; param?: string };
  invalid_amount: { expected: string; found: string };
  unsupported_parameter: { param: string; advice: string };
  missing_key: Nothing;
  malformed_key: { fault: KeyFault; detail: string };
  bad_signature: Nothing;
  key_for_other_router: { routerId: string };
  key_expired: { expiredAt: string };
  scope_missing: { scope: string };
  earn_only_key: Nothing;
  v1_key_cannot_spend: Nothing;
  issued_key_cannot_serve: Nothing;
  key_revoked: { revokedAt: string };
  key_disabled: { keyId: string };
  key_unknown: Nothing;
  model_not_allowed: { model: string };
  key_not_found: { keyId: string };
  too_many_keys: { keysMax: number };
  missing_session: Nothing;
  bad_login: { detail: string };
  csrf_missing: Nothing;
  generation_not_found: { id: string };
  insufficient_balance: { required: string; available: string; locked: string };
  key_limit_exceeded: { required: string; remaining: string; resetsAt?: string };
  allowance_exceeded: { required: string; detail: string };
  escrow_not_opened: { wallet: string };
  in_progress: { generationId: string };
  already_answered: { generationId: string; cost: string };
  idempotency_mismatch: Nothing;
  ledger_unavailable: Nothing;
  escrow_refused: { name: string; expected: string; found: string; advice: string };
  transaction_failed: { program?: string; reason: string; advice: string };
  not_found: { method: string; path: string };
  model_not_found: { model: string; near: readonly string[] };
  provider_not_found: { wallet: string };
  body_too_large: { limitBytes: number };
  headers_too_large: { limitBytes: number };
  rate_limited:
    | { provider: string; retryAfter?: string; raw?: string }
    | { subject: "API key" | "wallet"; what: "requests" | "tokens"; limit: number; retryAfter: string };
  too_many_concurrent: { model: string } | { keyHas: string } | { walletHas: string };
  provider_error: { provider: string; status?: number; detail: string; raw?: string; retryAfter?: string };
  provider_refused: { provider: string; status: number; detail: string; raw?: string };
  provider_timeout: { provider: string; phase: TimeoutPhase; limitMs: number };
  provider_disconnected: { provider: string };
  no_provider_available: { model: string };
  self_dealing: { model: string };
  client_left: Nothing;
  draining: Nothing;
  overloaded: { what: string };
  protocol_violation: { detail: string };
  forbidden_content: { what: string; advice: string };
  internal: Nothing;
}
