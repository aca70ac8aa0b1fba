// Spans as a collector gets them: their names, parents, attributes, and what a missing collector costs.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { TestContext } from "node:test";
import { manualClock, systemClock } from "@aimo-network/protocol/clock";
import type { Clock, ManualClock } from "@aimo-network/protocol/clock";
import { AimoError } from "@aimo-network/protocol/errors";
import {
  SPAN_EXPORT_DELAY_MS,
  SPAN_EXPORT_TIMEOUT_MS,
  SPANS_FLUSH_MS,
  SPANS_PER_EXPORT_MAX,
  SPANS_QUEUED_MAX,
  TRACESTATE_CHARS_MAX,
} from "./limits.ts";
import { createLog } from "./log.ts";
import type { ObservedRequest, RequestSpan } from "./request-observer.ts";
import type { Collector } from "./test-bed/collector.ts";
import { startCollector } from "./test-bed/collector.ts";
import type { TraceSettings } from "./trace-settings.ts";
import type { Traces } from "./traces.ts";
import { createTraces } from "./traces.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const PARENT = `00-${TRACE}-b7ad6b7169203331-01`;
const REQUEST: ObservedRequest = {
  requestId: "req-1",
  generationId: "gen-1",
  wallet: "payer",
  keyId: "key-1",
  stream: true,
  model: "meta/llama-3",
  maxTokens: 64,
  traceparent: undefined,
  tracestate: undefined,
};
const ATTEMPT = { attemptId: "att-1", linkId: "link-1", wallet: "seller", requestBytes: 1 };
const ANSWERED = {
  ended: "answered",
  candidate: { offer: { modelId: "meta/Llama-3", wallet: "provider" } },
  usage: {
    promptTokens: 10,
    completionTokens: 20,
    cachedTokens: 3,
    reasoningTokens: 4,
    promptAudioTokens: 0,
    completionAudioTokens: 0,
  },
  finishReason: "stop",
} as const;

interface Bench<Time extends Clock> {
  readonly clock: Time;
  readonly traces: Traces;
  readonly losses: { spansLost: number };
  readonly lines: string[];
}

function start<Time extends Clock>(clock: Time, url: string, settings: Partial<TraceSettings> = {}): Bench<Time> {
  const lines: string[] = [];
  const log = createLog("trace", { write: (line) => void lines.push(line) });
  const losses = { spansLost: 0 };
  const traces = createTraces(
    { url: `${url}/v1/traces`, headers: {}, serviceName: "mine", sampleRatio: 1, ...settings },
    { clock, log, losses, url: () => "https://router.example" },
  );
  return { clock, traces, losses, lines };
}

async function collect(t: TestContext): Promise<Collector> {
  const collector = await startCollector();
  t.after(() => collector.close());
  return collector;
}

function answer(span: RequestSpan): void {
  span.attempt(ATTEMPT).end(undefined);
  span.end(ANSWERED, undefined);
}

