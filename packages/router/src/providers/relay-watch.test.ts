// What whoever watches a relay is told: every attempt with its bytes and its end, and the first output once.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { answerWhole, createRelayBench, says, settle, stops, WHOLE_ANSWER } from "../test-bed/relay-bench.ts";

const EVENTS = [says("one"), says("two"), stops(), "[DONE]"];

function eventBytes(): number {
  return EVENTS.map((event) => `data: ${typeof event === "string" ? event : JSON.stringify(event)}\n\n`).join("")
    .length;
}

describe("the watch of a relay", () => {
  test("is told of a stream's first output once, and of the attempt with the bytes of both bodies", async () => {
    const bench = createRelayBench();
    const outcome = bench.run();
    const attempt = await bench.attempt();
    attempt.head();
    attempt.data({ choices: [{ index: 0, delta: { role: "assistant" } }] });
    assert.deepEqual(bench.watched, ["a gets 5 bytes"]);
    attempt.data(says("one"));
    assert.deepEqual(bench.watched, ["a gets 5 bytes", "first output"]);
    attempt.data(...EVENTS.slice(1));
    attempt.end();
    await settle(bench, outcome);
    const role = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { role: "assistant" } }] })}\n\n`.length;
    assert.deepEqual(bench.watched, [
      "a gets 5 bytes",
      "first output",
      `a answered after ${role + eventBytes()} bytes`,
    ]);
  });

  test("is told of every attempt of a relay that fails over, in order", async () => {
    const bench = createRelayBench();
    const outcome = bench.run();
    (await bench.attempt()).answer(500, "no");
    answerWhole(await bench.attempt(1), true);
    await settle(bench, outcome);
    const [first, failed, second, output, answered] = bench.watched;
    assert.deepEqual([first, failed], ["a gets 5 bytes", "a provider_error after 2 bytes"]);
    assert.deepEqual([second, output], ["b gets 5 bytes", "first output"]);
    assert.match(answered ?? "", /^b answered after \d+ bytes$/);
    assert.equal(bench.watched.length, 5);
  });

  test("is told of a whole answer without a first output", async () => {
    const bench = createRelayBench({ stream: false });
    const outcome = bench.run();
    answerWhole(await bench.attempt(), false);
    await settle(bench, outcome);
    assert.deepEqual(bench.watched, ["a gets 5 bytes", `a answered after ${WHOLE_ANSWER.length} bytes`]);
  });

  test("is told of a link that breaks while the attempt is opened, and of a client that leaves", async () => {
    const broken = createRelayBench({ links: 1 });
    broken.links[0]!.opening = (attempt) => attempt.lose("a");
    await settle(broken, broken.run());
    assert.deepEqual(broken.watched, ["a gets 5 bytes", "a provider_disconnected after 0 bytes"]);
    const left = createRelayBench({ links: 1 });
    const outcome = left.run();
    const attempt = await left.attempt();
    left.leave();
    attempt.end({ cancelled: true });
    await settle(left, outcome);
    assert.deepEqual(left.watched, ["a gets 5 bytes", "a client_left after 0 bytes"]);
  });

  test("gives each attempt the trace context that its provider is sent", async () => {
    const bench = createRelayBench({ traceparents: { a: "context of a" } });
    const outcome = bench.run();
    const first = await bench.attempt();
    assert.deepEqual(first.request.headers, { accept: "*/*", traceparent: "context of a" });
    first.answer(500, "no");
    const second = await bench.attempt(1);
    assert.deepEqual(second.request.headers, { accept: "*/*" });
    answerWhole(second, true);
    await settle(bench, outcome);
  });
});
