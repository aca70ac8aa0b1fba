// Every operating error of the network in one table: status, OpenAI's type, OpenRouter's type, and the words.

import type { ErrorContexts, TimeoutPhase } from "./error-contexts.ts";

/** The stable name of an operating error; never renamed, never reused. */
export type ErrorCode = keyof ErrorContexts;
/** What an error of this code carries. */
export type ErrorContext<Code extends ErrorCode> = Readonly<ErrorContexts[Code]>;

/** One row of the table. */
export interface ErrorEntry<Code extends ErrorCode> {
  readonly status: number | ((context: ErrorContext<Code>) => number);
  /** OpenAI's `error.type`. */
  readonly type: string;
  /** OpenRouter's `metadata.error_type`. */
  readonly errorType: string;
  /** Whether the same request may succeed at another provider, or later. */
  readonly retryable: boolean;
  message(context: ErrorContext<Code>): string;
}

const PHASES: Record<TimeoutPhase, string> = {
  connect: "did not accept the connection",
  first_byte: "sent nothing",
  idle: "fell silent",
  total: "did not end its answer",
};

const INVALID = "invalid_request_error";
const AUTH = "authentication_error";
const SERVER = "server_error";

/** Status, types, words and whether a retry may help, for every code. */
export const ERROR_TABLE: { readonly [Code in ErrorCode]: ErrorEntry<Code> } = {
  invalid_request: {
    status: 400,
    type: INVALID,
    errorType: "invalid_request",
    retryable: false,
    message: ({ expected, found, param }) =>
      `${param === undefined ? "The request" : `\`${param}\``}: expected ${expected}, found ${found}.`,
  },
  invalid_amount: {
    status: 400,
    type: INVALID,
    errorType: "invalid_request",
    retryable: false,
    message: ({ expected, found }) => `Amount: expected ${expected}, found ${found}.`,
  },
  unsupported_parameter: {
    status: 422,
    type: INVALID,
    errorType: "unprocessable",
    retryable: false,
    message: ({ param, advice }) => `\`${param}\` is not supported here. ${advice}`,
  },
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
    type: "permission_error",
    errorType: "permission_denied",
    retryable: false,
    message: ({ scope }) => `The API key lacks the scope \`${scope}\`: make a key that has it.`,
  },
  earn_only_key: {
    status: 403,
    type: "permission_error",
    errorType: "permission_denied",
    retryable: false,
    message: () =>
      "This is an earn-only provider key: it can serve models but never spend. Use a user key to call models.",
  },
  v1_key_cannot_spend: {
    status: 403,
    type: "permission_error",
    errorType: "permission_denied",
    retryable: false,
    message: () =>
      "This router does not let first-generation keys spend, because any router that saw one could replay it. Make a version 2 key in the console.",
  },
  not_found: {
    status: 404,
    type: INVALID,
    errorType: "not_found",
    retryable: false,
    message: ({ method, path }) => `There is no ${method} ${path} here: see /api/v1/openapi.json for what there is.`,
  },
  model_not_found: {
    status: 404,
    type: INVALID,
    errorType: "not_found",
    retryable: false,
    message: ({ model, near }) =>
      `No provider offers the model \`${model}\`. ${near.length > 0 ? `Did you mean ${near.map((name) => `\`${name}\``).join(" or ")}?` : "GET /api/v1/models lists what is offered."}`,
  },
  provider_not_found: {
    status: 404,
    type: INVALID,
    errorType: "not_found",
    retryable: false,
    message: ({ wallet }) => `No provider with the wallet ${wallet} is connected: GET /api/v1/providers lists who is.`,
  },
  body_too_large: {
    status: 413,
    type: INVALID,
    errorType: "payload_too_large",
    retryable: false,
    message: ({ limitBytes }) =>
      `The request body is larger than ${limitBytes} bytes: send less, or link media by URL.`,
  },
  headers_too_large: {
    status: 431,
    type: INVALID,
    errorType: "payload_too_large",
    retryable: false,
    message: ({ limitBytes }) => `The request headers are larger than ${limitBytes} bytes: send fewer or shorter ones.`,
  },
  rate_limited: {
    status: 429,
    type: "rate_limit_error",
    errorType: "rate_limit_exceeded",
    retryable: true,
    message: ({ provider, retryAfter }) =>
      `Provider ${provider} is rate limited: try again ${retryAfter === undefined ? "later" : /^[0-9]+$/.test(retryAfter) ? `in ${retryAfter} s` : `after ${retryAfter}`}, or choose another model.`,
  },
  too_many_concurrent: {
    status: 429,
    type: "rate_limit_error",
    errorType: "rate_limit_exceeded",
    retryable: true,
    message: (context) =>
      "keyHas" in context
        ? `This API key has ${context.keyHas}: try again when one of its requests has ended.`
        : `Every provider of \`${context.model}\` is at its limit of concurrent requests: try again in a moment.`,
  },
  provider_error: {
    status: 502,
    type: SERVER,
    errorType: "provider_unavailable",
    retryable: true,
    message: ({ provider, status, detail }) =>
      `Provider ${provider} failed${status === undefined ? "" : ` with status ${status}`}: ${detail}`,
  },
  provider_refused: {
    status: ({ status }) => status,
    type: INVALID,
    errorType: "invalid_request",
    retryable: false,
    message: ({ detail }) => detail,
  },
  provider_timeout: {
    status: ({ phase }) => (phase === "total" ? 408 : 504),
    type: SERVER,
    errorType: "timeout",
    retryable: true,
    message: ({ provider, phase, limitMs }) =>
      `Provider ${provider} ${PHASES[phase]} within ${limitMs} ms (${phase} timeout): try again or choose another provider.`,
  },
  provider_disconnected: {
    status: 502,
    type: SERVER,
    errorType: "provider_unavailable",
    retryable: true,
    message: ({ provider }) => `Provider ${provider} disconnected before its answer ended: try again.`,
  },
  no_provider_available: {
    status: 503,
    type: SERVER,
    errorType: "provider_unavailable",
    retryable: true,
    message: ({ model }) => `No provider of \`${model}\` can take this request right now: try again in a moment.`,
  },
  self_dealing: {
    status: 400,
    type: INVALID,
    errorType: "invalid_request",
    retryable: false,
    message: ({ model }) => `\`${model}\` is offered only by the wallet that pays: a wallet cannot buy from itself.`,
  },
  client_left: {
    status: 499,
    type: INVALID,
    errorType: "unmapped",
    retryable: false,
    message: () => "The client closed the connection, or read too slowly, before its answer ended.",
  },
  draining: {
    status: 503,
    type: SERVER,
    errorType: "provider_overloaded",
    retryable: true,
    message: () => "This router is shutting down and takes no new requests: try again in a moment.",
  },
  overloaded: {
    status: 503,
    type: SERVER,
    errorType: "provider_overloaded",
    retryable: true,
    message: ({ what }) => `Overloaded: ${what}. Try again in a moment.`,
  },
  protocol_violation: {
    status: 400,
    type: INVALID,
    errorType: "invalid_request",
    retryable: false,
    message: ({ detail }) => `The peer broke the protocol of the provider link: ${detail}`,
  },
  forbidden_content: {
    status: 400,
    type: INVALID,
    errorType: "invalid_request",
    retryable: false,
    message: ({ what, advice }) => `This provider does not accept ${what}. ${advice}`,
  },
  internal: {
    status: 500,
    type: SERVER,
    errorType: "server",
    retryable: true,
    message: () => "Something broke inside the router. It was logged under this request's x-request-id.",
  },
};
