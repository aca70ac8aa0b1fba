// Clients that leave, or stop reading, at moments that only a slow router shows: nobody works for them any longer.
import assert from "node:assert/strict";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { connect } from "node:net";
import { after, before, beforeEach, describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { ManualClock } from "@aimo-network/protocol/clock";
import { manualClock } from "@aimo-network/protocol/clock";
import { readAttemptId } from "@aimo-network/protocol/ids";
import { RESPONSE_CREDIT_BYTES } from "@aimo-network/protocol/limits";
import type { FastifyRequest } from "fastify";
import type { Caller } from "../../accounts/caller.ts";
import { CHOICES_MAX } from "../../limits.ts";
import type { ChatEndpoint } from "../../test-bed/chat-endpoint.ts";
import { startChatEndpoint } from "../../test-bed/chat-endpoint.ts";
import type { FakeAttempt } from "../../test-bed/fake-link.ts";
import { says, stops, WHOLE_ANSWER } from "../../test-bed/relay-bench.ts";
import { connectProvider, plainOffer } from "../../test-bed/scripted-provider.ts";
import { startTestRouter } from "../../test-bed/test-router.ts";

const TOTAL_MS = 60_000;
const USAGE = { usage: { prompt_tokens: 1, completion_tokens: 1 } };

describe("a client", () => {
  const clock: ManualClock = manualClock();
  const judged: boolean[] = [];
  let chat: ChatEndpoint;
  let authenticate: ((request: FastifyRequest) => Promise<Caller>) | undefined;

  before(async () => {
    chat = await startChatEndpoint({
      clock,
      deadlines: { firstByteMs: 5_000, idleMs: 2_000, totalMs: TOTAL_MS },
      judged: (_candidate, { outcome }) => void judged.push(outcome === "succeeded"),
      payer: (asking, payer) => authenticate?.(asking) ?? payer,
    });
  });
  beforeEach(() => {
    judged.length = 0;
    authenticate = undefined;
  });
  after(() => chat.close());

  /** Waits until what an answer owes is in the books. */
  const charged = async (): Promise<void> => {
    while ((await chat.money.books.balances(chat.payer)).locked > 0n) await setImmediate();
    await setImmediate();
  };

  for (const stream of [true, false]) {
    test(`that leaves while its key is verified costs no provider anything (stream: ${stream})`, async () => {
      const asked = Promise.withResolvers<FastifyRequest>();
      const verified = Promise.withResolvers<Caller>();
      authenticate = (asking) => {
        asked.resolve(asking);
        return verified.promise;
      };
      const attempts = chat.link.attempts.length;
      const socket = chat.call({ stream });
      const { raw } = await asked.promise;
      const gone = once(raw.socket, "close");
      socket.destroy();
      await gone;
      verified.resolve(chat.payer);
      await setImmediate();
      assert.equal(chat.link.attempts.length, attempts);
      assert.equal(clock.waiting, 0);
    });
  }

  test("that reads nothing until the total deadline is told why its answer ended, and its provider is not blamed", async () => {
    const socket = chat.call({ stream: true });
    socket.pause();
    const attempt = await chat.link.next();
    attempt.head();
    attempt.data(says("x".repeat(8_000_000)), says("y".repeat(8_000_000)));
    assert.ok(attempt.heldBytes > 0, "the client does not keep up");
    clock.advance(TOTAL_MS - 1);
    assert.deepEqual(attempt.cancels, []);
    clock.advance(1);
    assert.deepEqual(attempt.cancels, ["client_left"]);
    let tail = "";
    socket.on("data", (bytes: Buffer) => (tail = (tail + bytes.toString()).slice(-1_000)));
    socket.resume();
    while (!tail.endsWith("\r\n0\r\n\r\n")) await once(socket, "data");
    assert.match(tail, /"error_code":"client_left"/);
    assert.doesNotMatch(tail, /\[DONE\]/);
    assert.deepEqual(judged, []);
    await setImmediate();
    assert.equal(clock.waiting, 0);
    socket.destroy();
  });

  for (const [name, event] of [
    ["short events", says("x")],
    ["events that grow most when they are passed on", { choices: Array.from({ length: CHOICES_MAX }, () => ({})) }],
  ] as const) {
    test(`that reads nothing of ${name} costs little more than the credit of one stream`, async () => {
      const requested = once(chat.server, "request") as Promise<[unknown, ServerResponse]>;
      const socket = chat.call({ stream: true });
      socket.pause();
      const [, response] = await requested;
      const attempt = await chat.link.next();
      attempt.head();
      const text = `data: ${JSON.stringify(event)}\n\n`;
      attempt.data(says("first"));
      while (attempt.heldBytes + text.length <= RESPONSE_CREDIT_BYTES) {
        attempt.write(text);
        if (attempt.heldBytes === 0) await setImmediate(); // what the sockets between take, they take
      }
      assert.ok(response.writableLength > 0);
      assert.ok(response.writableLength < 32 * RESPONSE_CREDIT_BYTES, `${response.writableLength} bytes wait`);
      const closed = once(response, "close");
      socket.destroy();
      await closed;
      assert.equal(chat.answerBytes.usedBytes, 0);
    });
  }

  /** Resolves when the router has seen the connection end. */
  const leave = async (socket: Socket, response: ServerResponse): Promise<void> => {
    const closed = once(response, "close");
    socket.destroy();
    await closed;
  };

  for (const [name, end, isBlamed] of [
    ["is read on to its usage", (at: FakeAttempt) => at.data({ ...USAGE, choices: [] }, "[DONE]"), false],
    ["whose provider breaks off after that costs its provider its standing", (at: FakeAttempt) => at.lose(), true],
  ] as const) {
    test(`that leaves a stream that has said why it stops ${name}`, async () => {
      const requested = once(chat.server, "request") as Promise<[unknown, ServerResponse]>;
      const socket = chat.call({ stream: true });
      const [, response] = await requested;
      const attempt = await chat.link.next();
      attempt.head();
      attempt.data(says("x"), stops());
      await leave(socket, response);
      assert.deepEqual(attempt.cancels, []);
      end(attempt);
      await charged();
      assert.deepEqual(judged, [!isBlamed]);
      assert.equal(clock.waiting, 0);
      assert.equal(chat.answerBytes.usedBytes, 0);
    });
  }

  test("that leaves before a whole JSON answer was passed on is sent nothing, and its provider is no worse for it", async () => {
    const requested = once(chat.server, "request") as Promise<[unknown, ServerResponse]>;
    const socket = chat.call({ stream: false });
    const [, response] = await requested;
    const attempt = await chat.link.next();
    attempt.head(200, { "content-type": "application/json" });
    attempt.write(WHOLE_ANSWER);
    await leave(socket, response);
    await setImmediate();
    assert.deepEqual([attempt.cancels, judged], [[], [true]]);
    attempt.end();
    await charged();
    assert.deepEqual(attempt.acknowledged, [true], "its prompt is charged");
    assert.equal(clock.waiting, 0);
  });

  test("that is answered gets the id of which its attempts' ids are made", async () => {
    const socket = chat.call({ stream: false });
    const attempt = await chat.link.next();
    const made = readAttemptId(attempt.request.attemptId);
    attempt.answer(200, WHOLE_ANSWER);
    const [bytes] = (await once(socket, "data")) as [Buffer];
    assert.deepEqual(
      [/x-generation-id: (\S+)/i.exec(bytes.toString())?.[1], made?.index],
      [`gen-${made?.requestUuid}`, 0],
    );
    socket.destroy();
  });

  test("that reads again is given the rest, and its provider its credit", async () => {
    const socket = chat.call({ stream: true });
    socket.pause();
    const attempt = await chat.link.next();
    attempt.head();
    attempt.data(says("x".repeat(16_000_000)));
    assert.ok(attempt.heldBytes > 0);
    clock.advance(30_000);
    assert.deepEqual(attempt.cancels, []);
    let tail = "";
    socket.on("data", (bytes: Buffer) => (tail = (tail + bytes.toString()).slice(-1_000)));
    socket.resume();
    while (attempt.heldBytes > 0) await once(socket, "data");
    attempt.data(stops(), "[DONE]");
    attempt.end();
    while (!tail.includes("[DONE]")) await once(socket, "data");
    assert.deepEqual(judged, [true]);
    assert.equal(clock.waiting, 0);
    socket.destroy();
  });
});

describe("a client of a whole router that leaves", () => {
  test("before its request was relayed costs no provider anything", async (t) => {
    const router = await startTestRouter();
    t.after(() => router.close());
    const cancelled: Promise<string>[] = [];
    const provider = await connectProvider(router.url, await router.key(), (call) => {
      cancelled.push(call.cancelled);
      void call.cancelled.then(() => call.end({ cancelled: true }));
    });
    await provider.offer([plainOffer("m")]);
    const body = JSON.stringify({ model: "m", stream: true, messages: [{ role: "user", content: "x" }] });
    // Each key is new, so that its signature is checked while the client leaves.
    for (let round = 0; round < 10; round += 1) {
      const socket = connect(Number(new URL(router.url).port), "127.0.0.1");
      socket.on("error", () => undefined);
      await once(socket, "connect");
      const head = `POST /api/v1/chat/completions HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${await router.key()}\r\ncontent-length: ${body.length}\r\n\r\n`;
      socket.write(head + body);
      void setImmediate().then(() => socket.resetAndDestroy());
      await once(socket, "close");
    }
    await provider.offer([plainOffer("m")]); // there and back: whatever was sent to the provider has come
    assert.deepEqual(new Set(await Promise.all(cancelled)), new Set(cancelled.length > 0 ? ["client_left"] : []));
    await provider.offer([plainOffer("m")]);
    assert.equal(provider.endpoint.openStreams, 0);
    await provider.close();
    await router.close();
  });
});
