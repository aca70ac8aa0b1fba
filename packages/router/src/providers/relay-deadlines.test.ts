// The deadlines of a relay, each on both of its sides: first byte, idle and total, and what stops and starts them.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ATTEMPT_MS_MIN } from "../limits.ts";
import type { FakeAttempt } from "../test-bed/fake-link.ts";
import type { RelayBench } from "../test-bed/relay-bench.ts";
import { createRelayBench, says, stops, WHOLE_ANSWER } from "../test-bed/relay-bench.ts";
import type { RelayOutcome } from "./relay.ts";

// The bench's deadlines: first byte 5,000 ms, idle 2,000 ms, total 60,000 ms.
const FIRST_BYTE_MS = 5_000;
const IDLE_MS = 2_000;
const TOTAL_MS = 60_000;

/** Moves to the last moment before a deadline that is `limitMs` away and looks, then onto it. */
function crossDeadline(bench: RelayBench, attempt: FakeAttempt, limitMs: number): void {
  bench.clock.advance(limitMs - 1);
  assert.deepEqual(attempt.cancels, [], "a moment before the deadline");
  bench.clock.advance(1);
  assert.deepEqual(attempt.cancels, ["provider_timeout"], "at the deadline");
}

async function timeoutOf(bench: RelayBench, outcome: Promise<RelayOutcome<string>>): Promise<object> {
  const result = await outcome;
  bench.assertNothingLeft();
  assert.equal(result.ended, "failed");
  const { code, status, context } = result.ended === "failed" ? result.error : assert.fail();
  assert.equal(code, "provider_timeout");
  return { status, ...context };
}

async function answerLate(attempt: FakeAttempt): Promise<void> {
  attempt.head();
  attempt.data(says("fine"), stops(), "[DONE]");
  attempt.end();
  await Promise.resolve();
}

describe("the first-byte deadline", () => {
  for (const [name, act] of [
    ["of a provider that says nothing", () => undefined],
    ["is not met by a head", (at: FakeAttempt) => at.head()],
    [
      "is not met by comments",
      (at: FakeAttempt) => {
        at.head();
        at.write(": PROCESSING\n\n: PROCESSING\n\n");
      },
    ],
    [
      "is not met by empty events",
      (at: FakeAttempt) => {
        at.head();
        at.write("data:\n\n\n\ndata: \n\n");
      },
    ],
    [
      "is not met by half an event",
      (at: FakeAttempt) => {
        at.head();
        at.write('data: {"choices":');
      },
    ],
  ] as const) {
    test(`${name} passes after ${FIRST_BYTE_MS} ms and is named`, async () => {
      const bench = createRelayBench({ links: 1 });
      const outcome = bench.run();
      const attempt = await bench.attempt();
      act(attempt);
      crossDeadline(bench, attempt, FIRST_BYTE_MS);
      const context = { status: 504, provider: "a", phase: "first_byte", limitMs: FIRST_BYTE_MS };
      assert.deepEqual(await timeoutOf(bench, outcome), context);
      assert.deepEqual(bench.judged, ["a failed"]);
    });
  }

  test("is followed by the next provider, whose own starts anew", async () => {
    const bench = createRelayBench();
    const outcome = bench.run();
    const first = await bench.attempt(0);
    crossDeadline(bench, first, FIRST_BYTE_MS);
    const second = await bench.attempt(1);
    crossDeadline(bench, second, FIRST_BYTE_MS);
    await timeoutOf(bench, outcome);
    assert.deepEqual(bench.judged, [], "who failed alike, like the others, may not have been at fault");
  });

  test("does not bind a JSON answer, which comes whole", async () => {
    const bench = createRelayBench({ links: 1, stream: false });
    const outcome = bench.run();
    const attempt = await bench.attempt();
    bench.clock.advance(TOTAL_MS - 1);
    attempt.answer(200, WHOLE_ANSWER);
    assert.equal((await outcome).ended, "answered");
    bench.assertNothingLeft();
  });
});

