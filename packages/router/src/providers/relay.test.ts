// How a relay goes down its plan: when it goes on, when it stays with its provider, and what the client is shown.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { HELD_EVENTS_CHARS_MAX } from "../limits.ts";
import type { FakeAttempt } from "../test-bed/fake-link.ts";
import { answerWhole, createRelayBench, errorOf, says, settle, stops } from "../test-bed/relay-bench.ts";

describe("a relay", () => {
  test("tells each provider its own body and payer, and a deadline that shrinks", async () => {
    const bench = createRelayBench({ links: 2 });
    const outcome = bench.run();
    const first = await bench.attempt(0);
    bench.clock.advance(1_500);
    first.answer(500, "{}");
    const second = await bench.attempt(1);
    assert.equal(Buffer.concat(first.request.body).toString(), "for a");
    assert.equal(Buffer.concat(second.request.body).toString(), "for b");
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

  for (const [name, failure] of [
    ["an error in the stream", { error: { message: "x" } }],
    ["garbage", "{"],
    ["a [DONE] without finish_reason", "[DONE]"],
  ] as const) {
    test(`asks the next provider when output comes in one piece with ${name}: nobody has seen it`, async () => {
      const bench = createRelayBench();
      const outcome = bench.run();
      const first = await bench.attempt(0);
      first.head();
      const last = typeof failure === "string" ? failure : JSON.stringify(failure);
      first.write(`data: ${JSON.stringify(says("par"))}\n\ndata: ${last}\n\n`);
      const second = await Promise.race([bench.attempt(1), outcome.then(() => undefined)]);
      assert.ok(second !== undefined, "the next provider is asked");
      answerWhole(second, true);
      assert.equal((await settle(bench, outcome)).ended, "answered");
      assert.deepEqual(
        bench.shown,
        [says("fine"), stops()].map((event) => JSON.stringify(event)),
      );
      assert.deepEqual(bench.judged, ["a failed", "b ok"]);
    });
  }

  test("shows an answer that comes whole in one piece", async () => {
    const bench = createRelayBench({ links: 1 });
    const outcome = bench.run();
    const attempt = await bench.attempt();
    attempt.head();
    attempt.write(
      [says("a"), says("b"), stops(), "[DONE]"]
        .map((event) => `data: ${typeof event === "string" ? event : JSON.stringify(event)}\n\n`)
        .join(""),
    );
    attempt.end();
    assert.equal((await settle(bench, outcome)).ended, "answered");
    assert.deepEqual(
      bench.shown,
      [says("a"), says("b"), stops()].map((event) => JSON.stringify(event)),
    );
  });

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
    const preamble = (chars: number): string => {
      const silent = { choices: [{ index: 0, delta: { role: "assistant" } }], padding: "" };
      return JSON.stringify({ ...silent, padding: "x".repeat(chars - JSON.stringify(silent).length) });
    };
    attempt.data(preamble(100), preamble(HELD_EVENTS_CHARS_MAX - 100)); // exactly as much as is held
    assert.equal(bench.shown.length, 0);
    attempt.data(preamble(100));
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
