// The words and codes a provider's failure becomes, whatever its error body looks like.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isAimoError } from "@aimo-network/protocol/errors";
import fc from "fast-check";
import { failureOfEnd, failureOfStatus } from "./provider-failure.ts";

function failure(status: number, body: string, retryAfter?: string): ReturnType<typeof failureOfStatus> {
  return failureOfStatus("w", { status, body, retryAfter });
}

for (const [body, words] of [
  ['{"error":{"message":"m","code":1}}', "m"],
  ['{"error":"m"}', "m"],
  ['{"message":"m"}', "m"],
  ['{"detail":"m"}', "m"],
  ['{"error":{"message":""},"detail":"m"}', "m"],
  ['{"error":{"message":"  "}}', '{"error":{"message":"  "}}'],
  ['{"reason":"m"}', '{"reason":"m"}'],
  ["  plain words \n", "plain words"],
  ["[1]", "[1]"],
  [" ", "it gave no reason"],
  ["", "it gave no reason"],
] as const) {
  test(`the error body ${JSON.stringify(body)} says: ${words}`, () => assert.equal(failure(400, body).message, words));
}

test("error text is cut before a client is shown it", () => {
  const { context } = failure(500, "x".repeat(5_000));
  assert.deepEqual(context, { provider: "w", status: 500, detail: "x".repeat(2_000), raw: "x".repeat(2_000) });
});

test("a rate limit keeps its Retry-After, and has none where the provider gave none", () => {
  assert.deepEqual(failure(429, "{}", "3").context, { provider: "w", raw: "{}", retryAfter: "3" });
  assert.deepEqual(failure(429, "{}").context, { provider: "w", raw: "{}" });
});

test("so does a failure, such as that of a model which is still loading", () => {
  const context = { provider: "w", status: 503, detail: "{}", raw: "{}" };
  assert.deepEqual(failure(503, "{}", "3").context, { ...context, retryAfter: "3" });
  assert.deepEqual(failure(503, "{}").context, context);
});

test("a refusal keeps its status, every other one is a failure of the provider", () => {
  fc.assert(
    fc.property(fc.integer({ min: 300, max: 599 }), fc.string(), (status, body) => {
      const error = failure(status, body);
      if ([400, 413, 415, 422].includes(status))
        assert.deepEqual([error.code, error.status, error.retryable], ["provider_refused", status, false]);
      else if (status === 429) assert.deepEqual([error.code, error.retryable], ["rate_limited", true]);
      else assert.deepEqual([error.code, error.status, error.retryable], ["provider_error", 502, true]);
    }),
  );
});

test("a proxy's own timeout keeps its phase and limit", () => {
  const error = failureOfEnd("w", { code: "provider_timeout", message: "m", phase: "first_byte", limit_ms: 5 });
  assert.deepEqual(error.context, { provider: "w", phase: "first_byte", limitMs: 5 });
  assert.equal(error.status, 504);
});

test("whatever an End's error says, it is an operating error", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (code, message) => isAimoError(failureOfEnd("w", { code, message }))),
  );
});
