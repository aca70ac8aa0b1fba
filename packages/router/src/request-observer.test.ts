// What is counted and logged of requests, at which level, and what is not.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { TestContext } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import { AimoError } from "@aimo-network/protocol/errors";
import { createLog } from "./log.ts";
import { createMetrics } from "./metrics.ts";
import type { ObservedAttempt, ObservedRequest, RequestTracer } from "./request-observer.ts";
import { createObserver } from "./request-observer.ts";

const REQUEST: ObservedRequest = {
  requestId: "req-1",
  generationId: "gen-1",
  wallet: "payer",
  keyId: "key-1",
  stream: true,
  model: "a/b",
  maxTokens: undefined,
  traceparent: undefined,
  tracestate: undefined,
};
const ATTEMPT: ObservedAttempt = { attemptId: "att-1", linkId: "link-1", wallet: "seller", requestBytes: 100 };
const ANSWERED = {
  ended: "answered",
  candidate: { offer: { modelId: "a/b", wallet: "provider" } },
  usage: undefined,
  finishReason: "stop",
} as const;
const LEVELS: Readonly<Record<number, string>> = { 20: "debug", 30: "info", 40: "warn", 50: "error" };

function bench(t: TestContext, { level = "trace", tracer }: { level?: string; tracer?: RequestTracer } = {}) {
  const clock = manualClock();
  const lines: Record<string, unknown>[] = [];
  const log = createLog(level, { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) });
  const metrics = createMetrics(clock, { links: () => 0, bodiesHeldBytes: () => 0, answersHeldBytes: () => 0 });
  t.after(() => metrics.close());
  const observer = createObserver({ clock, log, counts: metrics.counts, tracer });
  /** Every line as its level, its words and its members. */
  const said = (): unknown[] =>
    lines.map(({ level: number, time: _time, pid: _pid, hostname: _hostname, ["msg"]: words, ...rest }) => [
      LEVELS[Number(number)],
      words,
      rest,
    ]);
  const counted = (): Record<string, number> =>
    Object.fromEntries(
      [metrics.counts.requests, metrics.counts.attempts, metrics.counts.errors]
        .flatMap((tally) => [...tally.entries()])
        .filter(([, count]) => count > 0),
    );
  return { clock, observer, counts: metrics.counts, said, counted, page: metrics.page };
}

