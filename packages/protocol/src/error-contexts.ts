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

/** Which rule of the signer something breaks (signer.md). */
export type SigningReason =
  | "unreachable"
  | "router_unknown"
  | "not_settler"
  | "not_cosigner"
  | "paused"
  | "batch_unknown"
  | "nothing_waits"
  | "root_missing"
  | "not_owed"
  | "escrow_closed"
  | "seq_gap"
  | "provider_unknown"
  | "too_large"
  | "window"
  | "withdrawal_unknown"
  | "already_signed"
  | "not_held"
  | "wrong_incarnation"
  | "exit_pending"
  | "above_claimable"
  | "already_registered"
  | "table"
  | "program_refuses";

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
  chain_unavailable: Nothing;
  escrow_refused: { name: string; expected: string; found: string; advice: string };
  transaction_failed: { program?: string; reason: string; advice: string };
  chain_absent: Nothing;
  key_cannot_withdraw: Nothing;
  withdrawal_open: { withdrawalId: string; amount: string };
  withdrawal_not_found: { withdrawalId: string };
  withdrawal_exceeds_balance: { required: string; available: string };
  transaction_unreadable: { detail: string };
  transaction_unsigned: { signer: string };
  transaction_signature_invalid: { signer: string };
  transaction_altered: { withdrawalId: string };
  transaction_foreign: { expected: string; found: string };
  transaction_unacceptable: { detail: string };
  transaction_expired: { advice: string };
  transaction_not_found: { signature: string };
  proof_not_found: { what: string; advice: string };
  /** `users`: the ledger's numbers of those whose entries it is about. */
  signing_refused: { reason: SigningReason; expected: string; found: string; users?: readonly number[] };
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
  /** `flaggedInput` quotes the prompt: for its own client alone, and never for a log. */
  content_moderated: { provider: string; modelSlug?: string; reasons: readonly string[]; flaggedInput?: string };
  provider_timeout: { provider: string; phase: TimeoutPhase; limitMs: number };
  provider_disconnected: { provider: string };
  no_provider_available: { model: string };
  no_offer_matches: {
    model: string;
    /** What was asked that no offer meets, in words. */
    wishes: readonly string[];
    excluded: readonly string[];
    offers?: readonly object[];
  };
  self_dealing: { model: string };
  client_left: Nothing;
  draining: Nothing;
  overloaded: { what: string };
  protocol_violation: { detail: string };
  forbidden_content: { what: string; advice: string };
  internal: Nothing;
}
