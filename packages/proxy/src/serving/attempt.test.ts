// An attempt against a scripted upstream and a manual clock: deadlines, back-pressure, cancel, lost link.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ManualClock } from "@aimo-network/protocol/clock";
import { manualClock } from "@aimo-network/protocol/clock";
import { AimoError } from "@aimo-network/protocol/errors";
import { RESPONSE_CREDIT_BYTES } from "@aimo-network/protocol/limits";
import { Endpoint } from "@aimo-network/protocol/wire/endpoint";
import type { End, RequestHead } from "@aimo-network/protocol/wire/messages";
import type { WireStream } from "@aimo-network/protocol/wire/stream";
import { Attempt } from "./attempt.ts";
import { bodyRules } from "../crossing/body-rules.ts";
import type { AttemptOutcome } from "./end.ts";
import { ANSWER_QUEUED_BYTES_MAX } from "../limits.ts";
import type { ResolveHost } from "../crossing/media.ts";
import type { ServedModel } from "./settings.ts";
import type { UpstreamEvents, UpstreamRequest, Upstreams } from "./upstream.ts";
import { upstreamAddress } from "./upstream.ts";

const TIMEOUTS = { connectMs: 1_000, firstByteMs: 5_000, idleMs: 2_000, totalMs: 60_000 };
const STREAM = '{"stream":true,"messages":[]}';
const EVENT = 'data: {"choices":[{"delta":{"content":"x"}}]}\n\n';
const EVENTS_HEAD = { "content-type": "text/event-stream" };

const MODEL: ServedModel = {
  name: "demo",
  provider: "maker",
  modelJson: '"upstream-demo"',
  addresses: new Map(),
  headers: ["authorization", "Bearer k"],
  passing: ["accept"],
  timeouts: TIMEOUTS,
  concurrencyMax: Infinity,
};

interface Bench {
  readonly clock: ManualClock;
  readonly calls: UpstreamRequest[];
  /** What the upstream does. */
  readonly upstream: UpstreamEvents;
  /** What was done to the call: abort, pause, resume. */
  readonly done: string[];
  /** The router's side. */
  readonly stream: WireStream;
  readonly received: Buffer[];
  readonly ends: End[];
  readonly outcomes: AttemptOutcome[];
  loseLink(): void;
  /** The router takes what has come, and everything from now on. */
  readAll(): void;
}

interface BenchOptions {
  readonly body?: string;
  readonly head?: Partial<RequestHead>;
  readonly resolve?: ResolveHost;
  readonly grants?: boolean;
  readonly sends?: boolean;
}

function bench({ body = STREAM, head = {}, resolve, grants = true, sends = true }: BenchOptions = {}): Bench {
  const clock = manualClock();
  const calls: UpstreamRequest[] = [];
  const done: string[] = [];
  let upstream: UpstreamEvents | undefined;
  const upstreams: Upstreams = {
    call(request, events) {
      calls.push(request);
      upstream = events;
      return { abort: () => done.push("abort"), pause: () => done.push("pause"), resume: () => done.push("resume") };
    },
    close: () => Promise.resolve(),
  };
  const outcomes: AttemptOutcome[] = [];
  const ends: End[] = [];
  const received: Buffer[] = [];
  let isReading = grants;
  const violation = (error: AimoError): void => assert.fail(error.message);
  const tools = { clock, upstreams, resolve: resolve ?? (() => Promise.resolve([])) };
  const router: Endpoint = new Endpoint(
    "router",
    wire(() => proxy),
    { message: () => undefined, violation },
  );
  const proxy: Endpoint = new Endpoint(
    "proxy",
    wire(() => router),
    {
      message: () => undefined,
      violation,
      opened(opened, requestHead) {
        const address = upstreamAddress("http://127.0.0.1:1/v1", requestHead.endpoint);
        const plan = { head: requestHead, model: MODEL, address, rules: bodyRules([], 8, "https") };
        return new Attempt(tools, plan, opened, (outcome) => outcomes.push(outcome));
      },
    },
  );
  const requestHead = {
    attempt_id: "0".repeat(32),
    endpoint: "/chat/completions",
    model: "demo",
    headers: {},
    content_length: Buffer.byteLength(body),
    deadline_ms: 600_000,
    stream: true,
    payer: "p",
    ...head,
  };
  const stream: WireStream = router.open(requestHead, {
    responseBody(bytes) {
      received.push(Buffer.from(bytes));
      if (isReading) stream.grant(bytes.length);
    },
    responseEnd: (end) => ends.push(end),
    lost: () => undefined,
  });
  if (sends) stream.sendRequest([Buffer.from(body)]);
  return {
    clock,
    calls,
    get upstream() {
      assert.ok(upstream !== undefined, "the upstream was called");
      return upstream;
    },
    done,
    stream,
    received,
    ends,
    outcomes,
    readAll() {
      isReading = true;
      stream.grant(Buffer.concat(received).length);
    },
    loseLink: () => proxy.close(new AimoError("provider_disconnected", { provider: "p" })),
  };
}

