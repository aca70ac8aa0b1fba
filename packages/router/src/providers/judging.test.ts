// What is told of providers when a relay has ended: who failed, who is limited, how quick the others were, and when nothing is.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { RETRY_AFTER_MS_MAX, SPEED_MS_MIN, SPEED_TOKENS_MIN } from "../limits.ts";
import type { FakeAttempt } from "../test-bed/fake-link.ts";
import type { RelayBench } from "../test-bed/relay-bench.ts";
import { answerWhole, createRelayBench, says, settle, stops, WHOLE_ANSWER } from "../test-bed/relay-bench.ts";

const ROLE = { choices: [{ index: 0, delta: { role: "assistant", content: "" } }] };
const usage = (completion: number, reasoning?: number): object => ({
  choices: [],
  usage: {
    prompt_tokens: 1,
    completion_tokens: completion,
    ...(reasoning !== undefined && { completion_tokens_details: { reasoning_tokens: reasoning } }),
  },
});

describe("failures", () => {
  test("a request that fails everywhere is held against nobody", async () => {
    const bench = createRelayBench({ links: 3 });
    const outcome = bench.run();
    (await bench.attempt(0)).answer(500, "{}");
    (await bench.attempt(1)).lose("b");
    (await bench.attempt(2)).answer(200, "garbage");
    await settle(bench, outcome);
    assert.deepEqual(bench.judged, []);
  });

  test("of the only provider that was asked are its own", async () => {
    const bench = createRelayBench({ links: 1 });
    const outcome = bench.run();
    (await bench.attempt()).answer(500, "{}");
    await settle(bench, outcome);
    assert.deepEqual(bench.judgements, [{ outcome: "failed" }]);
  });

  test("count where another answered, and only when the relay has ended", async () => {
    const bench = createRelayBench({ links: 3 });
    const outcome = bench.run();
    (await bench.attempt(0)).answer(500, "{}");
    (await bench.attempt(1)).answer(500, "{}");
    const last = await bench.attempt(2);
    assert.deepEqual(bench.judged, []);
    answerWhole(last, true);
    await settle(bench, outcome);
    assert.deepEqual(bench.judged, ["a failed", "b failed", "c ok"]);
  });

  test("count where another was only limited, or had shown something before it failed too", async () => {
    const limited = createRelayBench();
    const first = limited.run();
    (await limited.attempt(0)).answer(500, "{}");
    (await limited.attempt(1)).answer(429, "{}");
    await settle(limited, first);
    assert.deepEqual(limited.judged, ["a failed", "b limited"]);
    const broken = createRelayBench();
    const second = broken.run();
    (await broken.attempt(0)).answer(500, "{}");
    const attempt = await broken.attempt(1);
    attempt.head();
    attempt.data(says("x"));
    attempt.lose("b");
    await settle(broken, second);
    assert.deepEqual(broken.judged, ["a failed", "b failed"]);
  });

  test("a stream that breaks after output is one", async () => {
    const bench = createRelayBench();
    const outcome = bench.run();
    const attempt = await bench.attempt(0);
    attempt.head();
    attempt.data(says("x"));
    attempt.end();
    await settle(bench, outcome);
    assert.deepEqual(bench.judged, ["a failed"]);
  });

  for (const code of [429, 400, 500]) {
    test(`a stream that breaks after output is one, whatever it says (${code})`, async () => {
      const bench = createRelayBench();
      const outcome = bench.run();
      const attempt = await bench.attempt(0);
      attempt.head();
      attempt.data(says("x"));
      attempt.data({ error: { code, message: "no" } });
      await settle(bench, outcome);
      assert.deepEqual(bench.judgements, [{ outcome: "failed" }]);
    });
  }

  for (const [name, fail] of [
    ["a refusal of the request", (at: FakeAttempt) => at.answer(400, "{}")],
    ["a moderation", (at: FakeAttempt) => at.answer(403, '{"error":{"metadata":{"reasons":[]}}}')],
  ] as const) {
    test(`${name} is none`, async () => {
      const bench = createRelayBench({ links: 1 });
      const outcome = bench.run();
      fail(await bench.attempt());
      await settle(bench, outcome);
      assert.deepEqual(bench.judged, []);
    });
  }

  test("a client that leaves before the output, or within it, is none", async () => {
    for (const events of [[], [says("x")]]) {
      const bench = createRelayBench();
      const outcome = bench.run();
      const attempt = await bench.attempt(0);
      attempt.head();
      attempt.data(...events);
      bench.leave();
      await settle(bench, outcome);
      assert.deepEqual(bench.judged, []);
    }
  });
});

