// Every way a provider fails before its first output: what fails over, who is judged, and what the client is told.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { FakeAttempt } from "../test-bed/fake-link.ts";
import { answerWhole, createRelayBench, errorOf, says, settle, stops, WHOLE_ANSWER } from "../test-bed/relay-bench.ts";

interface Failure {
  readonly name: string;
  readonly stream?: boolean;
  /** What the first provider does. */
  readonly fail: (attempt: FakeAttempt) => void;
  /** The code the client gets when no other provider is left. */
  readonly code: string;
  readonly status: number;
  readonly message: RegExp;
  /** What is told of the provider, where anything is. */
  readonly judged?: "failed" | "limited";
  readonly failsOver: boolean;
}

const provider = { code: "provider_error", status: 502, judged: "failed", failsOver: true } as const;
const refused = { code: "provider_refused", failsOver: false };
const limited = { code: "rate_limited", status: 429, judged: "limited", failsOver: true } as const;

const moderated = { code: "content_moderated", status: 403, failsOver: true };
const FLAGGED = JSON.stringify({
  error: { code: 403, message: "flagged", metadata: { reasons: ["violence", "hate"], flagged_input: "my secret" } },
});

const FAILURES: readonly Failure[] = [
  {
    ...provider,
    name: "500",
    fail: (at) => at.answer(500, '{"error":{"message":"boom"}}'),
    message: /status 500: boom/,
  },
  { ...provider, name: "503 in HTML", fail: (at) => at.answer(503, "<h1>no</h1>"), message: /status 503: <h1>no/ },
  { ...provider, name: "402 of its upstream", fail: (at) => at.answer(402, "{}"), message: /status 402/ },
  { ...provider, name: "403 of its upstream", fail: (at) => at.answer(403, "{}"), message: /status 403/ },
  { ...provider, name: "401 of its upstream", fail: (at) => at.answer(401, "{}"), message: /status 401/ },
  { ...provider, name: "404 of its upstream", fail: (at) => at.answer(404, '{"detail":"gone"}'), message: /404: gone/ },
  { ...provider, name: "a redirect", fail: (at) => at.answer(302, ""), message: /status 302: it gave no reason/ },
  { ...refused, name: "400", status: 400, fail: (at) => at.answer(400, '{"error":"too long"}'), message: /^too long$/ },
  { ...refused, name: "413", status: 413, fail: (at) => at.answer(413, "{}"), message: /^\{\}$/ },
  { ...refused, name: "415", status: 415, fail: (at) => at.answer(415, ""), message: /^it gave no reason$/ },
  { ...refused, name: "422", status: 422, fail: (at) => at.answer(422, '{"message":"no n"}'), message: /^no n$/ },
  {
    ...limited,
    name: "429 with Retry-After",
    fail: (at) => at.answer(429, "{}", { "retry-after": "9" }),
    message: /try again in 9 s/,
  },
  {
    ...provider,
    name: "an error inside 200",
    fail: (at) => {
      at.head();
      at.data({ error: { message: "no GPU" } });
      at.end();
    },
    message: /failed: no GPU/,
  },
  {
    ...refused,
    name: "a refusal inside 200",
    status: 400,
    fail: (at) => {
      at.head();
      at.data({ error: { message: "context too long", code: 400 } });
      at.end();
    },
    message: /^context too long$/,
  },
  {
    ...limited,
    name: "a rate limit inside 200",
    fail: (at) => {
      at.head();
      at.data({ object: "error", message: "slow down", code: 429 });
    },
    message: /rate limited/,
  },
  {
    ...provider,
    name: "an error as text inside 200",
    fail: (at) => {
      at.head();
      at.data(says(""), { error: "worker died" });
    },
    message: /failed: worker died/,
  },
  {
    ...provider,
    name: "an empty stream",
    fail: (at) => {
      at.head();
      at.end();
    },
    message: /without a finish_reason/,
  },
  {
    ...provider,
    name: "a stream of nothing but [DONE]",
    fail: (at) => {
      at.head();
      at.data("[DONE]");
    },
    message: /without a finish_reason/,
  },
  {
    ...provider,
    name: "a stream of role chunks only",
    fail: (at) => {
      at.head();
      at.data({ choices: [{ index: 0, delta: { role: "assistant", content: "" } }] }, "[DONE]");
    },
    message: /without a finish_reason/,
  },
  {
    ...provider,
    name: "a stream that breaks off with a role chunk",
    fail: (at) => {
      at.head();
      at.data({ choices: [{ index: 0, delta: { role: "assistant", content: "" } }] });
      at.end();
    },
    message: /without a finish_reason/,
  },
  {
    ...provider,
    name: "a stream whose finish_reason says that it broke off",
    fail: (at) => {
      at.head();
      at.data(stops("error"), "[DONE]");
    },
    message: /broke off with the finish_reason `error`/,
  },
  {
    ...provider,
    name: "JSON whose finish_reason says that it broke off",
    stream: false,
    fail: (at) => at.answer(200, WHOLE_ANSWER.replace('"stop"', '"error"')),
    message: /broke off with the finish_reason `error`/,
  },
  {
    ...provider,
    name: "no body where a stream was asked for",
    fail: (at) => at.answer(200, ""),
    message: /a JSON object/,
  },
  {
    ...provider,
    name: "HTML where a stream was asked for",
    fail: (at) => at.answer(200, "<html>", { "content-type": "text/html" }),
    message: /a JSON object/,
  },
  {
    ...moderated,
    name: "403 of a moderation",
    fail: (at) => at.answer(403, FLAGGED),
    message: /moderation of provider a flagged this request \(violence, hate\)/,
  },
  {
    ...moderated,
    name: "403 of a moderation for JSON",
    stream: false,
    fail: (at) => at.answer(403, FLAGGED),
    message: /moderation of provider a flagged this request/,
  },
  {
    ...moderated,
    name: "a moderation inside 200",
    fail: (at) => {
      at.head();
      at.data({ error: { message: "no", code: "content_policy_violation" } });
    },
    message: /moderation of provider a flagged this request: change it/,
  },
  {
    ...limited,
    name: "an End of a proxy that has no slot",
    fail: (at) => at.end({ error: { code: "too_many_concurrent", message: "full" } }),
    message: /rate limited: try again later/,
  },
  {
    ...provider,
    name: "garbage JSON in a stream",
    fail: (at) => {
      at.head();
      at.data('{"choices":[');
    },
    message: /expected a JSON object/,
  },
  {
    ...provider,
    name: "JSON where a stream was asked for",
    fail: (at) => at.answer(200, WHOLE_ANSWER),
    message: /JSON where a stream was asked for/,
  },
  {
    ...refused,
    name: "a JSON error where a stream was asked for",
    status: 400,
    fail: (at) => at.answer(200, '{"error":{"message":"bad","code":400}}'),
    message: /^bad$/,
  },
  { ...provider, name: "an End without a head", fail: (at) => at.end(), message: /it sent no answer/ },
  {
    ...provider,
    name: "an End with an error of its own",
    fail: (at) => at.end({ error: { code: "something", message: "socket hang up" } }),
    message: /failed: socket hang up/,
  },
  {
    ...refused,
    name: "an End that refuses the content",
    status: 400,
    fail: (at) => at.end({ error: { code: "forbidden_content", message: "no video here" } }),
    message: /^no video here$/,
  },
  {
    ...refused,
    name: "an End that refuses a parameter",
    status: 422,
    fail: (at) => at.end({ error: { code: "unsupported_parameter", message: "`n` above 1" } }),
    message: /^`n` above 1$/,
  },
  {
    ...provider,
    name: "an End with the proxy's timeout",
    code: "provider_timeout",
    status: 504,
    fail: (at) => at.end({ error: { code: "provider_timeout", message: "x", phase: "connect", limit_ms: 10_000 } }),
    message: /did not accept the connection within 10000 ms \(connect timeout\)/,
  },
  {
    ...provider,
    name: "an End that was cancelled by the proxy itself",
    code: "provider_disconnected",
    fail: (at) => {
      at.head();
      at.end({ cancelled: true });
    },
    message: /disconnected before its answer ended/,
  },
  {
    ...provider,
    name: "a lost link",
    code: "provider_disconnected",
    fail: (at) => at.lose("a"),
    message: /Provider a disconnected/,
  },
  { ...provider, name: "garbage", stream: false, fail: (at) => at.answer(200, "<html>"), message: /a JSON object/ },
  { ...provider, name: "an array", stream: false, fail: (at) => at.answer(200, "[]"), message: /a JSON object/ },
  { ...provider, name: "nothing", stream: false, fail: (at) => at.answer(200, ""), message: /a JSON object/ },
  { ...provider, name: "no choices", stream: false, fail: (at) => at.answer(200, '{"id":1}'), message: /no choices/ },
  {
    ...provider,
    name: "no finish_reason",
    stream: false,
    fail: (at) => at.answer(200, '{"choices":[{"message":{"content":"x"}}]}'),
    message: /no choices with a finish_reason/,
  },
  {
    ...provider,
    name: "events where JSON was asked for",
    stream: false,
    fail: (at) => {
      at.head();
      at.data(says("x"), stops(), "[DONE]");
      at.end();
    },
    message: /expected a JSON object/,
  },
  {
    ...provider,
    name: "an error inside 200 for JSON",
    stream: false,
    fail: (at) => at.answer(200, '{"error":{"message":"OOM","code":500}}'),
    message: /status 500: OOM/,
  },
];

