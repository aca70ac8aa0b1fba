// The ten seconds in which a stream's failures still have a real status, and what comes after them, at the whole router.
import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, beforeEach, describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { ManualClock } from "@aimo-network/protocol/clock";
import { manualClock } from "@aimo-network/protocol/clock";
import type { ScriptedCall, ScriptedProvider } from "../../test-bed/scripted-provider.ts";
import { connectProvider, plainOffer } from "../../test-bed/scripted-provider.ts";
import type { TestRouter } from "../../test-bed/test-router.ts";
import { startTestRouter } from "../../test-bed/test-router.ts";

const ASK = { model: "m", stream: true, messages: [{ role: "user", content: "x" }] };
const OUTPUT = 'data: {"choices":[{"index":0,"delta":{"role":"assistant","content":"out"}}]}\n\n';
const STOP = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';

function fail(call: ScriptedCall): void {
  call.respond(500, { "content-type": "application/json" });
  call.write('{"error":{"message":"boom"}}');
  call.end();
}

function stream(call: ScriptedCall): void {
  call.respond(200, { "content-type": "text/event-stream" });
  call.write(OUTPUT + STOP);
  call.end();
}

/** Lets ten seconds pass in which links live on: twice there and back, the router has read what its pings were answered. */
async function pass(clock: ManualClock, providers: readonly ScriptedProvider[]): Promise<void> {
  clock.advance(10_000);
  for (const { socket } of [...providers, ...providers]) {
    socket.ping();
    await once(socket, "pong");
  }
}

describe("a stream that is slow to begin", () => {
  let clock: ManualClock;
  let router: TestRouter;
  let key: string;
  const providers: ScriptedProvider[] = [];
  let calls: ScriptedCall[] = [];
  let called: (() => void) | undefined;

  /** The call with this number, as soon as a provider has it. */
  const call = async (number: number): Promise<ScriptedCall> => {
    while (calls.length <= number) await new Promise<void>((resolve) => void (called = resolve));
    return calls[number]!;
  };

  before(async () => {
    clock = manualClock();
    router = await startTestRouter({}, clock);
    key = await router.key();
    for (let count = 0; count < 2; count += 1) {
      const provider = await connectProvider(router.url, await router.key(), (made) => {
        calls.push(made);
        called?.();
      });
      await provider.offer([plainOffer("m")]);
      providers.push(provider);
    }
  });
  beforeEach(async () => {
    for (let passed = 0; passed < 3; passed += 1) await pass(clock, providers); // an earlier test's outage is over
    calls = [];
  });
  after(async () => {
    await Promise.all(providers.map((provider) => provider.close()));
    await router.close();
  });

  test("fails with a real status until the tenth second", async () => {
    const answer = router.chat(key, ASK);
    const first = await call(0);
    clock.advance(9_999);
    fail(first);
    fail(await call(1));
    const response = await answer;
    assert.equal(response.status, 502);
    assert.match(await response.text(), /boom/);
  });

  test("is 200 from then on: a comment, fail-over, and the answer", async () => {
    const answer = router.chat(key, ASK);
    const first = await call(0);
    clock.advance(10_000);
    const response = await answer;
    assert.equal(response.status, 200);
    fail(first);
    stream(await call(1));
    const text = await response.text();
    assert.match(text, /^: AIMO PROCESSING\n\ndata: \{[^\n]*"content":"out"[^]*data: \[DONE\]\n\n$/);
  });

  test("fails in-band from then on", async () => {
    const answer = router.chat(key, ASK);
    const first = await call(0);
    clock.advance(10_000);
    const response = await answer;
    fail(first);
    fail(await call(1));
    const text = await response.text();
    assert.equal(response.status, 200);
    assert.doesNotMatch(text, /\[DONE\]/);
    const [comment, event, rest] = text.split("\n\n");
    assert.deepEqual([comment, rest], [": AIMO PROCESSING", ""]);
    const { error, choices } = JSON.parse((event ?? "").slice(6)) as {
      error: { code: number; message: string };
      choices: object;
    };
    assert.equal(error.code, 502);
    assert.match(error.message, /boom/);
    assert.deepEqual(choices, [{ index: 0, delta: { content: "" }, finish_reason: "error" }]);
  });

  test("keeps what it held back of a provider that then failed to itself", async () => {
    const answer = router.chat(key, ASK);
    const first = await call(0);
    first.respond(200, { "content-type": "text/event-stream" });
    first.write('data: {"choices":[{"index":0,"delta":{"role":"assistant","content":""}}],"from":"the first"}\n\n');
    clock.advance(10_000);
    const response = await answer;
    first.end();
    stream(await call(1));
    const text = await response.text();
    assert.doesNotMatch(text, /the first/);
    assert.match(text, /\[DONE\]/);
  });

  test("is in the books with the time to what it showed first, and to its end", async () => {
    const answer = router.chat(key, ASK);
    const first = await call(0);
    clock.advance(700);
    first.respond(200, { "content-type": "text/event-stream" });
    first.write(OUTPUT);
    const reader = (await answer).body?.getReader() ?? assert.fail("an answer has a body");
    await reader.read();
    clock.advance(300);
    first.write(STOP);
    first.end();
    while (!(await reader.read()).done);
    const id = (await answer).headers.get("x-generation-id");
    const headers = { authorization: `Bearer ${key}` };
    const { data } = (await (await fetch(`${router.url}/api/v1/generation?id=${id}`, { headers })).json()) as {
      data: { latency: number; generation_time: number };
    };
    assert.deepEqual([data.latency, data.generation_time], [700, 1_000]);
  });

  for (const [name, advanceMs] of [
    ["before it opens", 0],
    ["after it opened", 10_000],
  ] as const) {
    test(`is cancelled when its client leaves ${name}, and nobody else is asked`, async () => {
      const leave = new AbortController();
      const answer = router.chat(key, ASK, { signal: leave.signal });
      const first = await call(0);
      clock.advance(advanceMs);
      if (advanceMs > 0) await answer;
      leave.abort();
      await assert.rejects(async () => await (await answer).text());
      assert.equal(await first.cancelled, "client_left");
      first.end({ cancelled: true });
      await setImmediate();
      assert.equal(calls.length, 1);
    });
  }
});