describe("the idle deadline", () => {
  const started = async (): Promise<{
    bench: RelayBench;
    outcome: Promise<RelayOutcome<string>>;
    attempt: FakeAttempt;
  }> => {
    const bench = createRelayBench({ links: 1 });
    const outcome = bench.run();
    const attempt = await bench.attempt();
    attempt.head();
    bench.clock.advance(FIRST_BYTE_MS - 1);
    attempt.data(says("x"));
    return { bench, outcome, attempt };
  };
  const expected = { status: 504, provider: "a", phase: "idle", limitMs: IDLE_MS };

  test(`passes ${IDLE_MS} ms after the last event and is named`, async () => {
    const { bench, outcome, attempt } = await started();
    crossDeadline(bench, attempt, IDLE_MS);
    assert.deepEqual(await timeoutOf(bench, outcome), expected);
    assert.deepEqual(bench.judged, ["a failed"]);
  });

  test("starts again with every event", async () => {
    const { bench, outcome, attempt } = await started();
    for (let event = 0; event < 20; event += 1) {
      bench.clock.advance(IDLE_MS - 1);
      attempt.data(says("x"));
    }
    crossDeadline(bench, attempt, IDLE_MS);
    assert.deepEqual(await timeoutOf(bench, outcome), expected);
  });

  for (const [name, text] of [
    ["comments", ": PROCESSING\n\n"],
    ["empty events", "data:\n\n"],
    ["bytes of an event that does not end", "data: x\n"],
    ["other fields", "event: ping\nid: 7\n\n"],
  ] as const) {
    test(`does not start again with ${name}`, async () => {
      const { bench, outcome, attempt } = await started();
      bench.clock.advance(IDLE_MS / 2);
      attempt.write(text);
      crossDeadline(bench, attempt, IDLE_MS / 2);
      assert.deepEqual(await timeoutOf(bench, outcome), expected);
    });
  }

  test("binds an error body, by the pieces that come", async () => {
    const bench = createRelayBench({ links: 1 });
    const outcome = bench.run();
    const attempt = await bench.attempt();
    bench.clock.advance(FIRST_BYTE_MS - 1);
    attempt.head(500, {});
    for (let piece = 0; piece < 4; piece += 1) {
      bench.clock.advance(IDLE_MS - 1);
      attempt.write("oh");
    }
    crossDeadline(bench, attempt, IDLE_MS);
    assert.deepEqual(await timeoutOf(bench, outcome), expected);
  });

  test("ends an error body that never ends, since bytes beyond its limit are no progress", async () => {
    const bench = createRelayBench({ links: 1 });
    const outcome = bench.run();
    const attempt = await bench.attempt();
    attempt.head(500, {});
    attempt.write("x".repeat(64 * 1024));
    bench.clock.advance(IDLE_MS - 1);
    attempt.write("x");
    crossDeadline(bench, attempt, 1);
    assert.deepEqual(await timeoutOf(bench, outcome), expected);
  });
});

describe("a client that does not read", () => {
  const paused = async (): Promise<{
    bench: RelayBench;
    outcome: Promise<RelayOutcome<string>>;
    attempt: FakeAttempt;
  }> => {
    const bench = createRelayBench();
    const outcome = bench.run();
    const attempt = await bench.attempt(0);
    attempt.head();
    attempt.data(says("x"));
    bench.clock.advance(IDLE_MS - 1);
    bench.stopReading();
    attempt.data(says("y"));
    return { bench, outcome, attempt };
  };

  test("stops the idle deadline and keeps the provider's credit, until it reads again", async () => {
    const { bench, outcome, attempt } = await paused();
    bench.clock.advance(IDLE_MS * 20);
    assert.deepEqual(attempt.cancels, []);
    assert.ok(attempt.heldBytes > 0, "what the client has not read is not granted");
    bench.readAgain();
    assert.equal(attempt.heldBytes, 0);
    crossDeadline(bench, attempt, IDLE_MS);
    assert.deepEqual(await timeoutOf(bench, outcome), { status: 504, provider: "a", phase: "idle", limitMs: IDLE_MS });
  });

  test("is not waited for anew by events that come meanwhile", async () => {
    const { bench, outcome, attempt } = await paused();
    attempt.data(says("z"));
    bench.clock.advance(IDLE_MS * 3);
    assert.deepEqual(attempt.cancels, []);
    assert.equal(attempt.heldBytes, `data: ${JSON.stringify(says("y"))}\n\n`.length * 2);
    bench.readAgain();
    await answerLate(attempt);
    assert.equal((await outcome).ended, "answered");
    bench.assertNothingLeft();
  });

  test("until the total deadline counts as having left, and its provider is not blamed", async () => {
    const { bench, outcome, attempt } = await paused();
    bench.clock.advance(TOTAL_MS - IDLE_MS);
    assert.deepEqual(attempt.cancels, []);
    bench.clock.advance(1);
    assert.deepEqual(attempt.cancels, ["client_left"]);
    const { ended, candidate, delivered } = await outcome;
    assert.deepEqual([ended, candidate?.offer, delivered], ["client_left", "offer of a", { bytes: 2 }]);
    assert.deepEqual(bench.judged, []);
    bench.assertNothingLeft();
  });

  test("gets an answer that ends meanwhile, and the provider all its credit", async () => {
    const { bench, outcome, attempt } = await paused();
    attempt.data(stops(), "[DONE]");
    attempt.write(": trailing bytes\n\n");
    assert.equal(attempt.heldBytes, 0);
    attempt.end();
    assert.equal((await outcome).ended, "answered");
    bench.readAgain();
    bench.assertNothingLeft();
  });

  test("gets the end of an answer whose last piece it does not take, and the provider that piece's credit", async () => {
    const bench = createRelayBench({ links: 1 });
    const outcome = bench.run();
    const attempt = await bench.attempt();
    attempt.head();
    bench.stopReading();
    attempt.write(`data: ${JSON.stringify(says("x"))}\n\ndata: ${JSON.stringify(stops())}\n\ndata: [DONE]\n\n`);
    assert.equal(attempt.heldBytes, 0);
    assert.equal((await outcome).ended, "answered");
    bench.readAgain();
    bench.assertNothingLeft();
  });
});

