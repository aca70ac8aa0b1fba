// Operating errors: what will happen and is told with a stable code, a status and advice.
import type { ErrorCode, ErrorContext, ErrorEntry } from "./error-entry.ts";
import { ERROR_TABLE } from "./error-table.ts";

export type { KeyFault, SigningReason, TimeoutPhase } from "./error-contexts.ts";
export type { ErrorCode } from "./error-entry.ts";

/** Whether `value` is the name of an error of this table, as read from the wire. */
function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === "string" && Object.hasOwn(ERROR_TABLE, value);
}

/** An error that will happen in operation, with a stable code, a status and advice in its message. */
export class AimoError<Code extends ErrorCode = ErrorCode> extends Error {
  override readonly name = "AimoError";
  readonly code: Code;
  readonly context: ErrorContext<Code>;
  readonly status: number;
  readonly type: string;
  readonly errorType: string;
  readonly retryable: boolean;

  constructor(code: Code, context: ErrorContext<Code>, options?: ErrorOptions) {
    const entry = ERROR_TABLE[code] as unknown as ErrorEntry<Code>; // TypeScript cannot narrow a mapped table by a generic key
    super(entry.message(context), options);
    this.code = code;
    this.context = context;
    this.status = typeof entry.status === "number" ? entry.status : entry.status(context);
    this.type = entry.type;
    this.errorType = entry.errorType;
    this.retryable = entry.retryable;
  }
}

/** Whether `error` is an `AimoError` (of `code`, when given); by name, so that it survives duplicate installs. */
export function isAimoError<Code extends ErrorCode = ErrorCode>(error: unknown, code?: Code): error is AimoError<Code> {
  return (
    error instanceof Error &&
    error.name === "AimoError" &&
    "code" in error &&
    isErrorCode(error.code) &&
    (code === undefined || error.code === code)
  );
}
