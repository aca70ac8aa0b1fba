// Two providers asked at once: when that happens, who is shown, what billing is told, and what becomes of the other.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AimoError } from "@aimo-network/protocol/errors";
import { attemptIdOf } from "@aimo-network/protocol/ids";
import type { FakeAttempt } from "../test-bed/fake-link.ts";
import type { BenchOptions, RelayBench } from "../test-bed/relay-bench.ts";
import { answerWhole, createRelayBench, errorOf, says, settle, stops } from "../test-bed/relay-bench.ts";
import type { RelayOutcome } from "./relay.ts";

const AFTER_MS = 1_000;
const ROLE = { choices: [{ index: 0, delta: { role: "assistant", content: "" } }] };

interface Hedged {
  readonly bench: RelayBench;
  readonly outcome: Promise<RelayOutcome<string>>;
  readonly first: FakeAttempt;
}

/** A request whose first provider has been asked. */
async function asked(options: BenchOptions = {}): Promise<Hedged> {
  const bench = createRelayBench({ links: 3, hedgeAfterMs: AFTER_MS, ...options });
  const outcome = bench.run();
  return { bench, outcome, first: await bench.attempt(0) };
}

/** The same, with the second provider asked beside the first. */
async function besides(options: BenchOptions = {}): Promise<Hedged & { readonly second: FakeAttempt }> {
  const hedged = await asked(options);
  hedged.bench.clock.advance(AFTER_MS);
  return { ...hedged, second: await hedged.bench.attempt(1) };
}

/** Lets everything happen that waits for nothing. */
async function turns(): Promise<void> {
  await new Promise((resolve) => void setImmediate(resolve));
}

/** The same, where billing has been asked to record the second, which has output, and has not answered. */
async function beingRecorded() {
  const hedged = await besides();
  const recorded = Promise.withResolvers<void>();
  hedged.bench.retry = (wallet) => (wallet === "b" ? recorded.promise : Promise.resolve());
  hedged.second.head();
  hedged.second.data(says("second"));
  await turns();
  return { ...hedged, recorded };
}

const askedOf = ({ links }: RelayBench): number[] => links.map(({ attempts }) => attempts.length);
const texts = (...events: readonly object[]): string[] => events.map((event) => JSON.stringify(event));

describe("another provider is asked beside the first", () => {
  test("when that has shown nothing for so long, and not a moment before", async () => {
    const { bench, outcome, first } = await asked({ deadlines: { idleMs: 60_000 } });
    first.head();
    first.data(ROLE);
    bench.clock.advance(AFTER_MS - 1);
    assert.deepEqual(askedOf(bench), [1, 0, 0]);
    bench.clock.advance(1);
    assert.deepEqual(askedOf(bench), [1, 1, 0]);
    bench.clock.advance(AFTER_MS * 2);
    assert.deepEqual(askedOf(bench), [1, 1, 0], "and no third");
    answerWhole(first, true);
    await settle(bench, outcome);
  });

  for (const [name, options, prepare] of [
    ["where the first has output", {}, (_: RelayBench, first: FakeAttempt) => first.data(says("x"))],
    ["where the first does not take that", { hedging: ["b", "c"] }],
    ["where the next does not take that", { hedging: ["a", "c"] }],
    ["where the next costs more", { dearer: ["b"] }],
    ["where nothing is left of what all requests may", { hedges: 0 }],
    ["where the next is full", {}, (bench: RelayBench) => void (bench.links[1]!.free = 0)],
    ["where no time is left for it", { deadlines: { totalMs: AFTER_MS + 49, firstByteMs: 60_000 } }],
    ["where a whole answer is waited for", { stream: false }],
  ] as readonly [string, BenchOptions, ((bench: RelayBench, first: FakeAttempt) => void)?][]) {
    test(`not ${name}`, async () => {
      const { bench, outcome, first } = await asked(options);
      first.head(200, options.stream === false ? { "content-type": "application/json" } : undefined);
      prepare?.(bench, first);
      bench.clock.advance(AFTER_MS);
      assert.deepEqual(askedOf(bench), [1, 0, 0]);
      first.end({ error: { code: "invalid_request", message: "enough" } });
      await settle(bench, outcome);
    });
  }

  test("not after the first has failed, and not by an attempt that came after a failure", async () => {
    const { bench, outcome, first } = await asked();
    first.answer(500, "{}");
    const second = await bench.attempt(1);
    bench.clock.advance(AFTER_MS * 2);
    assert.deepEqual(askedOf(bench), [1, 1, 0]);
    answerWhole(second, true);
    await settle(bench, outcome);
  });
});