describe("the total deadline", () => {
  test("passes although events keep coming, and is named", async () => {
    const bench = createRelayBench({ links: 1 });
    const outcome = bench.run();
    const attempt = await bench.attempt();
    attempt.head();
    for (let passedMs = 0; passedMs < TOTAL_MS - 1_000; passedMs += 1_000) {
      attempt.data(says("x"));
      bench.clock.advance(1_000);
    }
    attempt.data(says("x"));
    crossDeadline(bench, attempt, 1_000);
    const context = { status: 408, provider: "a", phase: "total", limitMs: TOTAL_MS };
    assert.deepEqual(await timeoutOf(bench, outcome), context);
  });

  test("binds a JSON answer", async () => {
    const bench = createRelayBench({ links: 1, stream: false });
    const outcome = bench.run();
    const attempt = await bench.attempt();
    attempt.head(200, { "content-type": "application/json" });
    attempt.write('{"choices":');
    crossDeadline(bench, attempt, TOTAL_MS);
    const context = { status: 408, provider: "a", phase: "total", limitMs: TOTAL_MS };
    assert.deepEqual(await timeoutOf(bench, outcome), context);
  });

  for (const [leftMs, isAsked] of [
    [ATTEMPT_MS_MIN, true],
    [ATTEMPT_MS_MIN - 1, false],
  ] as const) {
    test(`leaves ${leftMs} ms, and another provider is ${isAsked ? "asked" : "not blamed for them"}`, async () => {
      const bench = createRelayBench({ stream: false });
      const outcome = bench.run();
      const attempt = await bench.attempt();
      bench.clock.advance(TOTAL_MS - leftMs);
      attempt.end({ error: { code: "provider_timeout", message: "x", phase: "total", limit_ms: TOTAL_MS } });
      const second = await Promise.race([bench.attempt(1), outcome.then(() => undefined)]);
      assert.equal(second !== undefined, isAsked);
      second?.end({ error: { code: "provider_error", message: "boom" } });
      await outcome;
      assert.deepEqual(bench.judged, isAsked ? [] : ["a failed"]);
      bench.assertNothingLeft();
    });
  }

  test("spans all attempts, and none follows it", async () => {
    const bench = createRelayBench({ links: 3, deadlines: { firstByteMs: 40_000 } });
    const outcome = bench.run();
    crossDeadline(bench, await bench.attempt(0), 40_000);
    const second = await bench.attempt(1);
    assert.equal(second.request.deadlineMs, TOTAL_MS - 40_000);
    crossDeadline(bench, second, TOTAL_MS - 40_000);
    const context = { status: 408, provider: "b", phase: "total", limitMs: TOTAL_MS };
    assert.deepEqual(await timeoutOf(bench, outcome), context);
    assert.equal(bench.links[2]!.attempts.length, 0);
  });
});
