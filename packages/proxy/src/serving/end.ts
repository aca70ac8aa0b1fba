// Ends: how an attempt came out, as this side saw it (wire.md, "No lost pay, no invented pay").
import { hash } from "node:crypto";
import type { Usage } from "@aimo-network/protocol/usage";
import type { End, EndError } from "@aimo-network/protocol/wire/messages";
import type { AnswerReader } from "./answer-reader.ts";

/** What the process is told of an attempt that has ended. */
export interface AttemptOutcome {
  readonly end: End;
  /** The upstream's status, when it answered. */
  readonly status: number | undefined;
  /** What lies behind the End's error, for the log of this machine only. */
  readonly cause: unknown;
}

/** What an End is made of; times are monotonic. */
export interface EndParts {
  readonly attemptId: string;
  readonly reader: AnswerReader | undefined;
  readonly calledAtMs: number | undefined;
  readonly firstByteAtMs: number | undefined;
  readonly endedAtMs: number;
  readonly cancelled: boolean;
  readonly error?: EndError;
}

const NOTHING_SHA256 = hash("sha256", "", "hex");
const MESSAGE_CHARS_MAX = 2_000; // of EndErrorSchema
const DURATION_MS_MAX = 86_400_000; // of EndSchema

/** Puts an End together; durations count from the call of the upstream. */
export function createEnd({ reader, calledAtMs, firstByteAtMs, ...parts }: EndParts): End {
  const since = (atMs: number): number => Math.min(DURATION_MS_MAX, Math.round(atMs - (calledAtMs ?? atMs)));
  return {
    attempt_id: parts.attemptId,
    usage: reader?.usage === undefined ? null : endUsage(reader.usage),
    finish_reason: reader?.finishReason ?? null,
    body_bytes: reader?.bytes ?? 0,
    body_sha256: reader?.digest() ?? NOTHING_SHA256,
    upstream_ms: since(parts.endedAtMs),
    first_byte_ms: firstByteAtMs === undefined ? null : since(firstByteAtMs),
    cancelled: parts.cancelled,
    ...(parts.error !== undefined && {
      error: { ...parts.error, message: parts.error.message.slice(0, MESSAGE_CHARS_MAX) },
    }),
  };
}

function endUsage(usage: Usage): NonNullable<End["usage"]> {
  return {
    prompt_tokens: usage.promptTokens,
    completion_tokens: usage.completionTokens,
    cached_tokens: usage.cachedTokens,
    reasoning_tokens: usage.reasoningTokens,
  };
}
