// An error that a router answered with, as its docs/errors.md describes it.

interface ErrorBody {
  readonly error?: {
    readonly message?: unknown;
    readonly metadata?: { readonly error_code?: unknown } & Readonly<Record<string, unknown>>;
  };
}

/** What a router refused, and why: its message says what was expected, what was found and what to do. */
export class ApiFault extends Error {
  override readonly name = "ApiFault";
  readonly status: number;
  /** The router's stable word for it, such as `insufficient_balance`; `unknown` where the answer had none. */
  readonly code: string;
  readonly metadata: Readonly<Record<string, unknown>>;

  constructor(status: number, body: unknown) {
    const { message, metadata } = (body as ErrorBody | null | undefined)?.error ?? {};
    super(typeof message === "string" ? message : `The router answered with status ${status}.`);
    this.status = status;
    this.code = typeof metadata?.error_code === "string" ? metadata.error_code : "unknown";
    this.metadata = metadata ?? {};
  }
}

/** Whether something thrown is a router's answer with one of these codes. */
export function isApiFault(fault: unknown, ...codes: readonly string[]): fault is ApiFault {
  return fault instanceof ApiFault && (codes.length === 0 || codes.includes(fault.code));
}
