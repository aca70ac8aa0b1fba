// The words and codes a provider's failure becomes, whatever its error body looks like.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isAimoError } from "@aimo-network/protocol/errors";
import fc from "fast-check";
import { FLAGGED_INPUT_CHARS_MAX } from "../limits.ts";
import { failureInAnswer, failureOfEnd, failureOfStatus } from "./provider-failure.ts";

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

test("a Retry-After that is none is not passed on", () => {
  for (const garbage of ["soon", "-1", "1.5", "1e9", "9".repeat(12), "Sun, 99 Nov 1994 08:49:37 GMT", "2026-01-01"]) {
    assert.deepEqual(failure(429, "{}", garbage).context, { provider: "w", raw: "{}" }, garbage);
  }
  const date = "Sun, 06 Nov 1994 08:49:37 GMT";
  assert.deepEqual(failure(429, "{}", ` ${date} `).context, { provider: "w", raw: "{}", retryAfter: date });
});

test("a limit inside an answer is known by its status, its code or its type, and may say for how long", () => {
  for (const error of [{ code: 429 }, { code: "429" }, { code: "rate_limit_exceeded" }, { type: "rate_limit_error" }]) {
    assert.deepEqual(failureInAnswer("w", error).context, { provider: "w" });
    assert.deepEqual(failureInAnswer("w", { ...error, retry_after: 2.5 }).context, { provider: "w", retryAfter: "3" });
  }
});

test("a proxy that takes no more at the moment is limited, and has not failed", () => {
  for (const code of ["too_many_concurrent", "overloaded", "draining", "rate_limited"]) {
    assert.equal(failureOfEnd("w", { code, message: "m" }).code, "rate_limited");
  }
});

test("a moderation is told from another 403 by what it carries, and by its code from any other status", () => {
  const moderated = (status: number, error: object): boolean =>
    failure(status, JSON.stringify({ error })).code === "content_moderated";
  assert.ok(moderated(403, { metadata: { reasons: [] } }));
  assert.ok(moderated(403, { metadata: { flagged_input: "x" } }));
  assert.ok(moderated(400, { code: "content_policy_violation" }));
  assert.ok(moderated(400, { code: "content_filter" }));
  assert.ok(moderated(403, { metadata: { error_type: "content_policy_violation" } }));
  assert.ok(!moderated(403, {}));
  assert.ok(!moderated(403, { metadata: { reasons: "x", flagged_input: 5 } }));
  assert.ok(!moderated(400, { metadata: { reasons: ["x"] } }));
  assert.equal(failure(403, "[]").code, "provider_error");
});

test("what a moderation tells is bounded, and only texts count", () => {
  const told = (metadata: object): object =>
    failure(403, JSON.stringify({ error: { message: "m", metadata } })).context;
  const flagged = `${"a".repeat(60)}${"b".repeat(900)}${"c".repeat(60)}`;
  const { flaggedInput, reasons } = told({
    reasons: [7, "x".repeat(999), ...Array.from({ length: 99 }, (_, index) => `r${index}`)],
    flagged_input: flagged,
  }) as { flaggedInput: string; reasons: string[] };
  assert.equal(flaggedInput.length, FLAGGED_INPUT_CHARS_MAX);
  assert.match(flaggedInput, /^a+\.\.\.c+$/);
  assert.deepEqual([reasons.length, reasons[0]?.length, reasons[1]], [19, 100, "r0"]);
  const exact = "d".repeat(FLAGGED_INPUT_CHARS_MAX);
  assert.deepEqual(told({ flagged_input: exact }), { provider: "w", reasons: [], flaggedInput: exact });
});