describe("limits", () => {
  const judgedFor = async (limit: (attempt: FakeAttempt, bench: RelayBench) => void): Promise<object> => {
    const bench = createRelayBench({ links: 1 });
    const outcome = bench.run();
    limit(await bench.attempt(), bench);
    await settle(bench, outcome);
    return bench.judgements[0] ?? assert.fail("nothing was told");
  };

  for (const [said, expected] of [
    ["9", 9_000],
    ["3600", RETRY_AFTER_MS_MAX],
    ["soon", undefined],
  ] as const) {
    test(`of ${said} are told as ${expected ?? "no"} ms`, async () => {
      const how = await judgedFor((at) => at.answer(429, "{}", { "retry-after": said }));
      assert.deepEqual(how, { outcome: "limited", ...(expected !== undefined && { retryAfterMs: expected }) });
    });
  }

  test("until a date count from the moment they are told", async () => {
    const how = await judgedFor((at, { clock }) => {
      const date = new Date(clock.now() + 30_000).toUTCString();
      clock.advance(3_000);
      at.answer(429, "{}", { "retry-after": date });
    });
    assert.deepEqual(how, { outcome: "limited", retryAfterMs: 27_000 });
  });

  test("inside a stream are limits too", async () => {
    const how = await judgedFor((at) => {
      at.head();
      at.data({ error: { code: 429, retry_after: 4 } });
    });
    assert.deepEqual(how, { outcome: "limited", retryAfterMs: 4_000 });
  });
});

describe("the first output", () => {
  test("is counted from the begin of its own attempt, past headers, roles and white space", async () => {
    const bench = createRelayBench();
    const outcome = bench.run();
    const first = await bench.attempt(0);
    bench.clock.advance(400);
    first.answer(500, "{}");
    const second = await bench.attempt(1);
    const steps = [
      () => second.head(),
      () => second.data(ROLE),
      () => second.data(says(" \n\u200b")),
      () => second.data(says("x")),
      () => second.data(says("y"), stops(), "[DONE]"),
    ];
    for (const step of steps) {
      bench.clock.advance(100);
      step();
    }
    await settle(bench, outcome);
    assert.deepEqual(bench.judgements[1], { outcome: "succeeded", firstOutputMs: 400 });
  });

  test("is unknown where an answer says nothing, and of JSON answers", async () => {
    const empty = createRelayBench({ links: 1 });
    const first = empty.run();
    const attempt = await empty.attempt();
    attempt.head();
    attempt.data(says(" "), stops(), "[DONE]");
    await settle(empty, first);
    const json = createRelayBench({ links: 1, stream: false });
    const second = json.run();
    (await json.attempt()).answer(200, WHOLE_ANSWER);
    await settle(json, second);
    assert.deepEqual([...empty.judgements, ...json.judgements], [{ outcome: "succeeded" }, { outcome: "succeeded" }]);
  });
});

describe("the speed of a stream", () => {
  const speedOf = async (
    texts: readonly string[],
    last: object,
    ms = 1_000,
    between: (bench: RelayBench) => void = () => undefined,
  ): Promise<number | undefined> => {
    const bench = createRelayBench({ links: 1 });
    const outcome = bench.run();
    const attempt = await bench.attempt();
    bench.clock.advance(5_000 - 1);
    attempt.head();
    attempt.data(...texts.map(says));
    between(bench);
    bench.clock.advance(ms);
    attempt.data(stops(), last, "[DONE]");
    bench.readAgain();
    await settle(bench, outcome);
    return bench.judgements[0]?.tokensPerSecond;
  };
  const words = (count: number): string[] => Array.from({ length: count }, () => "word");

  test("is what came after the first output, by the tokens that are charged", async () => {
    assert.equal(await speedOf(words(40), usage(40)), 40);
    assert.equal(await speedOf(words(40), usage(40), 500), 80);
  });

  test("is not what a provider makes up: no more tokens than bytes that were delivered", async () => {
    assert.equal(await speedOf(words(10), usage(1_000_000)), 40);
  });

  test("does not count reasoning that nobody was shown", async () => {
    assert.equal(await speedOf(words(20), usage(1_020, 1_000)), 20);
    assert.equal(await speedOf(words(40), usage(40, 30)), 40, "nor forgets what was");
  });

  test("needs enough tokens and time to tell, and usage", async () => {
    assert.equal(await speedOf(words(40), usage(SPEED_TOKENS_MIN)), SPEED_TOKENS_MIN);
    assert.equal(await speedOf(words(40), usage(SPEED_TOKENS_MIN - 1)), undefined);
    assert.equal(await speedOf(words(40), usage(40), SPEED_MS_MIN), 800);
    assert.equal(await speedOf(words(40), usage(40), SPEED_MS_MIN - 1), undefined);
    assert.equal(await speedOf(words(40), {}), undefined);
  });

  test("is unknown where the client did not keep up", async () => {
    const speed = await speedOf(words(40), usage(40), 1_000, (bench) => bench.stopReading());
    assert.equal(speed, undefined);
  });
});
