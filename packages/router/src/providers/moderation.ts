// A provider's moderation that flagged a request, in the shapes of OpenRouter, OpenAI and Azure.
import { AimoError } from "@aimo-network/protocol/errors";
import type { JsonObject } from "@aimo-network/protocol/json-object";
import { isJsonObject } from "@aimo-network/protocol/json-object";
import { FLAGGED_INPUT_CHARS_MAX, MODERATION_REASON_CHARS_MAX, MODERATION_REASONS_MAX } from "../limits.ts";

/** What errors of moderation call themselves. */
const NAMES: ReadonlySet<unknown> = new Set(["content_policy_violation", "content_filter", "moderation_blocked"]);

const ELLIPSIS = "...";

/** Beginning and end of a text that is longer than it may be. */
function cut(text: string): string {
  if (text.length <= FLAGGED_INPUT_CHARS_MAX) return text;
  const kept = FLAGGED_INPUT_CHARS_MAX - ELLIPSIS.length;
  const head = Math.ceil(kept / 2);
  return text.slice(0, head) + ELLIPSIS + text.slice(text.length - (kept - head));
}

function isFlagged(error: JsonObject, metadata: JsonObject, status: number | undefined): boolean {
  if ([error["code"], error["type"], metadata["error_type"]].some((name) => NAMES.has(name))) return true;
  return status === 403 && (Array.isArray(metadata["reasons"]) || typeof metadata["flagged_input"] === "string");
}

/** The error where an error object tells of a moderation; undefined for every other. */
export function moderationIn(error: JsonObject, provider: string, status: number | undefined): AimoError | undefined {
  const metadata: JsonObject = isJsonObject(error["metadata"]) ? error["metadata"] : {};
  if (!isFlagged(error, metadata, status)) return undefined;
  const { reasons, flagged_input: flagged } = metadata;
  const told = Array.isArray(reasons) ? (reasons as readonly unknown[]).slice(0, MODERATION_REASONS_MAX) : [];
  return new AimoError("content_moderated", {
    provider,
    reasons: told.flatMap((reason) => (typeof reason === "string" ? reason.slice(0, MODERATION_REASON_CHARS_MAX) : [])),
    ...(typeof flagged === "string" && { flaggedInput: cut(flagged) }),
  });
}
