// Clients that leave, in every phase of a relay: one cancel, no further attempt, nobody judged, nothing left.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { FakeAttempt } from "../test-bed/fake-link.ts";
import { createRelayBench, says, settle, stops } from "../test-bed/relay-bench.ts";

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
      const left = await settle(bench, outcome);
      assert.deepEqual([left.ended, left.candidate?.offer, left.attemptIndex], ["client_left", "offer of a", 0]);
      assert.equal(left.delivered.bytes, when === "after output" ? 1 : 0);
      assert.deepEqual(attempt.acknowledged, []);
      left.settle(false);
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
    const left = await settle(bench, outcome);
    assert.deepEqual([left.ended, left.candidate], ["client_left", undefined], "nobody is owed anything");
    assert.deepEqual(attempt.cancels, []);
    assert.equal(bench.links[1]?.attempts.length, 0);
    assert.deepEqual(bench.retried, []);
    left.settle(false);
    assert.deepEqual(attempt.acknowledged, [false]);
  });

  test("while billing records another attempt is asked nothing more", async () => {
    const bench = createRelayBench();
    const recorded = Promise.withResolvers<void>();
    bench.retry = () => recorded.promise;
    const outcome = bench.run();
    (await bench.attempt(0)).answer(500, "{}");
    while (bench.retried.length === 0) await Promise.resolve();
    bench.leave();
    recorded.resolve();
    const left = await settle(bench, outcome);
    assert.deepEqual([left.ended, left.candidate], ["client_left", undefined]);
    assert.equal(bench.links[1]?.attempts.length, 0);
  });

  test("before the relay starts sends nothing to any provider", async () => {
    const bench = createRelayBench();
    bench.leave();
    const left = await settle(bench, bench.run());
    assert.deepEqual([left.ended, left.candidate, left.delivered], ["client_left", undefined, { bytes: 0 }]);
    left.settle(false); // of which nobody needs to be told
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