/** A socket that hands every frame to the other end at once. */
function wire(other: () => Endpoint): { send(bytes: Uint8Array): void; bufferedBytes(): number } {
  return { send: (bytes) => other().receive(bytes), bufferedBytes: () => 0 };
}

function isTimeout(end: End | undefined, phase: string, limitMs: number): void {
  assert.equal(end?.error?.code, "provider_timeout");
  assert.equal(end.error.phase, phase);
  assert.equal(end.error.limit_ms, limitMs);
  assert.equal(end.cancelled, false);
}

describe("deadlines of an attempt", () => {
  test("connect: the upstream that has not accepted by then is given up", () => {
    const { clock, ends, done } = bench();
    clock.advance(TIMEOUTS.connectMs - 1);
    assert.equal(ends.length, 0);
    clock.advance(1);
    isTimeout(ends[0], "connect", TIMEOUTS.connectMs);
    assert.deepEqual(done, ["abort"]);
    assert.equal(clock.waiting, 0);
  });

  test("nothing left: the upstream is not called", () => {
    const { clock, calls, ends } = bench({ head: { deadline_ms: 0 } });
    isTimeout(ends[0], "total", 0);
    assert.deepEqual([ends.length, calls.length, clock.waiting], [1, 0, 0]);
  });

  test("first byte: headers and comments are not the first byte of a stream", () => {
    const { clock, upstream, ends } = bench();
    clock.advance(TIMEOUTS.connectMs - 1);
    upstream.connected();
    clock.advance(1_000);
    upstream.responded(200, EVENTS_HEAD);
    upstream.received(Buffer.from(": waiting\n\n"));
    clock.advance(TIMEOUTS.firstByteMs - 1_001);
    assert.equal(ends.length, 0);
    clock.advance(1);
    isTimeout(ends[0], "first_byte", TIMEOUTS.firstByteMs);
    assert.equal(ends[0]?.first_byte_ms, null);
    assert.equal(ends[0]?.upstream_ms, TIMEOUTS.connectMs - 1 + TIMEOUTS.firstByteMs);
  });

  test("first byte: an event in time ends the phase", () => {
    const { clock, upstream, ends } = bench();
    upstream.connected();
    upstream.responded(200, EVENTS_HEAD);
    clock.advance(TIMEOUTS.firstByteMs - 1);
    upstream.received(Buffer.from(EVENT));
    clock.advance(TIMEOUTS.idleMs - 1);
    assert.equal(ends.length, 0);
    upstream.ended();
    assert.equal(ends[0]?.error, undefined);
    assert.equal(ends[0]?.first_byte_ms, TIMEOUTS.firstByteMs - 1);
  });

  test("first byte: an answer in one piece may take until the total deadline", () => {
    const { clock, upstream, ends } = bench({ body: "{}" });
    upstream.connected();
    clock.advance(TIMEOUTS.totalMs - 1);
    assert.equal(ends.length, 0);
    clock.advance(1);
    isTimeout(ends[0], "total", TIMEOUTS.totalMs);
  });

  test("idle: silence between events counts, comments do not break it", () => {
    const { clock, upstream, ends } = bench();
    upstream.connected();
    upstream.responded(200, EVENTS_HEAD);
    upstream.received(Buffer.from(EVENT));
    for (let passedMs = 0; passedMs < TIMEOUTS.idleMs - 1; passedMs += 1) {
      clock.advance(1);
      upstream.received(Buffer.from(": keep-alive\n\n"));
    }
    assert.equal(ends.length, 0);
    clock.advance(1);
    isTimeout(ends[0], "idle", TIMEOUTS.idleMs);
  });

  test("idle: every event starts it again", () => {
    const { clock, upstream, ends } = bench();
    upstream.connected();
    upstream.responded(200, EVENTS_HEAD);
    for (let count = 0; count < 10; count += 1) {
      upstream.received(Buffer.from(EVENT));
      clock.advance(TIMEOUTS.idleMs - 1);
    }
    assert.equal(ends.length, 0);
  });

  test("total: it counts from the head, whatever arrives", () => {
    const { clock, upstream, ends, done } = bench();
    upstream.connected();
    upstream.responded(200, EVENTS_HEAD);
    for (let passedMs = 0; passedMs < TIMEOUTS.totalMs - 1_000; passedMs += 1_000) {
      upstream.received(Buffer.from(EVENT));
      clock.advance(1_000);
    }
    upstream.received(Buffer.from(EVENT));
    clock.advance(999);
    assert.equal(ends.length, 0);
    clock.advance(1);
    isTimeout(ends[0], "total", TIMEOUTS.totalMs);
    assert.deepEqual(done, ["abort"]);
  });

  test("total: the router's deadline holds when it is shorter", () => {
    const { clock, upstream, ends } = bench({ head: { deadline_ms: 700 } });
    upstream.connected();
    clock.advance(699);
    assert.equal(ends.length, 0);
    clock.advance(1);
    isTimeout(ends[0], "total", 700);
  });

  test("total: it also bounds a request whose body never ends", () => {
    const { clock, ends, calls } = bench({ sends: false });
    clock.advance(TIMEOUTS.totalMs - 1);
    assert.equal(ends.length, 0);
    clock.advance(1);
    isTimeout(ends[0], "total", TIMEOUTS.totalMs);
    assert.equal(calls.length, 0);
  });

  test("an ended attempt leaves no timer", () => {
    const { clock, upstream } = bench();
    upstream.connected();
    upstream.responded(200, EVENTS_HEAD);
    upstream.received(Buffer.from(EVENT));
    upstream.ended();
    assert.equal(clock.waiting, 0);
  });
});