describe("a provider that fails before its first output", () => {
  for (const { name, fail, stream = true, code, status, message, judged, failsOver } of FAILURES) {
    test(`${name} ${failsOver ? "is followed by the next provider" : "ends the request"} (stream: ${stream})`, async () => {
      const bench = createRelayBench({ stream });
      const outcome = bench.run();
      fail(await bench.attempt(0));
      if (failsOver) answerWhole(await bench.attempt(1), stream);
      const result = await settle(bench, outcome);
      assert.equal(result.ended, failsOver ? "answered" : "failed");
      assert.deepEqual(bench.judged, [
        ...(judged === undefined ? [] : [`a ${judged}`]),
        ...(failsOver ? ["b ok"] : []),
      ]);
      assert.equal(bench.links[1]?.attempts.length, failsOver ? 1 : 0);
      if (failsOver && stream)
        assert.deepEqual(
          bench.shown,
          [says("fine"), stops()].map((event) => JSON.stringify(event)),
        );
    });

    test(`${name} is what the client is told when nobody else is left (stream: ${stream})`, async () => {
      const bench = createRelayBench({ links: 1, stream });
      const outcome = bench.run();
      fail(await bench.attempt());
      const error = errorOf(await settle(bench, outcome));
      assert.equal(error.code, code);
      assert.equal(error.status, status);
      assert.match(error.message, message);
      assert.deepEqual(bench.shown, []);
    });
  }
});
