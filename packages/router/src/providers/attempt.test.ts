// What an attempt makes of the bytes it gets: events split anywhere, bounded bodies, and Ends that disagree.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ANSWER_BYTES_MAX, ANSWER_UNCOUNTED_BYTES, ERROR_BODY_BYTES_MAX } from "../limits.ts";
import type { RelayBench } from "../test-bed/relay-bench.ts";
import { answerWhole, createRelayBench, says, stops, WHOLE_ANSWER } from "../test-bed/relay-bench.ts";
import type { RelayOutcome } from "./relay.ts";

const STREAM = [
  "\u{feff}: hello\r\n\r\n",
  `data: ${JSON.stringify(says("é"))}\r\n\r\n`,
  `data:${JSON.stringify(says("🙂"))}\n\n`,
  'data: {"choices":\rdata: [{"index":0,"delta":{"content":"two lines"}}]}\r\r',
  `event: message\nid: 1\ndata: ${JSON.stringify(stops())}\n\n`,
  "data: [DONE]\n\n",
].join("");

const STREAM_EVENTS = [
  JSON.stringify(says("é")),
  JSON.stringify(says("🙂")),
  '{"choices":\n[{"index":0,"delta":{"content":"two lines"}}]}',
  JSON.stringify(stops()),
];

function failureIn(outcome: RelayOutcome<string>): { code: string; message: string } {
  assert.equal(outcome.ended, "failed");
  return outcome.ended === "failed" ? outcome.error : assert.fail();
}

async function relayStream(
  pieces: readonly Uint8Array[],
): Promise<{ bench: RelayBench; outcome: RelayOutcome<string> }> {
  const bench = createRelayBench({ links: 1 });
  const running = bench.run();
  const attempt = await bench.attempt();
  attempt.head();
  for (const piece of pieces) attempt.write(piece);
  attempt.end();
  const outcome = await running;
  bench.assertNothingLeft();
  return { bench, outcome };
}

describe("a stream", () => {
  test("reads the same wherever it is split", async () => {
    const bytes = Buffer.from(STREAM);
    for (let at = 0; at <= bytes.length; at += 1) {
      const { bench, outcome } = await relayStream([bytes.subarray(0, at), bytes.subarray(at)]);
      assert.deepEqual([outcome.ended, bench.shown], ["answered", STREAM_EVENTS], `split at byte ${at}`);
    }
  });

  test("reads the same byte by byte", async () => {
    const { bench } = await relayStream([...Buffer.from(STREAM)].map((byte) => Buffer.of(byte)));
    assert.deepEqual(bench.shown, STREAM_EVENTS);
  });

  for (const type of [undefined, "text/event-stream", "Text/Event-Stream; charset=utf-8"]) {
    test(`of content type ${type ?? "nothing"} is a stream`, async () => {
      const bench = createRelayBench({ links: 1 });
      const running = bench.run();
      const attempt = await bench.attempt();
      attempt.head(200, type === undefined ? {} : { "content-type": type });
      attempt.data(says("x"), stops(), "[DONE]");
      attempt.end();
      assert.equal((await running).ended, "answered");
    });
  }

  test("without [DONE] ends with its End, since it said why it stopped", async () => {
    const { outcome } = await relayStream([Buffer.from(`data: ${JSON.stringify(stops())}\n\n`)]);
    assert.equal(outcome.ended, "answered");
  });

  test("reads a finish_reason that stands at top level", async () => {
    const { outcome } = await relayStream([
      Buffer.from('data: {"choices":[{"delta":{}}],"finish_reason":"length"}\n\n'),
    ]);
    assert.equal(outcome.ended === "answered" && outcome.finishReason, "length");
  });

  test("shows nothing that comes after [DONE]", async () => {
    const late = `data: ${JSON.stringify(stops())}\n\ndata: [DONE]\n\ndata: ${JSON.stringify(says("late"))}\n\ndata: {\n\n`;
    const { bench, outcome } = await relayStream([Buffer.from(late), Buffer.from(late)]);
    assert.equal(outcome.ended, "answered");
    assert.deepEqual(bench.shown, [JSON.stringify(stops())]);
  });

  test("passes over events without data", async () => {
    const { bench, outcome } = await relayStream([
      Buffer.from(`data:\n\ndata: ${JSON.stringify(stops())}\n\ndata: \n\n`),
    ]);
    assert.equal(outcome.ended, "answered");
    assert.equal(bench.shown.length, 1);
  });

  test("with an endless event fails under its provider's name", async () => {
    const bench = createRelayBench({ links: 1 });
    const running = bench.run();
    const attempt = await bench.attempt();
    attempt.head();
    const piece = Buffer.alloc(4 * 1024 * 1024, "x");
    attempt.write("data: ");
    for (let count = 0; count < 4; count += 1) attempt.write(piece);
    assert.deepEqual(attempt.cancels, ["provider_error"]);
    const error = failureIn(await running);
    assert.match(error.message, /^Provider a failed: it sent an event of more than \d+ characters$/);
    bench.assertNothingLeft();
  });
});

