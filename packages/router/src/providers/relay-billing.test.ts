// What a relay tells billing: its attempts before they are made, what was delivered while it is, and how it came out.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AimoError } from "@aimo-network/protocol/errors";
import { attemptIdOf } from "@aimo-network/protocol/ids";
import { ATTEMPTS_PER_REQUEST_MAX } from "@aimo-network/protocol/limits";
import { answerWhole, createRelayBench, errorOf, says, settle, stops, WHOLE_ANSWER } from "../test-bed/relay-bench.ts";

const ROLE = { choices: [{ index: 0, delta: { role: "assistant", content: "" } }] };

describe("the attempts of a relay", () => {
  test("have ids made of the request's, one index after the other", async () => {
    const bench = createRelayBench({ links: 3 });
    const outcome = bench.run();
    const ids: string[] = [];
    for (const link of [0, 1]) {
      const attempt = await bench.attempt(link);
      ids.push(attempt.request.attemptId);
      attempt.answer(500, "no");
    }
    const last = await bench.attempt(2);
    ids.push(last.request.attemptId);
    answerWhole(last, true);
    assert.deepEqual(
      ids,
      [0, 1, 2].map((index) => attemptIdOf(bench.uuid, index)),
    );
    assert.equal((await settle(bench, outcome)).attemptIndex, 2);
  });

  test("are recorded before they are made, all but the first", async () => {
    const bench = createRelayBench();
    const recorded = Promise.withResolvers<void>();
    bench.retry = () => recorded.promise;
    const outcome = bench.run();
    const first = await bench.attempt(0);
    assert.deepEqual(bench.retried, []);
    first.answer(500, "no");
    while (bench.retried.length === 0) await Promise.resolve();
    assert.deepEqual([bench.retried, bench.links[1]?.attempts.length], [["b as 1"], 0]);
    assert.deepEqual(first.acknowledged, [], "what it decides is not known yet");
    recorded.resolve();
    answerWhole(await bench.attempt(1), true);
    assert.equal((await settle(bench, outcome)).attemptIndex, 1);
  });

  test("end with the error that billing refuses another with", async () => {
    const bench = createRelayBench();
    bench.retry = () => Promise.reject(new AimoError("overloaded", { what: "the ledger is away" }));
    const outcome = bench.run();
    const first = await bench.attempt(0);
    first.answer(500, "no");
    const result = await settle(bench, outcome);
    assert.equal(errorOf(result).code, "overloaded");
    assert.deepEqual([result.candidate?.offer, result.attemptIndex], ["offer of a", 0]);
    assert.equal(bench.links[1]?.attempts.length, 0);
    result.settle(false);
    assert.deepEqual(first.acknowledged, [false]);
  });

  test("break the relay where billing itself breaks", async () => {
    const bench = createRelayBench();
    bench.retry = () => Promise.reject(new Error("bug"));
    const outcome = bench.run();
    (await bench.attempt(0)).answer(500, "no");
    await assert.rejects(outcome, /bug/);
    bench.assertNothingLeft();
  });

  test("are not made at a link that filled up, or once the time is over, while they were recorded", async () => {
    const full = createRelayBench({ links: 3 });
    full.retry = () => {
      full.links[1]!.free = 0;
      return Promise.resolve();
    };
    const outcome = full.run();
    (await full.attempt(0)).answer(500, "no");
    const last = await full.attempt(2);
    assert.equal(last.request.attemptId, attemptIdOf(full.uuid, 2), "what was recorded is not used again");
    answerWhole(last, true);
    await settle(full, outcome);
    assert.deepEqual([full.retried, full.links[1]?.attempts.length], [["b as 1", "c as 2"], 0]);

    const late = createRelayBench();
    late.retry = () => {
      late.clock.advance(60_000);
      return Promise.resolve();
    };
    const failing = late.run();
    (await late.attempt(0)).answer(500, "no");
    assert.equal(errorOf(await settle(late, failing)).code, "provider_error");
    assert.equal(late.links[1]?.attempts.length, 0);
  });

  test("are at most four, whatever the plan", async () => {
    const bench = createRelayBench({ links: ATTEMPTS_PER_REQUEST_MAX + 1 });
    const outcome = bench.run();
    for (let link = 0; link < ATTEMPTS_PER_REQUEST_MAX; link += 1) (await bench.attempt(link)).answer(500, "no");
    assert.equal((await settle(bench, outcome)).attemptIndex, 3);
    assert.equal(bench.links[ATTEMPTS_PER_REQUEST_MAX]?.attempts.length, 0);
    assert.deepEqual(bench.retried, ["b as 1", "c as 2", "d as 3"]);
  });
});

describe("what a client is passed", () => {
  test("is counted as it is, and nothing that is held back", async () => {
    const bench = createRelayBench({ links: 1 });
    const outcome = bench.run();
    const attempt = await bench.attempt();
    const counts: number[] = [];
    attempt.head();
    for (const event of [ROLE, says("ab"), says("é"), stops()]) {
      attempt.data(event);
      counts.push(bench.delivered.bytes);
    }
    assert.deepEqual(counts, [0, 2, 4, 4]);
    attempt.end();
    const result = await settle(bench, outcome);
    assert.deepEqual([result.ended, result.delivered], ["answered", { bytes: 4 }]);
  });

  test("is counted where an answer breaks off after it", async () => {
    const bench = createRelayBench();
    const outcome = bench.run();
    const attempt = await bench.attempt();
    attempt.head();
    attempt.data({ ...says("abc"), usage: { prompt_tokens: 1, completion_tokens: 1 } });
    attempt.lose("a");
    const result = await settle(bench, outcome);
    assert.deepEqual([result.ended, result.candidate?.offer, result.attemptIndex], ["failed", "offer of a", 0]);
    assert.deepEqual([result.delivered, result.usage?.completionTokens], [{ bytes: 3 }, 1]);
  });

  test("is nothing of a provider whose output came in one piece with its failure", async () => {
    const bench = createRelayBench();
    const outcome = bench.run();
    const first = await bench.attempt(0);
    first.head();
    first.write(`data: ${JSON.stringify(says("lost"))}\n\ndata: {\n\n`);
    answerWhole(await bench.attempt(1), true);
    assert.deepEqual((await settle(bench, outcome)).delivered, { bytes: "fine".length });
  });

  test("is a JSON answer's message, once it is whole", async () => {
    const bench = createRelayBench({ links: 1, stream: false });
    const outcome = bench.run();
    (await bench.attempt()).answer(200, WHOLE_ANSWER);
    const result = await settle(bench, outcome);
    assert.ok(result.ended === "answered");
    assert.deepEqual([result.clientGone, result.delivered], [false, { bytes: 2 }]);
  });

  test("is nothing where nobody was asked, and then nobody is told of an End", async () => {
    const bench = createRelayBench({ links: 1 });
    bench.links[0]!.free = 0;
    const result = await settle(bench, bench.run());
    assert.deepEqual([result.ended, result.candidate, result.delivered], ["failed", undefined, { bytes: 0 }]);
    result.settle(false);
  });
});
