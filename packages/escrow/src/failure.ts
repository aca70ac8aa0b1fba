// Why a transaction failed: which program refused it, under which name, and what to do.
import {
  SOLANA_ERROR__INSTRUCTION_ERROR__CUSTOM,
  SOLANA_ERROR__JSON_RPC__SERVER_ERROR_SEND_TRANSACTION_PREFLIGHT_FAILURE,
  SOLANA_ERROR__TRANSACTION_ERROR__ACCOUNT_IN_USE,
  SOLANA_ERROR__TRANSACTION_ERROR__ACCOUNT_NOT_FOUND,
  SOLANA_ERROR__TRANSACTION_ERROR__ALREADY_PROCESSED,
  SOLANA_ERROR__TRANSACTION_ERROR__BLOCKHASH_NOT_FOUND,
  SOLANA_ERROR__TRANSACTION_ERROR__INSUFFICIENT_FUNDS_FOR_FEE,
  SOLANA_ERROR__TRANSACTION_ERROR__INSUFFICIENT_FUNDS_FOR_RENT,
  SOLANA_ERROR__TRANSACTION_ERROR__SIGNATURE_FAILURE,
  getSolanaErrorFromTransactionError,
  isSolanaError,
} from "@solana/kit";
import type { Address, SolanaError } from "@solana/kit";
import { SYSTEM_PROGRAM_ADDRESS } from "@solana-program/system";
import { ASSOCIATED_TOKEN_PROGRAM_ADDRESS, TOKEN_PROGRAM_ADDRESS } from "@solana-program/token";
import { AimoError } from "@aimo-network/protocol/errors";
import { escrowErrorName } from "./error-codes.ts";
import type { EscrowErrorName } from "./error-codes.ts";
import { readInvocations } from "./logs/invocations.ts";
import { refusal } from "./refusal.ts";

/** What a node says of a failed transaction. */
export interface FailedTransaction {
  /** Its error as `getSignatureStatuses` or a simulation has it, or as kit throws it. */
  readonly error: unknown;
  /** Its log, where there is one; kit's error of a failed preflight has its own. */
  readonly logs?: readonly string[] | null;
  /** The programs of its instructions, in order: they help where the log was cut. */
  readonly programs?: readonly string[];
}

/** Why a transaction failed. */
export interface TransactionFailure {
  /** The program that refused; undefined where none did, or where nobody can tell which. */
  readonly program: string | undefined;
  /** The escrow's own name for the reason, where it was the escrow that refused. */
  readonly name: EscrowErrorName | undefined;
  /** Which of the transaction's instructions failed, counted from 0; undefined where it was none of them. */
  readonly instruction: number | undefined;
  readonly error: AimoError<"escrow_refused"> | AimoError<"transaction_failed">;
}

interface Reason {
  readonly reason: string;
  readonly advice: string;
}

// The codes of programs that the escrow calls end below it (SPL Token's at 19), so from it on a code is the escrow's.
const OWN_CODES_FROM = 20;

const PROGRAM_TITLES: Readonly<Record<string, string>> = {
  [TOKEN_PROGRAM_ADDRESS]: "SPL Token",
  [SYSTEM_PROGRAM_ADDRESS]: "the system program",
  [ASSOCIATED_TOKEN_PROGRAM_ADDRESS]: "the associated token program",
};

const CUSTOM_REASONS: Readonly<Record<string, Readonly<Record<number, Reason>>>> = {
  [TOKEN_PROGRAM_ADDRESS]: {
    1: { reason: "the token account holds too few tokens", advice: "send fewer, or fund it first" },
    3: { reason: "a token account is of another mint", advice: "name accounts of the router's mint" },
    4: { reason: "the tokens belong to another key", advice: "sign with the key that owns them" },
    9: { reason: "a token account is not open", advice: "open it first" },
    17: { reason: "a token account is frozen", advice: "ask the mint's issuer, or name another account" },
  },
  [SYSTEM_PROGRAM_ADDRESS]: {
    0: { reason: "an account to be opened is there already", advice: "read it instead of opening it again" },
    1: { reason: "the payer has too little SOL", advice: "send SOL to who pays the rent" },
  },
  [ASSOCIATED_TOKEN_PROGRAM_ADDRESS]: {
    0: { reason: "the associated token account was given away", advice: "name another account" },
  },
};

const TRANSACTION_REASONS = [
  {
    code: SOLANA_ERROR__TRANSACTION_ERROR__BLOCKHASH_NOT_FOUND,
    reason: "it has expired, or was signed for another network",
    advice: "build and sign it again",
  },
  {
    code: SOLANA_ERROR__TRANSACTION_ERROR__ALREADY_PROCESSED,
    reason: "it has landed before",
    advice: "look what became of it instead of sending it again",
  },
  {
    code: SOLANA_ERROR__TRANSACTION_ERROR__INSUFFICIENT_FUNDS_FOR_FEE,
    reason: "the fee payer has too little SOL",
    advice: "send SOL to it",
  },
  {
    code: SOLANA_ERROR__TRANSACTION_ERROR__ACCOUNT_NOT_FOUND,
    reason: "the fee payer has no SOL",
    advice: "send SOL to it",
  },
  {
    code: SOLANA_ERROR__TRANSACTION_ERROR__INSUFFICIENT_FUNDS_FOR_RENT,
    reason: "an account would be left with less SOL than its rent",
    advice: "leave more SOL in it, or take all",
  },
  {
    code: SOLANA_ERROR__TRANSACTION_ERROR__SIGNATURE_FAILURE,
    reason: "a signature is missing or wrong",
    advice: "have everybody sign exactly these bytes",
  },
  {
    code: SOLANA_ERROR__TRANSACTION_ERROR__ACCOUNT_IN_USE,
    reason: "another transaction uses its accounts",
    advice: "send it again",
  },
] as const;