describe("streams whose events do not end", () => {
  test("fail as overloaded where the process holds all it can; those with short events go on", async () => {
    const answerBytesMax = 4 * ANSWER_UNCOUNTED_BYTES;
    const bench = createRelayBench({ links: 1, answerBytesMax });
    const running = [bench.run(), bench.run(), bench.run()];
    const attempts = [await bench.attempt(), await bench.attempt(), await bench.attempt()] as const;
    for (const attempt of attempts) attempt.head();
    const [one, other, short] = attempts;
    one.write(`data: ${"x".repeat(2 * ANSWER_UNCOUNTED_BYTES)}`);
    other.write(`data: ${"x".repeat(ANSWER_UNCOUNTED_BYTES)}`);
    assert.ok(bench.answerBytes.usedBytes > 3 * ANSWER_UNCOUNTED_BYTES);
    assert.deepEqual([one.cancels, other.cancels], [[], []]);
    other.write("x".repeat(ANSWER_UNCOUNTED_BYTES));
    assert.deepEqual([one.cancels, other.cancels], [[], ["overloaded"]]);
    short.data(says("fine"), stops(), "[DONE]");
    short.end();
    one.write('"}\n\n'); // whole, though no JSON
    assert.deepEqual(one.cancels, ["provider_error"]);
    const outcomes = await Promise.all(running);
    assert.deepEqual(
      outcomes.map((outcome) => (outcome.ended === "failed" ? outcome.error.code : outcome.ended)),
      ["provider_error", "overloaded", "answered"],
    );
    bench.assertNothingLeft();
  });

  test("give back what they held when their clients leave or their links break", async () => {
    for (const end of ["leave", "lose"] as const) {
      const bench = createRelayBench({ links: 1 });
      const running = bench.run();
      const attempt = await bench.attempt();
      attempt.head();
      attempt.write(`data: ${"x".repeat(2 * ANSWER_UNCOUNTED_BYTES)}`);
      assert.ok(bench.answerBytes.usedBytes > 2 * ANSWER_UNCOUNTED_BYTES);
      if (end === "leave") bench.leave();
      else attempt.lose();
      await running;
      bench.assertNothingLeft();
    }
  });
});

describe("a JSON answer", () => {
  test("is given to the client with every byte of its text", async () => {
    const bench = createRelayBench({ links: 1, stream: false });
    const running = bench.run();
    const text = ` {"choices" : [ {"message":{"content":"\\u00e9🙂","n":1.0,"big":12345678901234567890},"finish_reason":"stop"} ] }\n`;
    const attempt = await bench.attempt();
    attempt.head(200, { "content-type": "application/json" });
    for (const byte of Buffer.from(text)) attempt.write(Buffer.of(byte));
    assert.equal(bench.answerBytes.usedBytes, Buffer.byteLength(text));
    attempt.end();
    const outcome = await running;
    assert.equal(outcome.ended === "answered" && outcome.answer?.text, text);
    bench.assertNothingLeft();
  });

  test("that does not fit into this process any more fails as overloaded", async () => {
    const bench = createRelayBench({ links: 1, stream: false, answerBytesMax: 10 });
    const running = bench.run();
    const attempt = await bench.attempt();
    attempt.head(200, { "content-type": "application/json" });
    attempt.write("x".repeat(10));
    assert.deepEqual(attempt.cancels, []);
    attempt.write("x");
    assert.deepEqual(attempt.cancels, ["overloaded"]);
    assert.equal(failureIn(await running).code, "overloaded");
    assert.deepEqual(bench.judged, [], "the provider is not at fault");
    bench.assertNothingLeft();
  });

  test("above its limit fails, at its limit it does not", async () => {
    const bench = createRelayBench({ links: 1, stream: false, answerBytesMax: ANSWER_BYTES_MAX * 2 });
    const running = bench.run();
    const attempt = await bench.attempt();
    attempt.head(200, { "content-type": "application/json" });
    attempt.write(Buffer.alloc(ANSWER_BYTES_MAX, "x"));
    assert.deepEqual(attempt.cancels, []);
    attempt.write("x");
    assert.deepEqual(attempt.cancels, ["provider_error"]);
    assert.match(failureIn(await running).message, /larger than 67108864 bytes/);
    bench.assertNothingLeft();
  });

  test("keeps its finish_reason wherever it stands, and its usage", async () => {
    const bench = createRelayBench({ links: 1, stream: false });
    const running = bench.run();
    (await bench.attempt()).answer(
      200,
      '{"choices":[{"message":{}}],"finish_reason":"length","x_groq":{"usage":{"prompt_tokens":7}}}',
    );
    const outcome = await running;
    assert.equal(outcome.ended === "answered" && outcome.finishReason, "length");
    assert.equal(outcome.ended === "answered" && outcome.usage?.promptTokens, 7);
  });
});