describe("the spans of a request", () => {
  test("follow the conventions: the request with its tokens, its attempts below it", async (t) => {
    const collector = await collect(t);
    const { clock, traces } = start<ManualClock>(manualClock(), collector.url, { headers: { "x-scope": "a" } });
    const span = traces.request({ ...REQUEST, traceparent: PARENT, tracestate: "vendor=1" });
    const first = span.attempt(ATTEMPT);
    clock.advance(1_000);
    first.end("provider_timeout");
    const second = span.attempt({ ...ATTEMPT, attemptId: "att-2", linkId: "link-2", wallet: "other" });
    clock.advance(500);
    second.end(undefined);
    span.end(ANSWERED, 1_250);
    await traces.close();

    assert.equal(collector.headers[0]?.["x-scope"], "a");
    const [failed, answered, request] = collector.spans;
    assert.ok(failed !== undefined && answered !== undefined && request !== undefined && collector.spans.length === 3);
    assert.equal(request.name, "chat meta/llama-3");
    assert.deepEqual([request.traceId, request.parentSpanId], [TRACE, "b7ad6b7169203331"]);
    assert.equal(request.traceState, "vendor=1");
    assert.equal(request.kind, 3); // CLIENT
    assert.equal(request.statusCode, 0);
    assert.deepEqual(request.attributes, {
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "aimo",
      "gen_ai.request.model": "meta/llama-3",
      "gen_ai.request.stream": true,
      "gen_ai.request.max_tokens": 64,
      "gen_ai.response.id": "gen-1",
      "gen_ai.response.model": "meta/Llama-3",
      "gen_ai.response.finish_reasons": ["stop"],
      "gen_ai.response.time_to_first_chunk": 1.25,
      "gen_ai.usage.input_tokens": 10,
      "gen_ai.usage.output_tokens": 20,
      "gen_ai.usage.cache_read.input_tokens": 3,
      "gen_ai.usage.reasoning.output_tokens": 4,
      "server.address": "router.example",
      "server.port": 443,
      "aimo.request.id": "req-1",
      "aimo.key.id": "key-1",
      "aimo.outcome": "answered",
    });
    assert.equal(request.endNs - request.startNs, 1_500_000_000n);
    assert.equal(request.startNs, BigInt(clock.now() - 1_500) * 1_000_000n);
    assert.deepEqual([request.resource["service.name"], request.resource["service.version"]], ["mine", "0.1.0"]);
    for (const attempt of [failed, answered]) {
      assert.deepEqual([attempt.name, attempt.kind, attempt.traceId], ["attempt", 3, TRACE]);
      assert.equal(attempt.parentSpanId, request.spanId);
    }
    assert.equal(first.traceparent, `00-${TRACE}-${failed.spanId}-01`);
    assert.equal(second.traceparent, `00-${TRACE}-${answered.spanId}-01`);
    assert.deepEqual([failed.statusCode, answered.statusCode], [2, 0]);
    assert.deepEqual(failed.attributes, {
      "aimo.attempt.id": "att-1",
      "aimo.link.id": "link-1",
      "aimo.provider.wallet": "seller",
      "aimo.outcome": "failed",
      "error.type": "provider_timeout",
    });
    assert.equal(answered.attributes["aimo.outcome"], "answered");
  });

  test("say that it failed by a code alone, and that a client left without an error", async (t) => {
    const collector = await collect(t);
    const { traces } = start(systemClock, collector.url);
    const error = new AimoError("provider_refused", { provider: "w", status: 400, detail: "SECRET", raw: "SECRET" });
    traces.request(REQUEST).end({ ended: "failed", error }, undefined);
    const left = traces.request({ ...REQUEST, maxTokens: undefined });
    left.attempt(ATTEMPT).end("client_left");
    left.end({ ended: "client_left" }, undefined);
    traces.request(REQUEST).end(undefined, undefined);
    await traces.close();
    assert.deepEqual(
      collector.spans.map((span) => [span.statusCode, span.attributes["aimo.outcome"], span.attributes["error.type"]]),
      [
        [2, "failed", "provider_refused"],
        [0, "client_left", undefined],
        [0, "client_left", undefined],
        [2, "failed", "internal"],
      ],
    );
    for (const span of collector.spans) assert.deepEqual([span.events.length, span.statusMessage ?? ""], [0, ""]);
    assert.doesNotMatch(collector.bodies.join(""), /SECRET/);
  });

  test("name finish reasons that there are, and no other words of a provider", async (t) => {
    const collector = await collect(t);
    const { traces } = start(systemClock, collector.url);
    traces.request(REQUEST).end({ ...ANSWERED, usage: undefined, finishReason: "SECRET words" }, undefined);
    await traces.close();
    const [span] = collector.spans;
    assert.deepEqual(span?.attributes["gen_ai.response.finish_reasons"], ["other"]);
    assert.equal(span?.attributes["gen_ai.usage.input_tokens"], undefined);
  });
});

describe("the client's trace context", () => {
  test("decides whether a request is traced, and is carried on either way", async (t) => {
    const collector = await collect(t);
    const { traces } = start(systemClock, collector.url, { sampleRatio: 0 });
    answer(traces.request(REQUEST));
    const unsampled = traces.request({ ...REQUEST, traceparent: PARENT.replace(/01$/, "00") });
    const carried = unsampled.attempt(ATTEMPT).traceparent;
    unsampled.end(ANSWERED, undefined);
    assert.match(carried, new RegExp(`^00-${TRACE}-[0-9a-f]{16}-00$`));
    assert.notEqual(carried.split("-")[2], "b7ad6b7169203331");
    answer(traces.request({ ...REQUEST, traceparent: PARENT }));
    await traces.close();
    assert.deepEqual(
      collector.spans.map(({ traceId }) => traceId),
      [TRACE, TRACE],
    );
  });

  for (const [what, traceparent, tracestate] of [
    ["that is missing", undefined, undefined],
    ["that is broken", "00-SECRET", "vendor=1"],
    ["of zeros", `00-${"0".repeat(32)}-b7ad6b7169203331-01`, undefined],
    ["sent twice", [PARENT, PARENT], undefined],
  ] as const) {
    test(`${what} starts a trace of our own`, async (t) => {
      const collector = await collect(t);
      const { traces } = start(systemClock, collector.url);
      answer(traces.request({ ...REQUEST, traceparent, tracestate }));
      await traces.close();
      const [, request] = collector.spans;
      assert.ok((request?.parentSpanId ?? "") === "");
      assert.match(request?.traceId ?? "", /^[0-9a-f]{32}$/);
      assert.notEqual(request?.traceId, TRACE);
      assert.doesNotMatch(collector.bodies.join(""), /SECRET/);
    });
  }

  test("keeps a state as long as the limit and drops a longer one", async (t) => {
    const collector = await collect(t);
    const { traces } = start(systemClock, collector.url);
    // One member has at most 256 characters of value: three make up the length.
    const fitting = `a=${"x".repeat(250)},b=${"y".repeat(250)},c=z`.padEnd(TRACESTATE_CHARS_MAX, "z");
    for (const tracestate of [fitting, `${fitting}z`]) {
      traces.request({ ...REQUEST, traceparent: PARENT, tracestate }).end(ANSWERED, undefined);
    }
    await traces.close();
    assert.deepEqual(
      collector.spans.map(({ traceState }) => traceState ?? ""),
      [fitting, ""],
    );
  });
});

