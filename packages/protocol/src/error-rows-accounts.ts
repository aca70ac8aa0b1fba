// The errors of keys, sessions and accounts: who is calling, and what they may do.
import type { ErrorRows } from "./error-entry.ts";

const INVALID = "invalid_request_error";
const AUTH = "authentication_error";
const PERMISSION = "permission_error";

/** What the codes of this file are about: callers. */
export type AccountErrorCode =
  | "missing_key"
  | "malformed_key"
  | "bad_signature"
  | "key_for_other_router"
  | "key_expired"
  | "key_revoked"
  | "key_disabled"
  | "key_unknown"
  | "scope_missing"
  | "earn_only_key"
  | "v1_key_cannot_spend"
  | "issued_key_cannot_serve"
  | "model_not_allowed"
  | "key_not_found"
  | "too_many_keys"
  | "missing_session"
  | "bad_login"
  | "csrf_missing"
  | "generation_not_found";

/** The rows of these codes. */
export const ACCOUNT_ERRORS: ErrorRows<AccountErrorCode> = {
  missing_key: {
    status: 401,
    type: AUTH,
    errorType: "authentication",
    retryable: false,
    message: () =>
      "This endpoint needs an API key: send `Authorization: Bearer aimo-sk-…`. A Solana wallet makes one by signing the text of POST /api/v1/keys/message.",
  },
  malformed_key: {
    status: 401,
    type: AUTH,
    errorType: "authentication",
    retryable: false,
    message: ({ detail }) => `The API key cannot be read: ${detail}`,
  },
  bad_signature: {
    status: 401,
    type: AUTH,
    errorType: "authentication",
    retryable: false,
    message: () => "The API key's signature does not match its contents: copy the whole key again, or make a new one.",
  },
  key_for_other_router: {
    status: 401,
    type: AUTH,
    errorType: "authentication",
    retryable: false,
    message: ({ routerId }) =>
      `The API key's signature is not valid at router ${routerId}: the key is bound to another router, or damaged. Make a key for this router, or use it at the router it was made for.`,
  },
  key_expired: {
    status: 401,
    type: AUTH,
    errorType: "authentication",
    retryable: false,
    message: ({ expiredAt }) => `The API key expired at ${expiredAt}: make a new one.`,
  },
  scope_missing: {
    status: 403,
    type: PERMISSION,
    errorType: "permission_denied",
    retryable: false,
    message: ({ scope }) => `The API key lacks the scope \`${scope}\`: make a key that has it.`,
  },
  earn_only_key: {
    status: 403,
    type: PERMISSION,
    errorType: "permission_denied",
    retryable: false,
    message: () =>
      "This is an earn-only provider key: it can serve models but never spend. Use a user key to call models.",
  },
  v1_key_cannot_spend: {
    status: 403,
    type: PERMISSION,
    errorType: "permission_denied",
    retryable: false,
    message: () =>
      "This router does not let first-generation keys spend, because any router that saw one could replay it. Make a version 2 key in the console.",
  },
  issued_key_cannot_serve: {
    status: 403,
    type: PERMISSION,
    errorType: "permission_denied",
    retryable: false,
    message: () =>
      "This key was issued by a router and can only call models: serve them with a key that your wallet has signed.",
  },
  key_revoked: {
    status: 401,
    type: AUTH,
    errorType: "authentication",
    retryable: false,
    message: ({ revokedAt }) => `The API key was revoked at ${revokedAt}: make a new one.`,
  },
  key_disabled: {
    status: 401,
    type: AUTH,
    errorType: "authentication",
    retryable: false,
    message: ({ keyId }) => `The API key ${keyId} is disabled: enable it with PATCH /api/v1/keys/${keyId}.`,
  },
  key_unknown: {
    status: 401,
    type: AUTH,
    errorType: "authentication",
    retryable: false,
    message: () =>
      "This router issued no such API key, or it was deleted: use it at the router that issued it, or make a new one.",
  },
  model_not_allowed: {
    status: 403,
    type: PERMISSION,
    errorType: "permission_denied",
    retryable: false,
    message: ({ model }) =>
      `This API key may not call \`${model}\`: choose a model it allows (GET /api/v1/key), or change the key.`,
  },
  key_not_found: {
    status: 404,
    type: INVALID,
    errorType: "not_found",
    retryable: false,
    message: ({ keyId }) => `This wallet has no API key ${keyId}: GET /api/v1/keys lists those it has.`,
  },
  too_many_keys: {
    status: 409,
    type: INVALID,
    errorType: "precondition_failed",
    retryable: false,
    message: ({ keysMax }) => `A wallet may have ${keysMax} issued API keys: delete one with DELETE /api/v1/keys/{id}.`,
  },
  missing_session: {
    status: 401,
    type: AUTH,
    errorType: "authentication",
    retryable: false,
    message: () =>
      "This endpoint needs a session: sign in with a wallet at POST /api/v1/auth/challenge and /auth/login.",
  },
  bad_login: {
    status: 401,
    type: AUTH,
    errorType: "authentication",
    retryable: false,
    message: ({ detail }) => `The sign-in was refused: ${detail}`,
  },
  csrf_missing: {
    status: 403,
    type: PERMISSION,
    errorType: "permission_denied",
    retryable: false,
    message: () =>
      "Expected the session's CSRF token in `x-csrf-token`, found another or none: GET /api/v1/auth/session has it.",
  },
  generation_not_found: {
    status: 404,
    type: INVALID,
    errorType: "not_found",
    retryable: false,
    message: ({ id }) => `There is no generation ${id} that this key may see: use the key or the wallet that made it.`,
  },
};
