import assert from "node:assert/strict";
import { test } from "node:test";

import { manualClock } from "@aimo-network/protocol/clock";
import { isAimoError } from "@aimo-network/protocol/errors";

import { createCallLog } from "./call-log.ts";

const PATH = "/v1/chat/completions";

test("a call is open, then ended or aborted once, with its times", () => {
  const clock = manualClock(1000);
  const log = createCallLog(clock);
  const index = log.open(PATH, { authorization: "Bearer key", host: "demo" });
  assert.equal(index, 1);
  clock.advance(5);
  log.note(index, {
    model: "demo",
    stream: true,
    body_bytes: 9,
    body_keys: ["model"],
    status: 200,
    first_byte_ms: clock.now(),
  });
  clock.advance(5);
  log.close(index, "aborted");
  clock.advance(5);
  log.close(index, "ended");
  assert.deepEqual(log.list(), [
    {
      index: 1,
      path: PATH,
      headers: { authorization: "Bearer key", host: "demo" },
      authorization: "Bearer key",
      state: "aborted",
      model: "demo",
      stream: true,
      body_bytes: 9,
      body_keys: ["model"],
      status: 200,
      opened_ms: 1000,
      first_byte_ms: 1005,
      closed_ms: 1010,
    },
  ]);
});

test("the last thousand calls are remembered", () => {
  const log = createCallLog(manualClock());
  for (let call = 1; call <= 1001; call += 1) log.open(PATH, {});
  const indexes = log.list().map(({ index }) => index);
  assert.equal(indexes.length, 1000);
  assert.deepEqual([indexes[0], indexes.at(-1)], [2, 1001]);
  log.close(1, "ended");
  assert.equal(log.list().length, 1000);
});

test("of a strange body only a bounded part is remembered", () => {
  const log = createCallLog(manualClock());
  const index = log.open(`/${"p".repeat(5000)}`, {});
  log.note(index, { model: "m".repeat(5000), body_keys: Array.from({ length: 5000 }, () => "k".repeat(5000)) });
  const [call] = log.list();
  assert.deepEqual([call!.path.length, call!.model!.length, call!.body_keys.length], [256, 256, 64]);
  assert.ok(call!.body_keys.every((key) => key.length === 256));
});

test("next gives the first call that fits, at once where there is one", async () => {
  const log = createCallLog(manualClock());
  for (let call = 1; call <= 3; call += 1) log.open(PATH, {});
  log.close(2, "aborted");
  const indexOf = async (...query: Parameters<typeof log.next>): Promise<number | undefined> =>
    (await log.next(...query))?.index;
  assert.equal(await indexOf({}, 0), 1);
  assert.equal(await indexOf({ after: 1 }, 0), 2);
  assert.equal(await indexOf({ after: 1, state: "open" }, 0), 3);
  assert.equal(await indexOf({ state: "aborted" }, 0), 2);
  assert.equal(await indexOf({ state: "ended" }, 0), undefined);
  assert.equal(await indexOf({ after: 3 }, 0), undefined);
});

test("next waits for a call that comes to fit", async () => {
  const clock = manualClock();
  const log = createCallLog(clock);
  const opened = log.next({}, 1000);
  const ended = log.next({ state: "ended" }, 1000);
  log.open(PATH, {});
  assert.equal((await opened)?.state, "open");
  log.close(1, "ended");
  assert.equal((await ended)?.state, "ended");
  assert.equal(clock.waiting, 0);
});

test("next gives up when its time is over, or its reader is gone", async () => {
  const clock = manualClock();
  const log = createCallLog(clock);
  const reader = new AbortController();
  const waits = [log.next({}, 1000), log.next({}, 5000, reader.signal)];
  clock.advance(1000);
  assert.equal(await waits[0], undefined);
  reader.abort();
  assert.equal(await waits[1], undefined);
  assert.equal(clock.waiting, 0);
});

test("no more than 256 readers wait", async () => {
  const clock = manualClock();
  const log = createCallLog(clock);
  const waits = Array.from({ length: 256 }, () => log.next({}, 1000));
  await assert.rejects(log.next({}, 1000), (error) => isAimoError(error, "overloaded"));
  clock.advance(1000);
  await Promise.all(waits);
  const late = log.next({}, 1000);
  log.open(PATH, {});
  assert.equal((await late)?.index, 1);
});