describe("a collector", () => {
  test("gets spans once they have gathered", async (t) => {
    const collector = await collect(t);
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const { traces } = start(systemClock, collector.url);
    answer(traces.request(REQUEST));
    t.mock.timers.tick(SPAN_EXPORT_DELAY_MS - 1);
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
    assert.equal(collector.bodies.length, 0);
    t.mock.timers.tick(1);
    while (collector.spans.length < 2) await new Promise(setImmediate);
    await traces.close();
  });

  test("that is overloaded is asked again, but only so long", async (t) => {
    const collector = await collect(t);
    collector.answer = 503;
    t.mock.timers.enable({ apis: ["setTimeout", "Date"] });
    const { traces, losses } = start(systemClock, collector.url);
    answer(traces.request(REQUEST));
    t.mock.timers.tick(SPAN_EXPORT_DELAY_MS);
    let elapsedMs = 0;
    for (let seen = 0; losses.spansLost === 0 && elapsedMs < 60_000; elapsedMs += 100) {
      t.mock.timers.tick(100);
      for (let turn = 0; turn < 20 || seen === 0; turn += 1) {
        await new Promise(setImmediate);
        seen = collector.bodies.length;
      }
    }
    assert.equal(losses.spansLost, 2);
    assert.ok(collector.bodies.length > 1 && elapsedMs <= SPAN_EXPORT_TIMEOUT_MS + 500, `${elapsedMs} ms`);
    t.mock.timers.reset();
    await traces.close();
  });

  test("that refuses is told once, with no word of what it said, and once when it takes spans again", async (t) => {
    const collector = await collect(t);
    collector.answer = 400;
    const { traces, losses, lines } = start(systemClock, collector.url, { headers: { authorization: "SECRET" } });
    const batch = (): void => {
      for (let count = 0; count < SPANS_PER_EXPORT_MAX; count += 1) traces.request(REQUEST).end(ANSWERED, undefined);
    };
    for (const expected of [1, 2]) {
      batch();
      while (losses.spansLost < expected * SPANS_PER_EXPORT_MAX) await new Promise(setImmediate);
    }
    collector.answer = 200;
    batch();
    await traces.close();
    assert.equal(losses.spansLost, 2 * SPANS_PER_EXPORT_MAX);
    assert.equal(collector.spans.length, SPANS_PER_EXPORT_MAX);
    assert.equal(lines.length, 2);
    assert.match(lines[0] ?? "", /"level":40.*"spans":512.*"spans cannot be exported/);
    assert.match(lines[1] ?? "", /"level":30.*"spans are exported again"/);
    assert.doesNotMatch(lines.join(""), /SECRET/);
  });

  test("that never answers is waited for only so long, and only so many spans wait for it", async (t) => {
    const collector = await collect(t);
    collector.answer = 0;
    const { clock, traces, losses } = start(manualClock(), collector.url);
    const inFlight = SPANS_PER_EXPORT_MAX;
    for (let count = 0; count < inFlight + SPANS_QUEUED_MAX + 7; count += 1) {
      traces.request(REQUEST).end(ANSWERED, undefined);
    }
    assert.equal(losses.spansLost, 7);
    let isClosed = false;
    const closing = traces.close().then(() => (isClosed = true));
    clock.advance(SPANS_FLUSH_MS - 1);
    await new Promise(setImmediate);
    assert.equal(isClosed, false);
    clock.advance(1);
    await new Promise(setImmediate);
    assert.equal(isClosed, true);
    await closing;
  });
});