describe("of two providers that are asked at once", () => {
  test("the first is shown where it is quicker, and billing hears of nobody else", async () => {
    const { bench, outcome, first, second } = await besides();
    first.head();
    first.data(says("first"));
    assert.deepEqual(second.cancels, ["outrun"]);
    second.head();
    second.data(says("second"));
    first.data(stops(), "[DONE]");
    first.end();
    const result = await settle(bench, outcome);
    assert.ok(result.ended === "answered");
    assert.deepEqual([result.candidate.offer, result.attemptIndex], ["offer of a", 0]);
    assert.deepEqual([bench.shown, bench.retried], [texts(says("first"), stops()), []]);
    second.end({ cancelled: true });
    result.settle(true);
    assert.deepEqual([first.acknowledged, second.acknowledged], [[true], [false]]);
  });

  test("the second is shown where it is quicker, once billing has recorded it", async () => {
    const { bench, outcome, first, second } = await besides();
    const recorded = Promise.withResolvers<void>();
    bench.retry = () => recorded.promise;
    second.head();
    second.data(ROLE, says("sec"));
    await turns();
    assert.deepEqual([bench.retried, bench.shown, first.cancels], [["b as 1"], [], []]);
    second.data(says("ond"));
    assert.ok(second.heldBytes > 0, "it is held back as if the client did not read");
    recorded.resolve();
    await turns();
    assert.deepEqual(first.cancels, ["outrun"]);
    assert.deepEqual(bench.shown, texts(ROLE, says("sec"), says("ond")));
    assert.equal(second.heldBytes, 0);
    second.data(stops(), "[DONE]");
    second.end();
    const result = await settle(bench, outcome);
    assert.deepEqual([result.ended, result.candidate?.offer, result.attemptIndex], ["answered", "offer of b", 1]);
    assert.deepEqual(result.delivered, { bytes: "second".length });
    result.settle(true);
    first.end({ cancelled: true });
    assert.deepEqual([first.acknowledged, second.acknowledged], [[false], [true]]);
    assert.deepEqual(
      [first.request.attemptId, second.request.attemptId],
      [0, 1].map((index) => attemptIdOf(bench.uuid, index)),
    );
  });

  test("the second is shown whole where it ends while it is recorded", async () => {
    const { bench, outcome, second } = await besides();
    const recorded = Promise.withResolvers<void>();
    bench.retry = () => recorded.promise;
    answerWhole(second, true);
    await turns();
    assert.deepEqual(bench.shown, []);
    recorded.resolve();
    const result = await settle(bench, outcome);
    assert.deepEqual([result.ended, result.attemptIndex], ["answered", 1]);
    assert.deepEqual(bench.shown, texts(says("fine"), stops()));
  });

  test("only one is shown where both have output at once", async () => {
    const { bench, outcome, first, second } = await besides();
    const recorded = Promise.withResolvers<void>();
    bench.retry = () => recorded.promise;
    second.head();
    second.data(says("second"));
    first.head();
    first.data(says("first"));
    await turns();
    assert.deepEqual(bench.shown, []);
    recorded.resolve();
    await turns();
    assert.deepEqual([bench.shown, first.cancels, second.cancels], [texts(says("second")), ["outrun"], []]);
    second.data(stops(), "[DONE]");
    assert.equal((await settle(bench, outcome)).attemptIndex, 1);
  });

  test("the first goes on where billing does not take the second", async () => {
    const { bench, outcome, first, second } = await besides();
    bench.retry = () => Promise.reject(new AimoError("ledger_unavailable", {}));
    second.head();
    second.data(says("second"));
    await turns();
    assert.deepEqual([second.cancels, first.cancels], [["ledger_unavailable"], []]);
    answerWhole(first, true);
    const result = await settle(bench, outcome);
    assert.deepEqual([result.ended, result.attemptIndex, bench.judged], ["answered", 0, ["a ok"]]);
  });

  test("the relay breaks where billing itself breaks", async () => {
    const { bench, outcome, first, second } = await besides();
    bench.retry = () => Promise.reject(new Error("bug"));
    second.head();
    second.data(says("second"));
    first.lose();
    await assert.rejects(outcome, /bug/);
    bench.assertNothingLeft();
  });

  test("the second is shown where the first fails, and the first where the second does", async () => {
    for (const failing of [0, 1] as const) {
      const { bench, outcome, first, second } = await besides();
      const pair = [first, second] as const;
      pair[failing].answer(500, "{}");
      answerWhole(pair[1 - failing] as FakeAttempt, true);
      const result = await settle(bench, outcome);
      assert.deepEqual([result.ended, result.attemptIndex], ["answered", 1 - failing]);
      assert.deepEqual(askedOf(bench), [1, 1, 0]);
      assert.deepEqual([...bench.judged].toSorted(), failing === 0 ? ["a failed", "b ok"] : ["a ok", "b failed"]);
    }
  });

  test("the first is recorded again where the second fails after it was recorded and before it was shown", async () => {
    const { bench, outcome, first, second, recorded } = await beingRecorded();
    second.data("{");
    recorded.resolve();
    await turns();
    assert.deepEqual([first.cancels, bench.shown], [[], []]);
    answerWhole(first, true);
    const result = await settle(bench, outcome);
    assert.deepEqual([result.ended, result.attemptIndex, bench.retried], ["answered", 0, ["b as 1", "a as 0"]]);
    assert.deepEqual(bench.shown, texts(says("fine"), stops()));
  });

  test("the next in the plan is asked where both fail, by an index of its own", async () => {
    const { bench, outcome, first, second } = await besides();
    second.answer(500, "{}");
    first.answer(500, "{}");
    const third = await bench.attempt(2);
    assert.equal(third.request.attemptId, attemptIdOf(bench.uuid, 2));
    answerWhole(third, true);
    const result = await settle(bench, outcome);
    assert.deepEqual([result.ended, result.attemptIndex, bench.retried], ["answered", 2, ["c as 2"]]);
    assert.deepEqual([...bench.judged].toSorted(), ["a failed", "b failed", "c ok"]);
    assert.deepEqual([first.acknowledged, second.acknowledged], [[false], [false]]);
  });

  test("the next is asked only when billing has answered what it was asked before", async () => {
    const { bench, outcome, first, second, recorded } = await beingRecorded();
    second.data("{");
    first.answer(500, "{}");
    await turns();
    assert.deepEqual(bench.retried, ["b as 1"], "or what is recorded last could be overtaken");
    recorded.resolve();
    answerWhole(await bench.attempt(2), true);
    assert.equal((await settle(bench, outcome)).attemptIndex, 2);
    assert.deepEqual(bench.retried, ["b as 1", "c as 2"]);
  });

  test("the failure is told where nobody is left, and held against nobody", async () => {
    const { bench, outcome, first, second } = await besides({ links: 2 });
    second.answer(500, '{"error":"second"}');
    first.answer(500, '{"error":"first"}');
    const result = await settle(bench, outcome);
    assert.match(errorOf(result).message, /first/);
    assert.deepEqual([result.candidate?.offer, bench.judged], ["offer of a", []]);
    result.settle(false);
    assert.deepEqual([first.acknowledged, second.acknowledged], [[false], [false]]);
  });

  test("both are cancelled when the client leaves, and the one that billing knows is charged", async () => {
    const { bench, outcome, first, second } = await besides();
    bench.leave();
    assert.deepEqual([first.cancels, second.cancels], [["client_left"], ["client_left"]]);
    const result = await settle(bench, outcome);
    assert.deepEqual([result.ended, result.candidate?.offer, result.attemptIndex], ["client_left", "offer of a", 0]);
    assert.deepEqual(bench.judged, []);
  });

  test("both end by the total deadline, which is the request's own fault where both do", async () => {
    const { bench, outcome, first, second } = await besides({ deadlines: { totalMs: 4_000 } });
    bench.clock.advance(2_999);
    assert.deepEqual([first.cancels, second.cancels], [[], []]);
    bench.clock.advance(1);
    assert.deepEqual([first.cancels, second.cancels], [["provider_timeout"], ["provider_timeout"]]);
    assert.equal(errorOf(await settle(bench, outcome)).status, 408);
    assert.deepEqual(bench.judged, []);
  });

  test("the one that had output waits for billing no longer than the total deadline, and is not blamed", async () => {
    const { bench, outcome, first, second } = await besides({ deadlines: { totalMs: 4_000 } });
    const recorded = Promise.withResolvers<void>();
    bench.retry = () => recorded.promise;
    second.head();
    second.data(says("second"));
    await turns();
    bench.clock.advance(3_000);
    assert.deepEqual([first.cancels, second.cancels], [["provider_timeout"], ["ledger_unavailable"]]);
    recorded.resolve();
    assert.equal((await settle(bench, outcome)).ended, "failed");
    assert.deepEqual(bench.judged, ["a failed"]);
  });
});

describe("the one that is cancelled", () => {
  test("is told of as slower than what had passed, and as nothing else", async () => {
    const { bench, outcome, first, second } = await besides();
    bench.clock.advance(500);
    answerWhole(second, true);
    await settle(bench, outcome);
    assert.deepEqual(first.cancels, ["outrun"]);
    const told = Object.fromEntries(bench.judged.map((who, index) => [who, bench.judgements[index]]));
    assert.deepEqual(told, {
      "a outrun": { outcome: "outrun", firstOutputMs: AFTER_MS + 500 },
      "b ok": { outcome: "succeeded", firstOutputMs: 500 },
    });
  });
});
