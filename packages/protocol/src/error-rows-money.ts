// The errors of money: what a request would cost, what may be spent, and whether it was paid already.
import type { ErrorRows } from "./error-entry.ts";

const INVALID = "invalid_request_error";
const SERVER = "server_error";
const QUOTA = "insufficient_quota"; // OpenAI's word for an account without money

/** What the codes of this file are about: money. */
export type MoneyErrorCode =
  | "insufficient_balance"
  | "key_limit_exceeded"
  | "allowance_exceeded"
  | "escrow_not_opened"
  | "in_progress"
  | "already_answered"
  | "idempotency_mismatch"
  | "ledger_unavailable"
  | "chain_unavailable"
  | "escrow_refused"
  | "transaction_failed"
  | "signing_refused";

// What the escrow program refuses for the arguments alone, whatever the accounts hold.
const FAULTY_ARGUMENTS = new Set(["BadInstruction", "ZeroAmount", "AmountTooLarge", "BatchEmpty", "BatchTooLarge"]);

/** The rows of these codes. */
export const MONEY_ERRORS: ErrorRows<MoneyErrorCode> = {
  insufficient_balance: {
    status: 402,
    type: QUOTA,
    errorType: "payment_required",
    retryable: false,
    message: ({ required, available, locked }) =>
      `This request may cost up to ${required} USDC, found ${available} USDC available and ${locked} USDC locked by running requests: deposit more, lower \`max_tokens\`, or wait for running requests to end.`,
  },
  key_limit_exceeded: {
    status: 402,
    type: QUOTA,
    errorType: "payment_required",
    retryable: false,
    message: ({ required, remaining, resetsAt }) =>
      `This request may cost up to ${required} USDC, found ${remaining} USDC left of the API key's limit: raise the limit, lower \`max_tokens\`, or ${resetsAt === undefined ? "use another key" : `wait until ${resetsAt}`}.`,
  },
  allowance_exceeded: {
    status: 402,
    type: QUOTA,
    errorType: "payment_required",
    retryable: false,
    message: ({ required, detail }) => `This request may cost up to ${required} USDC, found ${detail}`,
  },
  escrow_not_opened: {
    status: 424,
    type: QUOTA,
    errorType: "precondition_failed",
    retryable: false,
    message: ({ wallet }) => `The wallet ${wallet} has no deposit at this router yet: deposit USDC first.`,
  },
  in_progress: {
    status: 409,
    type: INVALID,
    errorType: "precondition_failed",
    retryable: false,
    message: ({ generationId }) =>
      `A request with this Idempotency-Key is running as ${generationId}: wait for its answer, or use another key.`,
  },
  already_answered: {
    status: 409,
    type: INVALID,
    errorType: "precondition_failed",
    retryable: false,
    message: ({ generationId, cost }) =>
      `The request with this Idempotency-Key was answered as ${generationId} for ${cost} USDC. Answers are not stored: use another key to ask again.`,
  },
  idempotency_mismatch: {
    status: 422,
    type: INVALID,
    errorType: "unprocessable",
    retryable: false,
    message: () => "This Idempotency-Key came with another body before: send the same body again, or use another key.",
  },
  ledger_unavailable: {
    status: 503,
    type: SERVER,
    errorType: "provider_overloaded",
    retryable: true,
    message: () => "This router's ledger cannot be reached, so nothing can be paid: try again in a moment.",
  },
  chain_unavailable: {
    status: 503,
    type: SERVER,
    errorType: "provider_overloaded",
    retryable: true,
    message: () =>
      "No Solana node of this router answers, so nothing can be read or sent on chain: try again in a moment.",
  },
  escrow_refused: {
    status: ({ name }) => (FAULTY_ARGUMENTS.has(name) ? 400 : 409),
    type: INVALID,
    errorType: "precondition_failed",
    retryable: false,
    message: ({ name, expected, found, advice }) =>
      `The escrow program refuses this (${name}): expected ${expected}, found ${found}; ${advice}`,
  },
  transaction_failed: {
    status: 409,
    type: INVALID,
    errorType: "precondition_failed",
    retryable: false,
    message: ({ program, reason, advice }) =>
      `The transaction failed${program === undefined ? "" : ` in ${program}`}: ${reason}; ${advice}`,
  },
  signing_refused: {
    status: 503,
    type: SERVER,
    errorType: "provider_overloaded",
    retryable: true,
    message: ({ reason, expected, found }) =>
      `This router's signer does not sign (${reason}): expected ${expected}, found ${found}: try again in a moment, or ask the router's operator.`,
  },
};
