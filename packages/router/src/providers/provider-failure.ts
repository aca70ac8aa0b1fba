// A provider's failure as the error its client gets: by the status it answered with, or by what its proxy reported.
import { AimoError } from "@aimo-network/protocol/errors";
import type { End } from "@aimo-network/protocol/wire/messages";
import { ERROR_TEXT_CHARS_MAX } from "../limits.ts";
import { isJsonObject } from "@aimo-network/protocol/json-object";

/** Statuses that say the request itself is at fault: another provider would say the same. */
const REQUEST_AT_FAULT = new Set([400, 413, 415, 422]);

function messageIn(body: string): string {
  try {
    const value = JSON.parse(body) as unknown;
    if (isJsonObject(value)) {
      const holder = isJsonObject(value["error"]) ? value["error"] : value;
      const texts: readonly unknown[] = [holder["message"], value["error"], value["detail"]];
      const found = texts.find((text) => typeof text === "string" && text.trim() !== "");
      if (typeof found === "string") return found;
    }
  } catch {
    // Not JSON: a gateway's HTML or plain text says as much as it says.
  }
  return body.trim() === "" ? "it gave no reason" : body.trim();
}

/** The error for an upstream's status other than 2xx; an upstream that refuses its provider's own credential is the provider's failure. */
export function failureOfStatus(
  provider: string,
  answer: { status: number; body: string; retryAfter: string | undefined },
): AimoError {
  const { status, body, retryAfter } = answer;
  const detail = messageIn(body).slice(0, ERROR_TEXT_CHARS_MAX);
  const raw = body.slice(0, ERROR_TEXT_CHARS_MAX);
  if (REQUEST_AT_FAULT.has(status)) return new AimoError("provider_refused", { provider, status, detail, raw });
  const when = retryAfter === undefined ? {} : { retryAfter };
  if (status === 429) return new AimoError("rate_limited", { provider, raw, ...when });
  return new AimoError("provider_error", { provider, status, detail, raw, ...when });
}

/** The error for an End that carries one. */
export function failureOfEnd(provider: string, error: NonNullable<End["error"]>): AimoError {
  const detail = error.message.slice(0, ERROR_TEXT_CHARS_MAX);
  switch (error.code) {
    case "provider_timeout":
      return new AimoError("provider_timeout", {
        provider,
        phase: error.phase ?? "total",
        limitMs: error.limit_ms ?? 0,
      });
    case "invalid_request":
    case "forbidden_content":
      return new AimoError("provider_refused", { provider, status: 400, detail });
    case "unsupported_parameter":
      return new AimoError("provider_refused", { provider, status: 422, detail });
    default:
      return new AimoError("provider_error", { provider, detail });
  }
}
