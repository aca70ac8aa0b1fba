import assert from "node:assert/strict";
import { request as httpRequest } from "node:http";
import { test } from "node:test";

import type { Call } from "./call-log.ts";
import { chatBody, startDemoModel, watchedClock } from "./test-client.ts";

test("each call is seen with its own key, model and body keys", async (context) => {
  const { ask, get } = await startDemoModel(context, { models: ["gpt-4o"] });
  await ask(chatBody("demo", "a secret"), { headers: { authorization: "Bearer first", "x-custom": "1" } });
  await ask(chatBody("gpt-4o", "a secret", { stream: true }), { headers: { authorization: "Bearer second" } });
  await ask("no JSON");
  const answer = await get("/demo/calls");
  const { calls } = JSON.parse(answer.text) as { calls: Call[] };
  assert.deepEqual(
    calls.map(({ index, state, status }) => [index, state, status]),
    [
      [1, "ended", 200],
      [2, "ended", 200],
      [3, "ended", 400],
    ],
  );
  assert.deepEqual(
    calls.map(({ authorization }) => authorization),
    ["Bearer first", "Bearer second", null],
  );
  assert.deepEqual(
    calls.map(({ model, stream }) => [model, stream]),
    [
      ["demo", false],
      ["gpt-4o", true],
      [null, false],
    ],
  );
  assert.deepEqual(calls[1]!.body_keys, ["model", "messages", "stream"]);
  assert.equal(calls[0]!.headers["x-custom"], "1");
  assert.doesNotMatch(answer.text, /secret/);
});

test("a reader waits for the next call that fits", async (context) => {
  const { ask, get, open } = await startDemoModel(context);
  const leave = new AbortController();
  const waiting = get("/demo/calls/next?state=aborted&wait_ms=10000");
  await ask(chatBody("demo", "Hello"));
  const left = open(chatBody("demo.silent", "Hello"), { signal: leave.signal }).catch(() => undefined);
  const opened = JSON.parse((await get("/demo/calls/next?state=open&after=1&wait_ms=10000")).text) as { call: Call };
  assert.equal(opened.call.index, 2);
  leave.abort();
  await left;
  const { call } = JSON.parse((await waiting).text) as { call: Call };
  assert.deepEqual([call.index, call.model, call.status], [2, "demo.silent", null]);
});

test("a reader that leaves is waited for no longer", async (context) => {
  const clock = watchedClock();
  const { url } = await startDemoModel(context, { clock });
  const leave = new AbortController();
  const waiting = fetch(`${url}/demo/calls/next?wait_ms=60000`, { signal: leave.signal });
  assert.equal(await clock.nextTimer(), 60_000);
  const cancelled = clock.nextCancel();
  leave.abort();
  await assert.rejects(waiting, { name: "AbortError" });
  await cancelled;
  assert.equal(clock.waiting, 0);
});

test("without a call that fits the answer is null", async (context) => {
  const { get } = await startDemoModel(context);
  assert.equal((await get("/demo/calls/next?wait_ms=1")).text, '{"call":null}');
  assert.equal((await get("/demo/calls/next")).text, '{"call":null}');
});

test("a question it cannot read is refused", async (context) => {
  const { get } = await startDemoModel(context);
  for (const query of ["state=gone", "after=-1", "after=x", "wait_ms=60001", "wait_ms=1.5", "after=9999999999999999"]) {
    const answer = await get(`/demo/calls/next?${query}`);
    assert.equal(answer.status, 400, query);
    assert.equal(answer.json().error.param, query.split("=")[0]);
  }
});

test("a name that is not this machine's own is refused", async (context) => {
  const { url } = await startDemoModel(context);
  const statusFor = (host: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const request = httpRequest(`${url}/demo/calls`, { headers: { host } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      request.on("error", reject);
      request.end();
    });
  for (const host of ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:80"])
    assert.equal(await statusFor(host), 403);
  for (const host of ["localhost:1", "127.0.0.1", "[::1]:80"]) assert.equal(await statusFor(host), 200);
});
