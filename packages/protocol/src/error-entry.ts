// What every row of the error tables says.
import type { ErrorContexts } from "./error-contexts.ts";

/** The stable name of an operating error; never renamed, never reused. */
export type ErrorCode = keyof ErrorContexts;
/** What an error of this code carries. */
export type ErrorContext<Code extends ErrorCode> = Readonly<ErrorContexts[Code]>;

/** One row of a table. */
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

/** The rows of some codes. */
export type ErrorRows<Codes extends ErrorCode> = { readonly [Code in Codes]: ErrorEntry<Code> };
