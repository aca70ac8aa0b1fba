// An answer that could not be held is refused before anybody writes it.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isAimoError } from "@aimo-network/protocol/errors";
import { ANSWER_PROBABILITIES_MAX } from "../../limits.ts";
import { PLAIN_REQUEST, tokenPrice } from "../../test-bed/priced-request.ts";
import { answerable, askedProbabilities } from "./probabilities.ts";

describe("probabilities asked for are", () => {
  for (const [fields, ofOutput, ofPrompt] of [
    [{}, 0, 0],
    [{ logprobs: false, top_logprobs: null, prompt_logprobs: null }, 0, 0],
    [{ logprobs: true }, 1, 0],
    [{ logprobs: true, top_logprobs: 20 }, 21, 0],
    [{ top_logprobs: 5 }, 6, 0],
    [{ n_probs: 4 }, 5, 0],
    [{ prompt_logprobs: 0 }, 0, 1],
    [{ logprobs: true, top_logprobs: -1 }, Infinity, 0],
    [{ logprobs: true, top_logprobs: "5" }, Infinity, 0],
    [{ prompt_logprobs: 2.5 }, 0, Infinity],
  ] as const) {
    test(`of ${JSON.stringify(fields)} ${ofOutput} a token of output and ${ofPrompt} one of the prompt`, () => {
      assert.deepEqual(askedProbabilities(fields), { ofOutput, ofPrompt });
    });
  }
});

describe("a whole answer", () => {
  const offerOf = (most: number) => ({ offer: { price: tokenPrice(1n, 1n), offer: { max_completion_tokens: most } } });
  const small = offerOf(100);
  const large = offerOf(200_000);
  const ask = (fields: object, more: object = {}) => ({
    ...PLAIN_REQUEST,
    stream: false,
    probabilities: askedProbabilities({ ...fields }),
    ...more,
  });

  test("is asked of everybody where it has no probabilities, or comes as a stream", () => {
    assert.deepEqual(answerable([small, large], ask({})), [small, large]);
    assert.deepEqual(answerable([large], ask({ logprobs: true, top_logprobs: 20 }, { stream: true })), [large]);
  });

  test("is asked of those who cannot make it too large", () => {
    const request = ask({ logprobs: true, top_logprobs: 20 });
    assert.deepEqual(answerable([small, large, small], request), [small, small]);
  });

  test("is asked of nobody where all could", () => {
    const isRefused = (error: unknown): boolean => isAimoError(error, "invalid_request");
    const ofEdge = ask({ logprobs: true }, { maxTokens: ANSWER_PROBABILITIES_MAX });
    const edge = offerOf(ANSWER_PROBABILITIES_MAX * 2);
    assert.deepEqual(answerable([edge], ofEdge), [edge]);
    assert.throws(() => answerable([edge], { ...ofEdge, maxTokens: ANSWER_PROBABILITIES_MAX + 1 }), isRefused);
    assert.throws(() => answerable([small], ask({ logprobs: true, top_logprobs: 30 }, { choices: 128 })), isRefused);
    assert.throws(() => answerable([small], ask({ prompt_logprobs: -1 })), isRefused);
    assert.throws(() => answerable([small], ask({ prompt_logprobs: 20 }, { textBytes: 100_000 })), isRefused);
    assert.deepEqual(answerable([], ask({ prompt_logprobs: -1 })), []);
  });
});
