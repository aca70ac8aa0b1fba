// How a relay goes down its plan: what fails over, what does not, who is judged, and what the client sees.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { FakeAttempt } from "../test-bed/fake-link.ts";
import type { RelayBench } from "../test-bed/relay-bench.ts";
import { createRelayBench, says, stops, WHOLE_ANSWER } from "../test-bed/relay-bench.ts";
import type { RelayOutcome } from "./relay.ts";

interface Failure {
  readonly name: string;
  readonly stream?: boolean;
  /** What the first provider does. */
  readonly fail: (attempt: FakeAttempt) => void;
  /** The code the client gets when no other provider is left. */
  readonly code: string;
  readonly status: number;
  readonly message: RegExp;
  readonly isJudged: boolean;
  readonly failsOver: boolean;
}

const provider = { code: "provider_error", status: 502, isJudged: true, failsOver: true };
const refused = { code: "provider_refused", isJudged: false, failsOver: false };
const limited = { code: "rate_limited", status: 429, isJudged: false, failsOver: true };

const FAILURES: readonly Failure[] = [
  {
    ...provider,
    name: "500",
    fail: (at) => at.answer(500, '{"error":{"message":"boom"}}'),
    message: /status 500: boom/,
  },
  { ...provider, name: "503 in HTML", fail: (at) => at.answer(503, "<h1>no</h1>"), message: /status 503: <h1>no/ },
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
    message: /try again after 9/,
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
    name: "a stream of role chunks only",
    fail: (at) => {
      at.head();
      at.data({ choices: [{ index: 0, delta: { role: "assistant", content: "" } }] }, "[DONE]");
    },
    message: /without a finish_reason/,
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

function answerWhole(attempt: FakeAttempt, stream: boolean): void {
  if (!stream) {
    attempt.answer(200, WHOLE_ANSWER);
    return;
  }
  attempt.head();
  attempt.data(says("fine"), stops(), "[DONE]");
  attempt.end();
}

function errorOf(outcome: RelayOutcome<string>): { code: string; status: number; message: string } {
  assert.equal(outcome.ended, "failed");
  return outcome.ended === "failed" ? outcome.error : assert.fail();
}

async function settle(bench: RelayBench, outcome: Promise<RelayOutcome<string>>): Promise<RelayOutcome<string>> {
  const result = await outcome;
  bench.assertNothingLeft();
  return result;
}

describe("a provider that fails before its first output", () => {
  for (const { name, fail, stream = true, code, status, message, isJudged, failsOver } of FAILURES) {
    test(`${name} ${failsOver ? "is followed by the next provider" : "ends the request"} (stream: ${stream})`, async () => {
      const bench = createRelayBench({ stream });
      const outcome = bench.run();
      fail(await bench.attempt(0));
      if (failsOver) answerWhole(await bench.attempt(1), stream);
      const result = await settle(bench, outcome);
      assert.equal(result.ended, failsOver ? "answered" : "failed");
      assert.deepEqual(bench.judged, [...(isJudged ? ["a failed"] : []), ...(failsOver ? ["b ok"] : [])]);
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

describe("a relay", () => {
  test("tells each provider its own body and payer, and a deadline that shrinks", async () => {
    const bench = createRelayBench({ links: 2 });
    const outcome = bench.run();
    const first = await bench.attempt(0);
    bench.clock.advance(1_500);
    first.answer(500, "{}");
    const second = await bench.attempt(1);
    assert.equal(Buffer.from(first.request.body).toString(), "for a");
    assert.equal(Buffer.from(second.request.body).toString(), "for b");
    assert.equal(second.request.payer, "payer at b");
    assert.deepEqual([first.request.deadlineMs, second.request.deadlineMs], [60_000, 58_500]);
    assert.notEqual(first.request.attemptId, second.request.attemptId);
    answerWhole(second, true);
    await settle(bench, outcome);
  });

  test("ends with the last failure when all providers fail", async () => {
    const bench = createRelayBench({ links: 3 });
    const outcome = bench.run();
    (await bench.attempt(0)).answer(500, '{"error":{"message":"first"}}');
    (await bench.attempt(1)).lose("b");
    (await bench.attempt(2)).answer(503, '{"error":{"message":"third"}}');
    assert.match(errorOf(await settle(bench, outcome)).message, /third/);
    assert.deepEqual(bench.judged, ["a failed", "b failed", "c failed"]);
  });

  test("does not ask a provider that has filled up since the plan was made", async () => {
    const bench = createRelayBench({ links: 2 });
    bench.links[0]!.free = 0;
    const outcome = bench.run();
    answerWhole(await bench.attempt(1), true);
    assert.equal((await settle(bench, outcome)).ended, "answered");
    assert.equal(bench.links[0]!.attempts.length, 0);
  });

  test("finds no provider available when all have filled up", async () => {
    const bench = createRelayBench({ links: 2 });
    for (const link of bench.links) link.free = 0;
    assert.equal(errorOf(await settle(bench, bench.run())).code, "no_provider_available");
  });

  test("survives a link that breaks while the attempt is opened", async () => {
    const bench = createRelayBench({ links: 2 });
    bench.links[0]!.opening = (attempt) => attempt.lose("a");
    const outcome = bench.run();
    answerWhole(await bench.attempt(1), true);
    assert.equal((await settle(bench, outcome)).ended, "answered");
    assert.deepEqual(bench.judged, ["a failed", "b ok"]);
  });

  test("keeps to its provider once the client has seen output", async () => {
    const bench = createRelayBench();
    const outcome = bench.run();
    const attempt = await bench.attempt(0);
    attempt.head();
    attempt.data(says("par"));
    attempt.lose("a");
    assert.equal(errorOf(await settle(bench, outcome)).code, "provider_disconnected");
    assert.deepEqual(bench.shown, [JSON.stringify(says("par"))]);
    assert.equal(bench.links[1]?.attempts.length, 0);
    assert.deepEqual(bench.judged, ["a failed"]);
  });

  for (const [name, fail] of [
    ["an error in the stream", (at: FakeAttempt) => at.data({ error: { message: "x" } })],
    ["garbage", (at: FakeAttempt) => at.data("{")],
    ["a [DONE] without finish_reason", (at: FakeAttempt) => at.data("[DONE]")],
    ["an End without finish_reason", (at: FakeAttempt) => at.end()],
    ["an End with an error", (at: FakeAttempt) => at.end({ error: { code: "provider_error", message: "x" } })],
  ] as const) {
    test(`fails after output by ${name}, and asks nobody else`, async () => {
      const bench = createRelayBench();
      const outcome = bench.run();
      const attempt = await bench.attempt(0);
      attempt.head();
      attempt.data(says("par"));
      fail(attempt);
      assert.equal(errorOf(await settle(bench, outcome)).code, "provider_error");
      assert.deepEqual(bench.shown, [JSON.stringify(says("par"))]);
      assert.equal(bench.links[1]?.attempts.length, 0);
    });
  }

  for (const [name, delta] of [
    ["reasoning", { reasoning: "hm" }],
    ["reasoning_content", { reasoning_content: "hm" }],
    ["a refusal", { refusal: "no" }],
    ["a tool call", { tool_calls: [{ index: 0, function: { name: "f", arguments: "" } }] }],
    ["audio", { audio: { id: "a" } }],
  ] as const) {
    test(`counts ${name} as output`, async () => {
      const bench = createRelayBench();
      const outcome = bench.run();
      const attempt = await bench.attempt(0);
      attempt.head();
      attempt.data({ choices: [{ index: 0, delta }] });
      assert.equal(bench.shown.length, 1);
      attempt.lose();
      await settle(bench, outcome);
      assert.equal(bench.links[1]?.attempts.length, 0);
    });
  }

  test("shows preamble only with the first output, in order, and never that of a provider that failed", async () => {
    const bench = createRelayBench();
    const role = { choices: [{ index: 0, delta: { role: "assistant", content: "" } }] };
    const outcome = bench.run();
    const first = await bench.attempt(0);
    first.head();
    first.data(role, { choices: [], usage: { prompt_tokens: 1, completion_tokens: 0 } });
    assert.deepEqual(bench.shown, []);
    first.lose();
    const second = await bench.attempt(1);
    second.head();
    second.data(role, says("x"), stops(), "[DONE]");
    second.end();
    await settle(bench, outcome);
    assert.deepEqual(
      bench.shown,
      [role, says("x"), stops()].map((event) => JSON.stringify(event)),
    );
  });

  test("answers from a provider whose preamble never ends", async () => {
    const bench = createRelayBench();
    const outcome = bench.run();
    const attempt = await bench.attempt(0);
    attempt.head();
    const preamble = { choices: [{ index: 0, delta: { role: "assistant" } }], padding: "x".repeat(100_000) };
    attempt.data(preamble, preamble);
    assert.equal(bench.shown.length, 0);
    attempt.data(preamble);
    assert.equal(bench.shown.length, 3);
    attempt.data(stops(), "[DONE]");
    attempt.end();
    assert.equal((await settle(bench, outcome)).ended, "answered");
  });

  test("counts an answer that is empty on purpose as an answer", async () => {
    const bench = createRelayBench({ links: 1 });
    const outcome = bench.run();
    const attempt = await bench.attempt();
    attempt.head();
    attempt.data(stops(), "[DONE]");
    attempt.end();
    const result = await settle(bench, outcome);
    assert.equal(result.ended === "answered" && result.finishReason, "stop");
  });

  test("takes the last usage of a stream, never a sum", async () => {
    const bench = createRelayBench({ links: 1 });
    const outcome = bench.run();
    const attempt = await bench.attempt();
    attempt.head();
    for (const tokens of [1, 2, 3]) {
      attempt.data({ ...says("x"), usage: { prompt_tokens: 10, completion_tokens: tokens } });
    }
    attempt.data({ ...stops(), usage: null }, "[DONE]");
    attempt.end();
    const result = await settle(bench, outcome);
    assert.equal(result.ended === "answered" && result.usage?.completionTokens, 3);
  });
});

describe("a client that leaves", () => {
  const phases: readonly (readonly [string, boolean, (attempt: FakeAttempt) => void])[] = [
    ["before the head", true, () => undefined],
    ["after the head", true, (at) => at.head()],
    [
      "while nothing has been shown",
      true,
      (at) => {
        at.head();
        at.data({ choices: [{ index: 0, delta: { role: "assistant" } }] });
      },
    ],
    [
      "after output",
      true,
      (at) => {
        at.head();
        at.data(says("x"));
      },
    ],
    [
      "in the middle of an event",
      true,
      (at) => {
        at.head();
        at.write('data: {"choices":');
      },
    ],
    [
      "while an error body comes",
      true,
      (at) => {
        at.head(500, {});
        at.write("oh");
      },
    ],
    ["before a JSON answer", false, () => undefined],
    [
      "in the middle of a JSON answer",
      false,
      (at) => {
        at.head(200, { "content-type": "application/json" });
        at.write('{"choices":[');
      },
    ],
  ];
  for (const [when, stream, act] of phases) {
    test(`${when} cancels the attempt once, and nobody else is asked`, async () => {
      const bench = createRelayBench({ stream });
      const outcome = bench.run();
      const attempt = await bench.attempt(0);
      act(attempt);
      bench.leave();
      assert.deepEqual(attempt.cancels, ["client_left"]);
      attempt.write("data: late\n\n");
      attempt.end({ cancelled: true });
      assert.deepEqual(await settle(bench, outcome), { ended: "client_left" });
      assert.deepEqual(attempt.acknowledged, [false]);
      assert.deepEqual(bench.judged, []);
      assert.equal(bench.links[1]?.attempts.length, 0);
      assert.deepEqual(bench.logLines, []);
    });
  }

  test("between two attempts is asked nothing more", async () => {
    const bench = createRelayBench();
    const outcome = bench.run();
    const attempt = await bench.attempt(0);
    attempt.answer(500, "{}");
    bench.leave(); // before the relay, which waits for a promise, goes on
    assert.equal((await settle(bench, outcome)).ended, "client_left");
    assert.deepEqual(attempt.cancels, []);
    assert.equal(bench.links[1]?.attempts.length, 0);
  });

  test("before the relay starts sends nothing to any provider", async () => {
    const bench = createRelayBench();
    bench.leave();
    assert.equal((await settle(bench, bench.run())).ended, "client_left");
    assert.equal(bench.links[0]?.attempts.length, 0);
  });

  test("after the answer has ended is no reason to cancel", async () => {
    const bench = createRelayBench();
    const outcome = bench.run();
    const attempt = await bench.attempt(0);
    attempt.head();
    attempt.data(says("x"), stops(), "[DONE]");
    bench.leave();
    assert.equal((await outcome).ended, "answered");
    assert.deepEqual(attempt.cancels, []);
    attempt.end();
    bench.assertNothingLeft();
  });
});