describe("a request", () => {
  test("that is answered is counted, timed and worth one line for debugging", async (t) => {
    const { clock, observer, counts, said, counted, page } = bench(t);
    const request = observer.admitted(REQUEST);
    const attempt = request.attempt(ATTEMPT);
    assert.deepEqual([counts.requestsOpen, counts.streamsOpen, attempt.traceparent], [1, 1, undefined]);
    clock.advance(400);
    request.firstOutput();
    clock.advance(600);
    attempt.ended(undefined, 2_000);
    request.ended(ANSWERED);
    assert.deepEqual([counts.requestsOpen, counts.streamsOpen, counts.retries], [0, 0, 0]);
    assert.deepEqual([counts.bytesToProviders, counts.bytesFromProviders], [100, 2_000]);
    assert.deepEqual(counted(), { "chat_completions true answered": 1, answered: 1 });
    const text = await page();
    assert.match(text, /^aimo_first_token_seconds_sum 0\.4$/m);
    assert.match(text, /^aimo_request_seconds_sum\{stream="true"\} 1$/m);
    const about = {
      requestId: "req-1",
      generationId: "gen-1",
      wallet: "payer",
      keyId: "key-1",
      stream: true,
      attempts: 1,
    };
    assert.deepEqual(said(), [
      [
        "debug",
        "request answered",
        {
          ...about,
          model: "a/b",
          provider: "provider",
          firstOutputMs: 400,
          totalMs: 1_000,
        },
      ],
    ]);
  });

  test("that fails over is one retry, with a line of codes for each attempt", (t) => {
    const { observer, counts, said, counted } = bench(t);
    const request = observer.admitted({ ...REQUEST, stream: false });
    const detail = "SECRET words of the provider";
    const failure = new AimoError("provider_error", { provider: "seller", status: 500, detail, raw: detail });
    request.attempt(ATTEMPT).ended(failure, 50);
    const timeout = new AimoError("provider_timeout", { provider: "other", phase: "idle", limitMs: 5 });
    request.attempt({ ...ATTEMPT, attemptId: "att-2", linkId: "link-2", wallet: "other" }).ended(timeout, 0);
    request.ended({ ended: "failed", error: timeout });
    assert.equal(counts.retries, 1);
    assert.deepEqual(counted(), {
      "chat_completions false failed": 1,
      provider_error: 1,
      provider_timeout: 1,
    });
    const ids = { requestId: "req-1", generationId: "gen-1" };
    assert.deepEqual(said(), [
      [
        "warn",
        "attempt failed",
        {
          ...ids,
          attemptId: "att-1",
          linkId: "link-1",
          provider: "seller",
          code: "provider_error",
          status: 502,
          upstreamStatus: 500,
        },
      ],
      [
        "warn",
        "attempt failed",
        {
          ...ids,
          attemptId: "att-2",
          linkId: "link-2",
          provider: "other",
          code: "provider_timeout",
          status: 504,
          phase: "idle",
        },
      ],
      [
        "warn",
        "request failed",
        {
          ...ids,
          wallet: "payer",
          keyId: "key-1",
          stream: false,
          attempts: 2,
          code: "provider_timeout",
          status: 504,
          phase: "idle",
        },
      ],
    ]);
  });

  test("that its provider refuses is the client's mistake: no warning", (t) => {
    const { observer, said } = bench(t);
    const request = observer.admitted(REQUEST);
    const error = new AimoError("provider_refused", { provider: "seller", status: 400, detail: "SECRET" });
    request.attempt(ATTEMPT).ended(error, 0);
    request.ended({ ended: "failed", error });
    assert.deepEqual(
      said().map((line) => (line as string[]).slice(0, 2)),
      [
        ["info", "attempt failed"],
        ["info", "request failed"],
      ],
    );
    assert.doesNotMatch(JSON.stringify(said()), /SECRET/);
  });

  test("whose client leaves is no error", (t) => {
    const { observer, counts, said, counted } = bench(t, { level: "info" });
    const request = observer.admitted(REQUEST);
    request.attempt(ATTEMPT).ended(new AimoError("client_left", {}), 10);
    request.ended({ ended: "client_left" });
    observer.refused("req-2", "chat_completions", new AimoError("client_left", {}));
    assert.deepEqual([counts.requestsOpen, counts.streamsOpen], [0, 0]);
    assert.deepEqual(counted(), {
      "chat_completions true client_left": 1,
      "chat_completions unknown client_left": 1,
      client_left: 1,
    });
    assert.deepEqual(said(), []);
  });

  test("that its client left is told apart from an answer when one looks for it", (t) => {
    const { observer, said } = bench(t);
    observer.admitted(REQUEST).ended({ ended: "client_left" });
    assert.deepEqual(
      said().map((line) => (line as string[]).slice(0, 2)),
      [["debug", "request left by its client"]],
    );
  });

  test("under which the router breaks leaves nothing open", (t) => {
    const { observer, counts } = bench(t);
    const early = observer.admitted(REQUEST);
    early.attempt(ATTEMPT);
    early.broke();
    const late = observer.admitted(REQUEST);
    late.attempt(ATTEMPT).ended(undefined, 0);
    late.broke();
    assert.deepEqual([counts.requestsOpen, counts.streamsOpen], [0, 0]);
  });

  test("that is refused is counted by its code, and logged without words", (t) => {
    const { observer, said, counted } = bench(t);
    observer.refused("req-1", "other", new AimoError("not_found", { method: "GET", path: "/SECRET" }));
    observer.refused("req-2", "chat_completions", new AimoError("draining", {}));
    observer.answered();
    const broken = new AimoError("internal", {}, { cause: new Error("SECRET") });
    observer.refused("req-3", "chat_completions", broken);
    assert.deepEqual(counted(), {
      "other unknown refused": 1,
      "chat_completions unknown refused": 2,
      "other unknown answered": 1,
      not_found: 1,
      draining: 1,
      internal: 1,
    });
    const [first, second, third] = said() as [string, string, Record<string, unknown>][];
    assert.deepEqual(first, [
      "info",
      "request refused",
      { requestId: "req-1", endpoint: "other", code: "not_found", status: 404 },
    ]);
    assert.deepEqual(second?.slice(0, 2), ["warn", "request refused"]);
    assert.deepEqual(third?.slice(0, 2), ["error", "request broke"]);
    assert.match(JSON.stringify(third?.[2]), /"requestId":"req-3","error":\{"name":"Error","frames":\["at /);
    assert.doesNotMatch(JSON.stringify(said()), /SECRET/);
  });

  test("that is traced sends its attempt's own context to the provider", (t) => {
    const told: unknown[] = [];
    const tracer: RequestTracer = {
      request: ({ requestId }) => ({
        attempt: ({ attemptId }) => ({
          traceparent: `of ${attemptId}`,
          end: (code) => void told.push([attemptId, code]),
        }),
        end: (end, firstOutputMs) => void told.push([requestId, end?.ended, firstOutputMs]),
      }),
    };
    const { clock, observer } = bench(t, { tracer });
    const request = observer.admitted(REQUEST);
    const attempt = request.attempt(ATTEMPT);
    assert.equal(attempt.traceparent, "of att-1");
    clock.advance(5);
    request.firstOutput();
    attempt.ended(undefined, 0);
    request.ended(ANSWERED);
    const broken = observer.admitted(REQUEST);
    broken.attempt(ATTEMPT);
    broken.broke();
    assert.deepEqual(told, [
      ["att-1", undefined],
      ["req-1", "answered", 5],
      ["att-1", "internal"],
      ["req-1", undefined, undefined],
    ]);
  });
});
