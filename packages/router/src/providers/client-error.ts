// Which of several failures the client is told: the one it can do most about.
import { AimoError, isAimoError } from "@aimo-network/protocol/errors";
import { waitOf } from "./judging.ts";
import type { Tried } from "./try-candidate.ts";

/** Failures that say what is wrong with the request: they help more than what happened to a provider. */
const ABOUT_THE_REQUEST: ReadonlySet<string> = new Set(["provider_refused", "content_moderated"]);

interface Failure<Offer> {
  readonly tried: Tried<Offer>;
  readonly error: AimoError;
}

/** Of several limits that which ends first; of equal ones the last. */
function soonest<Offer>(failures: readonly Failure<Offer>[], nowMs: number): AimoError | undefined {
  let found: AimoError | undefined;
  let foundMs = Infinity;
  for (const { error } of failures) {
    if (error.code !== "rate_limited") return undefined;
    const waitMs = waitOf(error, nowMs) ?? Infinity;
    if (waitMs > foundMs) continue;
    found = error;
    foundMs = waitMs;
  }
  return found;
}

/** The error of a request that failed at every provider it was asked of, `last` among them. */
export function clientError<Offer>(tries: readonly Tried<Offer>[], last: Tried<Offer>, nowMs: number): AimoError {
  const failures = tries.flatMap((tried) => (tried.result.ok ? [] : [{ tried, error: tried.result.error }]));
  const lastError = failures.find(({ tried }) => tried === last)?.error;
  const aboutIt = failures.findLast(({ error }) => ABOUT_THE_REQUEST.has(error.code));
  const { tried, error } = aboutIt ?? { tried: last, error: soonest(failures, nowMs) ?? lastError };
  if (error === undefined) throw new Error("a request that failed has an error");
  if (!isAimoError(error, "content_moderated")) return error;
  const { modelId, offerName } = tried.candidate;
  return new AimoError("content_moderated", { ...error.context, modelSlug: modelId ?? offerName });
}
