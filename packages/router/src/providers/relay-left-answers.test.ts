// Clients that leave when the answer has said why it stops: it is read on to its usage, and what it used is known exactly.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LEFT_ANSWER_MS } from "../limits.ts";
import type { FakeAttempt } from "../test-bed/fake-link.ts";
import type { BenchOptions, RelayBench } from "../test-bed/relay-bench.ts";
import { createRelayBench, says, settle, stops, WHOLE_ANSWER } from "../test-bed/relay-bench.ts";
import type { RelayOutcome } from "./relay.ts";

interface Left {
  readonly bench: RelayBench;
  readonly attempt: FakeAttempt;
  readonly outcome: Promise<RelayOutcome<string>>;
}

const USAGE = { choices: [], usage: { prompt_tokens: 3, completion_tokens: 2 } };

/** A relay whose client has left a stream after its finish_reason. */
async function leaveStopped(options: BenchOptions = {}): Promise<Left> {
  const bench = createRelayBench({ links: 1, ...options });
  const outcome = bench.run();
  const attempt = await bench.attempt();
  attempt.head();
  attempt.data(says("é"), stops());
  bench.leave();
  return { bench, attempt, outcome };
}

describe("a stream that has said why it stops", () => {
  test("is read on to its usage when its client leaves, and nothing more is shown", async () => {
    const { bench, attempt, outcome } = await leaveStopped();
    assert.deepEqual(attempt.cancels, []);
    bench.clock.advance(LEFT_ANSWER_MS - 1);
    attempt.data(says("of another choice"), USAGE, "[DONE]");
    attempt.end();
    const result = await settle(bench, outcome);
    assert.ok(result.ended === "answered");
    assert.deepEqual([result.clientGone, result.finishReason, result.delivered], [true, "stop", { bytes: 2 }]);
    assert.deepEqual([result.usage?.promptTokens, result.usage?.completionTokens], [3, 2]);
    assert.equal(bench.shown.length, 2);
    assert.deepEqual(bench.judged, ["a ok"]);
    assert.deepEqual(attempt.cancels, []);
  });

  test("is cancelled when its usage does not come in time, however much else does", async () => {
    const { bench, attempt, outcome } = await leaveStopped({ deadlines: { idleMs: 100 } });
    for (let passedMs = 0; passedMs < LEFT_ANSWER_MS; passedMs += 50) {
      assert.deepEqual(attempt.cancels, [], `after ${passedMs} ms`);
      attempt.data(says("x"));
      bench.clock.advance(50);
    }
    assert.deepEqual(attempt.cancels, ["client_left"]);
    const result = await settle(bench, outcome);
    assert.ok(result.ended === "client_left");
    assert.deepEqual([result.candidate?.offer, result.finishReason], ["offer of a", "stop"]);
    assert.deepEqual([result.usage, result.delivered], [undefined, { bytes: 2 }]);
    assert.deepEqual(bench.judged, []);
  });

  test("keeps the usage that came before it was cancelled", async () => {
    const { bench, attempt, outcome } = await leaveStopped();
    attempt.data(USAGE);
    bench.clock.advance(LEFT_ANSWER_MS);
    const result = await settle(bench, outcome);
    assert.deepEqual([result.ended, result.usage?.completionTokens], ["client_left", 2]);
  });

  test("is read no longer than the request has in all, and nobody is blamed", async () => {
    const { bench, attempt, outcome } = await leaveStopped({ deadlines: { totalMs: LEFT_ANSWER_MS - 1 } });
    bench.clock.advance(LEFT_ANSWER_MS - 1);
    assert.deepEqual(attempt.cancels, ["client_left"]);
    assert.equal((await settle(bench, outcome)).ended, "client_left");
    assert.deepEqual(bench.judged, []);
  });

  test("is read on too where its client had stopped reading before it left", async () => {
    const bench = createRelayBench({ links: 1 });
    const outcome = bench.run();
    const attempt = await bench.attempt();
    attempt.head();
    bench.stopReading();
    attempt.data(says("x"), stops());
    assert.ok(attempt.heldBytes > 0);
    bench.leave();
    assert.equal(attempt.heldBytes, 0, "the provider has its credit back");
    attempt.data(USAGE);
    assert.equal(attempt.heldBytes, 0);
    attempt.end();
    const result = await settle(bench, outcome);
    assert.deepEqual([result.ended, result.usage?.completionTokens], ["answered", 2]);
    bench.readAgain(); // too late to mean anything
  });

  for (const [name, fail] of [
    ["its link breaks", (at: FakeAttempt) => at.lose("a")],
    ["it ends with an error", (at: FakeAttempt) => at.data({ error: { message: "x" } })],
  ] as const) {
    test(`fails where ${name} before its usage, as it would have for a client that stayed`, async () => {
      const { bench, attempt, outcome } = await leaveStopped({ links: 2 });
      fail(attempt);
      const result = await settle(bench, outcome);
      assert.deepEqual([result.ended, result.delivered], ["failed", { bytes: 2 }]);
      assert.equal(bench.links[1]?.attempts.length, 0);
      assert.deepEqual(bench.judged, ["a failed"]);
    });
  }
});

describe("a stream that has not said why it stops", () => {
  test("is cancelled at once, with the usage it has told so far", async () => {
    const bench = createRelayBench({ links: 1 });
    const outcome = bench.run();
    const attempt = await bench.attempt();
    attempt.head();
    attempt.data({ ...says("abc"), usage: { prompt_tokens: 4, completion_tokens: 1 } });
    bench.leave();
    assert.deepEqual(attempt.cancels, ["client_left"]);
    const result = await settle(bench, outcome);
    assert.ok(result.ended === "client_left");
    assert.deepEqual([result.usage?.promptTokens, result.finishReason], [4, undefined]);
    assert.deepEqual(result.delivered, { bytes: 3 });
  });
});

describe("a JSON answer", () => {
  test("that is whole when its client leaves is an answer, of which nothing was delivered", async () => {
    const bench = createRelayBench({ links: 1, stream: false });
    const outcome = bench.run();
    const attempt = await bench.attempt();
    attempt.head(200, { "content-type": "application/json" });
    attempt.write(`${WHOLE_ANSWER}\n`);
    bench.leave();
    const result = await settle(bench, outcome);
    assert.ok(result.ended === "answered");
    assert.deepEqual([result.clientGone, result.delivered], [true, { bytes: 0 }]);
    assert.deepEqual([result.usage?.completionTokens, result.answer?.outputBytes], [1, 2]);
    assert.deepEqual(attempt.cancels, []);
    attempt.end();
    result.settle(true);
    assert.deepEqual([attempt.acknowledged, bench.logLines], [[true], []]);
  });

  for (const [name, text] of [
    ["is not", WHOLE_ANSWER.slice(0, -1)],
    ["only looks so", WHOLE_ANSWER.slice(0, WHOLE_ANSWER.indexOf("}") + 1)],
    ["is no completion", '{"choices":[]}'],
    ["carries an error", '{"error":{"message":"x"}}'],
  ] as const) {
    test(`that ${name} whole is cancelled`, async () => {
      const bench = createRelayBench({ links: 1, stream: false });
      const outcome = bench.run();
      const attempt = await bench.attempt();
      attempt.head(200, { "content-type": "application/json" });
      attempt.write(text);
      bench.leave();
      assert.deepEqual(attempt.cancels, ["client_left"]);
      assert.equal((await settle(bench, outcome)).ended, "client_left");
      assert.deepEqual(bench.judged, []);
    });
  }
});