describe("back-pressure", () => {
  test("a router without credit stops the upstream, the deadlines stand still, and all bytes arrive in the end", () => {
    const { clock, upstream, done, received, ends, stream } = bench({ grants: false });
    upstream.connected();
    upstream.responded(200, EVENTS_HEAD);
    const event = `data: ${"x".repeat(8_000)}\n\n`;
    let sentBytes = 0;
    while (done.length === 0) {
      upstream.received(Buffer.from(event));
      sentBytes += event.length;
    }
    assert.deepEqual(done, ["pause"]);
    assert.ok(sentBytes > RESPONSE_CREDIT_BYTES + ANSWER_QUEUED_BYTES_MAX);
    assert.ok(sentBytes <= RESPONSE_CREDIT_BYTES + ANSWER_QUEUED_BYTES_MAX + event.length);
    clock.advance(TIMEOUTS.totalMs * 10);
    assert.equal(ends.length, 0);
    stream.grant(RESPONSE_CREDIT_BYTES);
    assert.deepEqual(done, ["pause"], "there are still bytes waiting");
    stream.grant(RESPONSE_CREDIT_BYTES);
    stream.grant(RESPONSE_CREDIT_BYTES);
    assert.deepEqual(done, ["pause", "resume"]);
    clock.advance(TIMEOUTS.idleMs - 1);
    assert.equal(ends.length, 0);
    upstream.ended();
    assert.equal(Buffer.concat(received).length, sentBytes);
    assert.equal(ends[0]?.body_bytes, sentBytes);
  });

  test("an upstream that is silent after the pause is timed again", () => {
    const { clock, upstream, done, readAll, ends } = bench({ grants: false });
    upstream.connected();
    upstream.responded(200, EVENTS_HEAD);
    upstream.received(Buffer.from(`data: ${"x".repeat(RESPONSE_CREDIT_BYTES + ANSWER_QUEUED_BYTES_MAX)}\n\n`));
    assert.deepEqual(done, ["pause"]);
    clock.advance(TIMEOUTS.totalMs);
    readAll();
    clock.advance(TIMEOUTS.idleMs - 1);
    assert.equal(ends.length, 0);
    clock.advance(1);
    isTimeout(ends[0], "idle", TIMEOUTS.idleMs);
  });
});

