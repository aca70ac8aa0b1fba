// A provider's failure as the error its client gets: by the status it answered with, by an error inside its answer, or by what its proxy reported.
import { AimoError } from "@aimo-network/protocol/errors";
import type { JsonObject } from "@aimo-network/protocol/json-object";
import { isJsonObject } from "@aimo-network/protocol/json-object";
import type { End } from "@aimo-network/protocol/wire/messages";
import { ERROR_TEXT_CHARS_MAX } from "../limits.ts";
import { moderationIn } from "./moderation.ts";
import { readRetryAfter } from "./retry-after.ts";

/** Statuses that say the request itself is at fault: another provider would say the same. */
const REQUEST_AT_FAULT: ReadonlySet<unknown> = new Set([400, 413, 415, 422]);

/** Names by which an error without a status says that it is a limit. */
const LIMIT_NAMES: ReadonlySet<unknown> = new Set(["rate_limit_exceeded", "rate_limit_error", "too_many_requests"]);

/** What a proxy that takes no more at the moment ends a request with: it has not failed at it. */
const PROXY_LIMITS: ReadonlySet<string> = new Set(["rate_limited", "too_many_concurrent", "overloaded", "draining"]);

const NO_REASON = "it gave no reason";

function objectIn(body: string): JsonObject | undefined {
  try {
    const value = JSON.parse(body) as unknown;
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined; // a gateway's HTML or plain text says as much as it says
  }
}

function messageIn(body: string, value: JsonObject | undefined): string {
  if (value !== undefined) {
    const holder = isJsonObject(value["error"]) ? value["error"] : value;
    const texts: readonly unknown[] = [holder["message"], value["error"], value["detail"]];
    const found = texts.find((text) => typeof text === "string" && text.trim() !== "");
    if (typeof found === "string") return found;
  }
  return body.trim() === "" ? NO_REASON : body.trim();
}

/** The error for an upstream's status other than 2xx; an upstream that refuses its provider's own credential is the provider's failure. */
export function failureOfStatus(
  provider: string,
  answer: { status: number; body: string; retryAfter: string | undefined },
): AimoError {
  const { status, body } = answer;
  const value = objectIn(body);
  const moderation = value && moderationIn(isJsonObject(value["error"]) ? value["error"] : value, provider, status);
  if (moderation !== undefined) return moderation;
  const detail = messageIn(body, value).slice(0, ERROR_TEXT_CHARS_MAX);
  const raw = body.slice(0, ERROR_TEXT_CHARS_MAX);
  if (REQUEST_AT_FAULT.has(status)) return new AimoError("provider_refused", { provider, status, detail, raw });
  const retryAfter = readRetryAfter(answer.retryAfter);
  const when = retryAfter === undefined ? {} : { retryAfter };
  if (status === 429) return new AimoError("rate_limited", { provider, raw, ...when });
  return new AimoError("provider_error", { provider, status, detail, raw, ...when });
}

const STATUS = /^[45][0-9]{2}$/;

function statusIn({ code, status }: JsonObject): number | undefined {
  for (const value of [code, status]) {
    if ((typeof value === "number" || typeof value === "string") && STATUS.test(`${value}`)) return +value;
  }
  return undefined;
}

function isLimit(error: JsonObject, status: number | undefined): boolean {
  return status === 429 || LIMIT_NAMES.has(error["code"]) || LIMIT_NAMES.has(error["type"]);
}

/** The error for one that a 200 answer, or an event of a stream, carries. */
export function failureInAnswer(provider: string, error: JsonObject): AimoError {
  const { message } = error;
  const detail = typeof message === "string" ? message.slice(0, ERROR_TEXT_CHARS_MAX) : NO_REASON;
  const status = statusIn(error);
  const moderation = moderationIn(error, provider, status);
  if (moderation !== undefined) return moderation;
  if (status !== undefined && REQUEST_AT_FAULT.has(status)) {
    return new AimoError("provider_refused", { provider, status, detail });
  }
  if (isLimit(error, status)) {
    const retryAfter = readRetryAfter(error["retry_after"]);
    return new AimoError("rate_limited", { provider, ...(retryAfter !== undefined && { retryAfter }) });
  }
  return new AimoError("provider_error", { provider, detail, ...(status !== undefined && { status }) });
}

/** The error for an End that carries one. */
export function failureOfEnd(provider: string, error: NonNullable<End["error"]>): AimoError {
  const detail = error.message.slice(0, ERROR_TEXT_CHARS_MAX);
  if (PROXY_LIMITS.has(error.code)) return new AimoError("rate_limited", { provider });
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
