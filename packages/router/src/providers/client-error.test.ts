// What a client is told of a request that failed everywhere: the failure that it can do most about.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isAimoError } from "@aimo-network/protocol/errors";
import type { FakeAttempt } from "../test-bed/fake-link.ts";
import { createRelayBench, errorOf, settle } from "../test-bed/relay-bench.ts";

const FLAGGED = JSON.stringify({
  error: { code: 403, message: "flagged", metadata: { reasons: ["violence", "hate"], flagged_input: "my secret" } },
});

test("a moderation quotes the prompt to its client alone: never in a log line", async () => {
  const bench = createRelayBench({ links: 1 });
  const outcome = bench.run();
  (await bench.attempt()).answer(403, FLAGGED);
  const result = await settle(bench, outcome);
  assert.ok(result.ended === "failed" && isAimoError(result.error, "content_moderated"));
  assert.deepEqual(result.error.context, {
    provider: "a",
    reasons: ["violence", "hate"],
    flaggedInput: "my secret",
    modelSlug: "author/m",
  });
  assert.doesNotMatch(result.error.message, /secret/);
  assert.doesNotMatch([...bench.logLines, ...bench.watched].join(), /secret/);
});

describe("of several failures a client is told", () => {
  type Fail = (attempt: FakeAttempt) => void;
  const limit =
    (after?: string): Fail =>
    (at) =>
      at.answer(429, "{}", after === undefined ? {} : { "retry-after": after });
  const fails: Fail = (at) => at.answer(500, "{}");
  const disconnects: Fail = (at) => at.lose("lost");
  const flags: Fail = (at) => at.answer(403, FLAGGED);
  for (const [name, all, code, message] of [
    ["the last", [fails, disconnects], "provider_disconnected", /Provider lost/],
    ["the limit that ends first", [limit("9"), limit("3"), limit()], "rate_limited", /Provider b is .* in 3 s/],
    ["of equal limits the last", [limit("9"), limit("9")], "rate_limited", /Provider b/],
    ["a limit without a time", [limit(), limit()], "rate_limited", /Provider b is .* later/],
    ["no limit where another failed later", [limit("3"), fails], "provider_error", /Provider b/],
    ["what is wrong with the request", [flags, disconnects, fails], "content_moderated", /moderation of provider a/],
    ["a refusal that ends it", [fails, (at: FakeAttempt) => at.answer(400, "why")], "provider_refused", /^why$/],
  ] as const) {
    test(name, async () => {
      const bench = createRelayBench({ links: all.length, stream: false });
      const outcome = bench.run();
      for (const [link, fail] of all.entries()) fail(await bench.attempt(link));
      const error = errorOf(await settle(bench, outcome));
      assert.equal(error.code, code);
      assert.match(error.message, message);
    });
  }
});
