// Probabilities of tokens that a whole answer may carry: thousands of bytes a token, and all of it is held before it is shown.
import { AimoError } from "@aimo-network/protocol/errors";
import type { JsonObject } from "@aimo-network/protocol/json-object";
import type { PricedOffer, RequestSize } from "../../billing/ceiling.ts";
import { maxOutput, promptBound } from "../../billing/ceiling.ts";
import { ANSWER_PROBABILITIES_MAX } from "../../limits.ts";

/** How many probabilities a request asks for, of each token: 0 where it asks for none. */
export interface AskedProbabilities {
  readonly ofOutput: number;
  readonly ofPrompt: number;
}

/** A count of alternatives; what is no count may be read as the whole vocabulary. */
function alternatives(value: unknown): number {
  if (value === undefined || value === null || value === false) return 0;
  return typeof value === "number" && Number.isInteger(value) && value >= 0 ? value : Infinity;
}

/** Reads what OpenAI's servers, and beside them vLLM's and llama.cpp's, take as a wish for probabilities. */
export function askedProbabilities(fields: JsonObject): AskedProbabilities {
  const { logprobs, top_logprobs: top, n_probs: others, prompt_logprobs: ofPrompt } = fields;
  const isAsked =
    logprobs === true || typeof logprobs === "number" || alternatives(top) > 0 || alternatives(others) > 0;
  const asksPrompt = ofPrompt !== undefined && ofPrompt !== null && ofPrompt !== false;
  return {
    ofOutput: isAsked ? 1 + alternatives(top) + alternatives(others) : 0,
    ofPrompt: asksPrompt ? 1 + alternatives(ofPrompt) : 0,
  };
}

function probabilitiesAt({ offer }: PricedOffer, size: RequestSize, asked: AskedProbabilities): number {
  const ofPrompt = asked.ofPrompt === 0 ? 0 : asked.ofPrompt * promptBound(offer, size);
  return asked.ofOutput === 0 ? ofPrompt : ofPrompt + asked.ofOutput * maxOutput(offer, size) * size.choices;
}

/**
 * The candidates whose whole answer could be held. Another one's would be thrown away when its provider has written all of
 * it: nobody would pay for it, and the provider would pass for failing. Throws `invalid_request` where none is left.
 */
export function answerable<Candidate extends { readonly offer: PricedOffer }>(
  candidates: readonly Candidate[],
  request: RequestSize & { readonly stream: boolean; readonly probabilities: AskedProbabilities },
): readonly Candidate[] {
  const { stream, probabilities } = request;
  if (stream || (probabilities.ofOutput === 0 && probabilities.ofPrompt === 0)) return candidates;
  const counts = candidates.map(({ offer }) => probabilitiesAt(offer, request, probabilities));
  const fitting = candidates.filter((_candidate, index) => (counts[index] ?? 0) <= ANSWER_PROBABILITIES_MAX);
  if (fitting.length > 0 || candidates.length === 0) return fitting;
  throw new AimoError("invalid_request", {
    param: "top_logprobs",
    expected: `an answer of at most ${ANSWER_PROBABILITIES_MAX} probabilities, by fewer of them, fewer choices or a lower \`max_tokens\`, or a stream`,
    found: Math.min(...counts) === Infinity ? "one without a bound" : `one that may have ${Math.min(...counts)}`,
  });
}
