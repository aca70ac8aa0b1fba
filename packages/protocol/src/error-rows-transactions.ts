// The errors of money on the chain: withdrawals, and transactions that somebody hands in.
import type { ErrorRows } from "./error-entry.ts";

const INVALID = "invalid_request_error";
const PERMISSION = "permission_error";
const SERVER = "server_error";

/** What the codes of this file are about: withdrawals and transactions. */
export type TransactionErrorCode =
  | "chain_absent"
  | "key_cannot_withdraw"
  | "withdrawal_open"
  | "withdrawal_not_found"
  | "withdrawal_exceeds_balance"
  | "transaction_unreadable"
  | "transaction_unsigned"
  | "transaction_signature_invalid"
  | "transaction_altered"
  | "transaction_foreign"
  | "transaction_unacceptable"
  | "transaction_expired"
  | "transaction_not_found"
  | "proof_not_found";

/** The rows of these codes. */
export const TRANSACTION_ERRORS: ErrorRows<TransactionErrorCode> = {
  chain_absent: {
    status: 503,
    type: SERVER,
    errorType: "provider_overloaded",
    retryable: false,
    message: () =>
      "This router has no chain: it keeps its books by itself, so there is nothing to deposit to or to withdraw from. Ask its operator.",
  },
  key_cannot_withdraw: {
    status: 403,
    type: PERMISSION,
    errorType: "permission_denied",
    retryable: false,
    message: () =>
      "Expected a session or the wallet's own signature, found an API key: whoever has a key may not move money. Sign in without the key, or send `wallet`, `date` and `signature` over the text of docs/http-api.md.",
  },
  withdrawal_open: {
    status: 409,
    type: INVALID,
    errorType: "precondition_failed",
    retryable: false,
    message: ({ withdrawalId, amount }) =>
      `A withdrawal of ${amount} USDC is open as ${withdrawalId}, and an account has one at a time: submit that one, or wait some minutes until it has ended.`,
  },
  withdrawal_not_found: {
    status: 404,
    type: INVALID,
    errorType: "not_found",
    retryable: false,
    message: ({ withdrawalId }) => `There is no withdrawal ${withdrawalId} of this wallet and kind here.`,
  },
  withdrawal_exceeds_balance: {
    status: 409,
    type: INVALID,
    errorType: "precondition_failed",
    retryable: false,
    message: ({ required, available }) =>
      `Expected at most ${available} USDC, which may be withdrawn now, found ${required} USDC: what running requests hold and what was charged stays until it is settled.`,
  },
  transaction_unreadable: {
    status: 400,
    type: INVALID,
    errorType: "invalid_request",
    retryable: false,
    message: ({ detail }) => `Expected a whole transaction in base64, found none: ${detail}.`,
  },
  transaction_unsigned: {
    status: 400,
    type: INVALID,
    errorType: "invalid_request",
    retryable: false,
    message: ({ signer }) => `Expected the signature of ${signer}, found none: have it sign exactly these bytes.`,
  },
  transaction_signature_invalid: {
    status: 400,
    type: INVALID,
    errorType: "invalid_request",
    retryable: false,
    message: ({ signer }) =>
      `What stands for the signature of ${signer} is not one over this transaction: have it sign exactly these bytes.`,
  },
  transaction_altered: {
    status: 400,
    type: INVALID,
    errorType: "invalid_request",
    retryable: false,
    message: ({ withdrawalId }) =>
      `Expected the transaction that this router signed for the withdrawal ${withdrawalId}, found another: sign its bytes as they are, without adding or changing anything.`,
  },
  transaction_foreign: {
    status: 400,
    type: INVALID,
    errorType: "invalid_request",
    retryable: false,
    message: ({ expected, found }) => `Expected a transaction of ${expected}, found one of ${found}.`,
  },
  transaction_unacceptable: {
    status: 400,
    type: INVALID,
    errorType: "invalid_request",
    retryable: false,
    message: ({ detail }) =>
      `This router sends only transactions of users' money at its own escrow, found otherwise: ${detail} Send it by a node of your own.`,
  },
  transaction_expired: {
    status: 409,
    type: INVALID,
    errorType: "precondition_failed",
    retryable: false,
    message: ({ advice }) => `The transaction has expired, so it can never land: ${advice}.`,
  },
  transaction_not_found: {
    status: 404,
    type: INVALID,
    errorType: "not_found",
    retryable: false,
    message: ({ signature }) =>
      `No node knows the transaction ${signature}: it has not landed, or was sent elsewhere a moment ago.`,
  },
  proof_not_found: {
    status: 404,
    type: INVALID,
    errorType: "not_found",
    retryable: false,
    message: ({ what, advice }) => `There is no proof of ${what}: ${advice}.`,
  },
};
