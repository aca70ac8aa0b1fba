// Every operating error of the network in one table: status, OpenAI's type, OpenRouter's type, and the words.
import { ACCOUNT_ERRORS } from "./error-rows-accounts.ts";
import type { TimeoutPhase } from "./error-contexts.ts";
import type { ErrorCode, ErrorRows } from "./error-entry.ts";
import { MONEY_ERRORS } from "./error-rows-money.ts";
import { TRANSACTION_ERRORS } from "./error-rows-transactions.ts";

const PHASES: Record<TimeoutPhase, string> = {
  connect: "did not accept the connection",
  first_byte: "sent nothing",
  idle: "fell silent",
  total: "did not end its answer",
};

const INVALID = "invalid_request_error";
const SERVER = "server_error";

function waitWords(retryAfter: string | undefined): string {
  if (retryAfter === undefined) return "later";
  return /^[0-9]+$/.test(retryAfter) ? `in ${retryAfter} s` : `after ${retryAfter}`;
}

/** Status, types, words and whether a retry may help, for every code. */
export const ERROR_TABLE: ErrorRows<ErrorCode> = {
  ...ACCOUNT_ERRORS,
  ...MONEY_ERRORS,
  ...TRANSACTION_ERRORS,
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
    message: (context) =>
      "provider" in context
        ? `Provider ${context.provider} is rate limited: try again ${waitWords(context.retryAfter)}, or choose another model.`
        : `This ${context.subject} may use ${context.limit} ${context.what} per minute: try again ${waitWords(context.retryAfter)}.`,
  },
  too_many_concurrent: {
    status: 429,
    type: "rate_limit_error",
    errorType: "rate_limit_exceeded",
    retryable: true,
    message: (context) =>
      "keyHas" in context
        ? `This API key has ${context.keyHas}: try again when one of its requests has ended.`
        : "walletHas" in context
          ? `This wallet has ${context.walletHas}: try again when one of its requests has ended.`
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
  content_moderated: {
    status: 403,
    type: INVALID,
    errorType: "content_policy_violation",
    retryable: false,
    message: ({ provider, reasons }) =>
      `The moderation of provider ${provider} flagged this request${reasons.length === 0 ? "" : ` (${reasons.join(", ")})`}: change it, or choose another provider or model.`,
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
  no_offer_matches: {
    status: 404,
    type: INVALID,
    errorType: "not_found",
    retryable: false,
    message: ({ model, wishes }) =>
      `No offer of \`${model}\` is as this request asks (${wishes.join(", ")}): ask for less, or send \`x-aimo-explain: 1\` to see every offer.`,
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