const UNKNOWN: Reason = {
  reason: "for a reason that is not known here",
  advice: "simulate it, and read the log",
};

type NodeError = Parameters<typeof getSolanaErrorFromTransactionError>[0];

/** Whether a value has one of the forms in which nodes give a transaction's error. */
function isNodeError(error: unknown): error is NodeError {
  if (typeof error === "string") return error !== "";
  if (typeof error !== "object" || error === null) return false;
  const [[kind, detail] = [], ...others] = Object.entries(error) as [string, unknown][];
  if (kind === undefined || others.length > 0) return false;
  if (kind !== "InstructionError") return typeof detail === "object" && detail !== null && "account_index" in detail;
  if (!Array.isArray(detail) || detail.length !== 2) return false;
  const [index, cause] = detail as [unknown, unknown];
  const isIndex = typeof index === "number" || typeof index === "bigint";
  if (!isIndex || typeof cause === "string") return isIndex && cause !== "";
  if (typeof cause !== "object" || cause === null) return false;
  const custom = "Custom" in cause ? cause.Custom : undefined;
  return typeof custom === "number" || typeof custom === "bigint";
}

/** kit's error for what a node says, whichever of its forms it came in; undefined for anything else. */
function toSolanaError(error: unknown): SolanaError | undefined {
  if (isSolanaError(error)) return error;
  return isNodeError(error) ? getSolanaErrorFromTransactionError(error) : undefined;
}

/** A failure in the words for it; `ours` is the escrow program. */
function failedWith(found: Reason, program: string | undefined, ours: Address): AimoError<"transaction_failed"> {
  if (program === undefined) return new AimoError("transaction_failed", found);
  const title = program === ours ? "the escrow program" : (PROGRAM_TITLES[program] ?? `the program ${program}`);
  return new AimoError("transaction_failed", { ...found, program: title });
}

/** A program's own code, and which instruction failed with it. */
interface CustomError {
  readonly code: number;
  readonly index: number;
}

/** The failure of an instruction with a program's own code. */
function customFailure(
  { code, index: instruction }: CustomError,
  program: string | undefined,
  ours: Address,
): TransactionFailure {
  const name = program === ours ? escrowErrorName(code) : undefined;
  if (name !== undefined) {
    return { program, name, instruction, error: refusal(name, { found: "otherwise on the chain" }) };
  }
  const known = program === undefined ? undefined : CUSTOM_REASONS[program]?.[code];
  const whose = program === undefined ? "of a program that the log does not show" : "of its own";
  const reason = known ?? { ...UNKNOWN, reason: `it failed with the code ${code} ${whose}` };
  return { program, name: undefined, instruction, error: failedWith(reason, program, ours) };
}

/** Which program's code it is where the log does not show it; undefined where it may be that of a program it called. */
function programWithoutLog(
  { code, index }: CustomError,
  programs: readonly string[],
  ours: Address,
): string | undefined {
  const called = programs[index];
  const isCertain =
    called === TOKEN_PROGRAM_ADDRESS ||
    called === SYSTEM_PROGRAM_ADDRESS ||
    (called === ours && code >= OWN_CODES_FROM);
  return isCertain ? called : undefined;
}

/** Says why a transaction failed, from what a node answered and logged; the codes of this deployment have names. */
export function explainFailure(failure: FailedTransaction, programAddress: Address): TransactionFailure {
  const { error, logs, programs = [] } = failure;
  const found = toSolanaError(error);
  if (isSolanaError(found, SOLANA_ERROR__JSON_RPC__SERVER_ERROR_SEND_TRANSACTION_PREFLIGHT_FAILURE)) {
    return explainFailure({ error: found.cause, logs: logs ?? found.context.logs ?? null, programs }, programAddress);
  }
  const { failed } = readInvocations(logs ?? []);
  if (isSolanaError(found, SOLANA_ERROR__INSTRUCTION_ERROR__CUSTOM)) {
    const program = failed?.program ?? programWithoutLog(found.context, programs, programAddress);
    return customFailure(found.context, program, programAddress);
  }
  const known = TRANSACTION_REASONS.find(({ code }) => isSolanaError(found, code));
  const inWords = failed?.reason === undefined ? undefined : { ...UNKNOWN, reason: failed.reason };
  const index = found !== undefined && "index" in found.context ? found.context.index : undefined;
  const reason =
    known ?? inWords ?? (typeof error === "string" && error !== "" ? { ...UNKNOWN, reason: error } : UNKNOWN);
  return {
    program: failed?.program,
    name: undefined,
    instruction: typeof index === "number" ? index : undefined,
    error: failedWith({ reason: reason.reason, advice: reason.advice }, failed?.program, programAddress),
  };
}