describe("the end of an attempt", () => {
  test("a cancel before the call keeps the call from being made", () => {
    const { stream, ends, calls, clock } = bench({ sends: false });
    stream.cancel("client_left");
    assert.equal(ends[0]?.cancelled, true);
    assert.equal(calls.length, 0);
    assert.equal(clock.waiting, 0);
  });

  test("a cancel while media are looked up keeps the call from being made", async () => {
    const found = Promise.withResolvers<string[]>();
    const body = '{"messages":[{"content":[{"image_url":{"url":"https://example.com/a"}}]}]}';
    const { stream, ends, calls } = bench({ body, resolve: () => found.promise });
    stream.cancel("client_left");
    found.resolve(["93.184.215.14"]);
    await new Promise(setImmediate);
    assert.equal(ends.length, 1);
    assert.equal(calls.length, 0);
  });

  test("a cancel aborts the call and nothing that comes later changes the End", () => {
    const { stream, upstream, ends, done, outcomes } = bench();
    upstream.connected();
    stream.cancel("client_left");
    upstream.failed(new Error("aborted"));
    assert.deepEqual(done, ["abort"]);
    assert.equal(ends.length, 1);
    assert.equal(outcomes.length, 1);
    assert.equal(ends[0]?.cancelled, true);
  });

  test("a lost link aborts the call and its End is kept, not sent", () => {
    const { upstream, loseLink, done, ends, outcomes, clock } = bench();
    upstream.connected();
    upstream.responded(200, EVENTS_HEAD);
    upstream.received(Buffer.from(EVENT));
    loseLink();
    assert.deepEqual(done, ["abort"]);
    assert.equal(ends.length, 0);
    assert.equal(outcomes.length, 1);
    assert.equal(outcomes[0]?.end.cancelled, true);
    assert.equal(outcomes[0]?.end.body_bytes, EVENT.length);
    assert.equal(clock.waiting, 0);
  });

  test("an interim answer is not the answer", () => {
    const { upstream, ends } = bench();
    upstream.connected();
    upstream.responded(103, { link: "</a>; rel=preload" });
    upstream.responded(200, EVENTS_HEAD);
    upstream.ended();
    assert.equal(ends[0]?.error, undefined);
  });

  test("a status that HTTP does not have is the provider's error and never reaches the router", () => {
    const { upstream, ends, done } = bench();
    upstream.connected();
    upstream.responded(600, EVENTS_HEAD);
    assert.equal(ends[0]?.error?.code, "provider_error");
    assert.deepEqual(done.slice(-1), ["abort"]);
    const last = bench();
    last.upstream.connected();
    last.upstream.responded(599, EVENTS_HEAD);
    assert.equal(last.ends.length, 0);
  });

  test("an event without end is the provider's error", () => {
    const { upstream, ends, done } = bench();
    upstream.connected();
    upstream.responded(200, EVENTS_HEAD);
    const megabyte = Buffer.alloc(1024 * 1024, "x");
    upstream.received(Buffer.from("data: "));
    for (let count = 0; ends.length === 0 && count < 32; count += 1) upstream.received(megabyte);
    assert.equal(ends[0]?.error?.code, "provider_error");
    assert.deepEqual(done.slice(-1), ["abort"]);
  });
});
