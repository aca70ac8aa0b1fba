// Streams that this router itself breaks: nothing goes on behind them, and no timer meets a response that is over.
import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { manualClock } from "@aimo-network/protocol/clock";
import { HOLD_BACK_MS } from "../../limits.ts";
import type { ChatEndpoint } from "../../test-bed/chat-endpoint.ts";
import { startChatEndpoint } from "../../test-bed/chat-endpoint.ts";
import { says, stops } from "../../test-bed/relay-bench.ts";

describe("a stream that the router breaks", () => {
  const clock = manualClock();
  let chat: ChatEndpoint;

  before(async () => {
    chat = await startChatEndpoint({
      clock,
      deadlines: { firstByteMs: 50_000, idleMs: 50_000, totalMs: 60_000 },
      judged() {
        throw new Error("a fault of this router");
      },
    });
  });
  after(() => chat.close());

  test("before it has shown anything is a plain failure", async () => {
    const socket = chat.call({ stream: true });
    const attempt = await chat.link.next();
    attempt.lose();
    const [reply] = (await once(socket, "data")) as [Buffer];
    assert.match(reply.toString(), /^HTTP\/1\.1 500 /);
    assert.equal(clock.waiting, 0);
    clock.advance(HOLD_BACK_MS);
    socket.destroy();
  });

  test("after it has shown something loses its connection", async () => {
    const socket = chat.call({ stream: true });
    const closed = once(socket, "close");
    socket.resume();
    const attempt = await chat.link.next();
    attempt.head();
    attempt.data(says("x"), stops(), "[DONE]");
    await closed;
    await setImmediate();
    assert.equal(clock.waiting, 0);
  });
});