describe("an error body", () => {
  test("is cut at its limit, and read as far as it goes", async () => {
    const bench = createRelayBench({ links: 1 });
    const running = bench.run();
    const attempt = await bench.attempt();
    attempt.head(500, {});
    attempt.write("A".repeat(ERROR_BODY_BYTES_MAX - 1));
    attempt.write("B".repeat(100));
    assert.equal(bench.answerBytes.usedBytes, ERROR_BODY_BYTES_MAX);
    for (let count = 0; count < 100; count += 1) attempt.write("C");
    assert.equal(bench.answerBytes.usedBytes, ERROR_BODY_BYTES_MAX);
    attempt.end();
    assert.match(failureIn(await running).message, /A{2000}$/);
    bench.assertNothingLeft();
  });

  test("that comes in one piece above the limit still gives its beginning", async () => {
    const bench = createRelayBench({ links: 1 });
    const running = bench.run();
    (await bench.attempt()).answer(500, "A".repeat(ERROR_BODY_BYTES_MAX * 2));
    assert.match(failureIn(await running).message, /status 500: A{2000}$/);
    bench.assertNothingLeft();
  });
});

describe("an End", () => {
  for (const charged of [true, false]) {
    test(`is acknowledged when billing says so, as charged: ${charged}`, async () => {
      const bench = createRelayBench({ links: 1, stream: false });
      const running = bench.run();
      const attempt = await bench.attempt();
      attempt.answer(200, WHOLE_ANSWER);
      const outcome = await running;
      assert.deepEqual(attempt.acknowledged, []);
      outcome.settle(charged);
      assert.deepEqual(attempt.acknowledged, [charged]);
      assert.throws(() => outcome.settle(charged), /settled once/);
      assert.deepEqual(bench.logLines, []);
    });
  }

  test("that comes after billing is done is acknowledged when it comes, not before", async () => {
    const bench = createRelayBench({ links: 1 });
    const running = bench.run();
    const attempt = await bench.attempt();
    attempt.head();
    attempt.data(says("x"), stops(), "[DONE]");
    (await running).settle(true);
    assert.deepEqual(attempt.acknowledged, []);
    attempt.end();
    assert.deepEqual(attempt.acknowledged, [true]);
  });

  test("that never comes, since the link is lost first, is not acknowledged", async () => {
    const bench = createRelayBench({ links: 1 });
    const running = bench.run();
    const attempt = await bench.attempt();
    attempt.head();
    attempt.data(says("x"), stops(), "[DONE]");
    attempt.lose();
    (await running).settle(true);
    assert.deepEqual(attempt.acknowledged, []);
  });

  test("of an attempt that another took the place of is acknowledged as not charged, by the relay itself", async () => {
    const bench = createRelayBench();
    const running = bench.run();
    const first = await bench.attempt(0);
    first.answer(500, "no");
    const second = await bench.attempt(1);
    assert.deepEqual(first.acknowledged, [false]);
    answerWhole(second, true);
    (await running).settle(true);
    assert.deepEqual([first.acknowledged, second.acknowledged], [[false], [true]]);
  });

  test("of the last attempt of a relay that failed waits for billing too", async () => {
    const bench = createRelayBench({ links: 1 });
    const running = bench.run();
    const attempt = await bench.attempt();
    attempt.answer(500, "no");
    const outcome = await running;
    assert.deepEqual(attempt.acknowledged, []);
    outcome.settle(false);
    assert.deepEqual(attempt.acknowledged, [false]);
  });

  for (const [name, end] of [
    ["other bytes", { body_bytes: 1 }],
    ["another hash", { body_sha256: "0".repeat(64) }],
  ] as const) {
    test(`with ${name} than were relayed is logged without a word of the answer`, async () => {
      const bench = createRelayBench({ links: 1 });
      const running = bench.run();
      const attempt = await bench.attempt();
      attempt.head();
      attempt.data(says("secret words"), stops(), "[DONE]");
      attempt.end(end);
      assert.equal((await running).ended, "answered");
      assert.equal(bench.logLines.length, 1);
      assert.match(bench.logLines[0] ?? "", /differs from what was relayed/);
      assert.match(bench.logLines[0] ?? "", new RegExp(attempt.request.attemptId));
      assert.doesNotMatch(bench.logLines[0] ?? "", /secret/);
    });
  }

  test("of an answer that was whole when the client left is no disagreement", async () => {
    const bench = createRelayBench({ links: 1 });
    const running = bench.run();
    const attempt = await bench.attempt();
    attempt.head();
    attempt.data(says("x"));
    bench.leave();
    attempt.data(says("on its way"), stops(), "[DONE]"); // dropped by the stream
    attempt.end({ cancelled: false });
    (await running).settle(true);
    assert.deepEqual(bench.logLines, []);
    assert.deepEqual(attempt.acknowledged, [true]);
  });
});
