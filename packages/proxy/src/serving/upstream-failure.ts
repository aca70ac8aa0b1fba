// What a broken connection to an upstream means, in words that say nothing of where it is.
import { AimoError } from "@aimo-network/protocol/errors";
import { CONNECT_ABANDONED_MS } from "../limits.ts";

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens at the address of its model API",
  ENOTFOUND: "the host of its model API is unknown",
  EAI_AGAIN: "the host of its model API cannot be looked up right now",
  EHOSTUNREACH: "the host of its model API cannot be reached",
  ENETUNREACH: "the network of its model API cannot be reached",
  ETIMEDOUT: "the host of its model API does not answer",
  ERR_TLS_CERT_ALTNAME_INVALID: "the certificate of its model API is for another host",
  DEPTH_ZERO_SELF_SIGNED_CERT: "the certificate of its model API is not trusted",
  SELF_SIGNED_CERT_IN_CHAIN: "the certificate of its model API is not trusted",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "the certificate of its model API is not trusted",
  CERT_HAS_EXPIRED: "the certificate of its model API has expired",
};

const CONNECT_TIMEOUT = "UND_ERR_CONNECT_TIMEOUT"; // the library's own, which comes after every deadline of ours

/** Where a call stood: before its answer began, or within it. */
export interface FailedCall {
  readonly provider: string;
  readonly progress: "before" | "within";
}

/** The error an End reports for a failed connection; the original stays in this machine's log. */
export function upstreamFailure(error: Error, { provider, progress }: FailedCall): AimoError {
  const code = codeOf(error);
  if (code === CONNECT_TIMEOUT) {
    return new AimoError(
      "provider_timeout",
      { provider, phase: "connect", limitMs: CONNECT_ABANDONED_MS },
      { cause: error },
    );
  }
  const broken =
    progress === "within"
      ? "its model API closed the connection within the answer"
      : "its model API closed the connection before it answered";
  return new AimoError("provider_error", { provider, detail: REASONS[code] ?? broken }, { cause: error });
}

/** The system's or the library's code of an error, also of one that only wraps it. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  if ("code" in error && typeof error.code === "string") return error.code;
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return codeOf(error.cause);
}
