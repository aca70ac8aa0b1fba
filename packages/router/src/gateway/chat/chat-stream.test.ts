// The client's side of a stream over a real socket: held back, kept alive, ended in-band, and never ahead of its reader.
import assert from "node:assert/strict";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { connect } from "node:net";
import { after, before, describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { ManualClock } from "@aimo-network/protocol/clock";
import { manualClock } from "@aimo-network/protocol/clock";
import { readAnswerEvent } from "../../providers/answer-event.ts";
import type { ByteBudget } from "../../providers/byte-budget.ts";
import { createByteBudget } from "../../providers/byte-budget.ts";
import type { ChatStream } from "./chat-stream.ts";
import { createChatStream } from "./chat-stream.ts";

const HOLD_BACK_MS = 10_000;
const MORE_THAN_SOCKETS_HOLD = 16 * 1024 * 1024;
const COMMENT = ": AIMO PROCESSING\n\n";
const ENVELOPE = { generationIdJson: '"gen-1"', modelJson: '"a/m"', createdSeconds: 1 };

function says(text: string): ReturnType<typeof readAnswerEvent> {
  const delta = { role: "assistant", content: text };
  return readAnswerEvent(JSON.stringify({ choices: [{ index: 0, delta }] }), "w");
}

interface Bench {
  readonly clock: ManualClock;
  readonly answerBytes: ByteBudget;
  readonly stream: ChatStream;
  readonly response: ServerResponse;
  readonly client: Socket;
  /** All that the client has read: status line, headers and body. */
  received(): string;
  /** Resolves when the client has read `text`. */
  receives(text: string): Promise<void>;
}

describe("a stream to a client", () => {
  const server = createServer();
  before(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  after(() => {
    server.close();
    server.closeAllConnections();
  });

  const start = async (answerBytesMax = 100_000_000): Promise<Bench> => {
    const clock = manualClock();
    const { port } = server.address() as AddressInfo;
    const client = connect(port, "127.0.0.1");
    const requested = once(server, "request") as Promise<[unknown, ServerResponse]>;
    client.write("GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    const [, response] = await requested;
    let received = "";
    client.setEncoding("utf8").on("data", (text: string) => (received += text));
    client.on("error", () => undefined);
    const answerBytes = createByteBudget(answerBytesMax);
    const stream = createChatStream(clock, answerBytes, response, () => ({
      "x-request-id": "req-1",
      "x-none": undefined,
      "set-many": ["a", "b"],
    }));
    const receives = async (text: string): Promise<void> => {
      while (!received.includes(text)) await once(client, "data");
    };
    return { clock, answerBytes, stream, response, client, received: () => received, receives };
  };
  const finish = async (bench: Bench): Promise<void> => {
    const { clock, client } = bench;
    assert.equal(clock.waiting, 0, "a stream that has ended leaves no timer");
    client.destroy();
    while (bench.answerBytes.usedBytes > 0) await setImmediate(); // whatever it had not taken
  };

  test("says nothing before its first output, then status, headers and events", async () => {
    const bench = await start();
    bench.clock.advance(HOLD_BACK_MS - 1);
    assert.equal(bench.stream.isOpen(), false);
    assert.equal(bench.response.headersSent, false);
    bench.stream.event(says("x"), ENVELOPE);
    assert.deepEqual([bench.stream.isOpen(), bench.response.headersSent], [true, false]);
    assert.equal(bench.stream.flush(assert.fail), true);
    assert.deepEqual([bench.stream.isOpen(), bench.response.headersSent], [true, true]);
    bench.stream.end(ENVELOPE, '{"cost":1}');
    await bench.receives("[DONE]");
    const text = bench.received();
    assert.match(text, /^HTTP\/1\.1 200 OK\r\n/);
    assert.match(text, /\r\ncontent-type: text\/event-stream; charset=utf-8\r\n/i);
    assert.match(text, /\r\ncache-control: no-cache, no-transform\r\n/i);
    assert.match(text, /\r\nx-request-id: req-1\r\n/i);
    assert.match(text, /\r\nset-many: a\r\nset-many: b\r\n/i);
    assert.doesNotMatch(text, /x-none|AIMO PROCESSING/);
    assert.match(
      text,
      /data: \{[^\n]*"content":"x"[^\n]*\}\n\n[^]*data: \{[^\n]*"usage":\{"cost":1\}\}\n\ndata: \[DONE\]\n\n/,
    );
    await finish(bench);
  });

  test("passes a long piece on as it is, whatever its characters", async () => {
    const bench = await start();
    const text = "aé🙂".repeat(2_000);
    bench.stream.event(says(text), ENVELOPE);
    bench.stream.flush(assert.fail);
    bench.stream.event(says(`${text}!`), ENVELOPE);
    bench.stream.end(ENVELOPE, undefined);
    await once(bench.client, "end");
    for (const said of [text, `${text}!`]) assert.ok(bench.received().includes(`"content":"${said}"`));
    assert.match(bench.received(), /data: \[DONE\]\n\n/);
    await finish(bench);
  });

  test("shows a comment after ten seconds, and every ten from then on", async () => {
    const bench = await start();
    bench.clock.advance(HOLD_BACK_MS - 1);
    assert.equal(bench.stream.isOpen(), false);
    bench.clock.advance(1);
    assert.equal(bench.stream.isOpen(), true);
    await bench.receives(COMMENT);
    const comments = (): number => bench.received().split(COMMENT).length - 1;
    assert.equal(comments(), 1);
    for (let count = 2; count < 5; count += 1) {
      bench.clock.advance(9_999);
      await setImmediate();
      assert.equal(comments(), count - 1);
      bench.clock.advance(1);
      while (comments() < count) await once(bench.client, "data");
    }
    bench.stream.end(ENVELOPE, undefined);
    await bench.receives("data: [DONE]\n\n");
    assert.doesNotMatch(bench.received(), /"usage"/);
    await finish(bench);
  });

  test("shows no comment within ten seconds of output", async () => {
    const bench = await start();
    for (let piece = 0; piece < 3; piece += 1) {
      bench.clock.advance(9_999);
      bench.stream.event(says(`piece ${piece}`), ENVELOPE);
      bench.stream.flush(assert.fail);
      await bench.receives(`piece ${piece}`);
    }
    assert.ok(!bench.received().includes(COMMENT));
    bench.clock.advance(10_000);
    await bench.receives(COMMENT);
    bench.stream.end(ENVELOPE, undefined);
    await finish(bench);
  });

  test("that fails while it is open ends with one error event and no [DONE]", async () => {
    const bench = await start();
    bench.clock.advance(HOLD_BACK_MS);
    bench.stream.event(says("last words"), ENVELOPE);
    bench.stream.fail(ENVELOPE, { code: 502, message: "no" });
    await once(bench.client, "end");
    const events = bench.received().split("\n\n");
    assert.match(bench.received(), /last words/);
    assert.equal(events.filter((line) => line.includes('"error":{"code":502,"message":"no"}')).length, 1);
    assert.doesNotMatch(bench.received(), /\[DONE\]/);
    await finish(bench);
  });

  test("has nothing to flush while events show nothing", async () => {
    const bench = await start();
    bench.stream.event(readAnswerEvent('{"choices":[],"usage":{"prompt_tokens":1}}', "w"), ENVELOPE);
    assert.equal(bench.stream.flush(assert.fail), true);
    assert.equal(bench.stream.isOpen(), false);
    bench.stream.abandon();
    assert.equal(bench.response.headersSent, false);
    bench.response.end("other reply");
    await finish(bench);
  });

  test("that is abandoned while it is open cuts the connection", async () => {
    const bench = await start();
    bench.clock.advance(HOLD_BACK_MS);
    await bench.receives(COMMENT);
    const gone = new Promise((resolve) => void bench.client.once("close", resolve));
    bench.stream.abandon();
    await gone;
    assert.doesNotMatch(bench.received(), /\r\n0\r\n\r\n$/, "it does not look like a whole answer");
    await finish(bench);
  });

  test("stops when its reader stops, and goes on once when it reads again", async () => {
    const bench = await start();
    bench.client.pause();
    let resumed = 0;
    const resume = (): void => void (resumed += 1);
    bench.stream.event(says("x".repeat(MORE_THAN_SOCKETS_HOLD)), ENVELOPE);
    assert.equal(bench.stream.flush(resume), false);
    await setImmediate();
    assert.equal(resumed, 0);
    assert.ok(bench.answerBytes.usedBytes >= bench.response.writableLength, "what waits is counted");
    for (let piece = 0; piece < 50; piece += 1) {
      bench.stream.event(says("late"), ENVELOPE);
      assert.equal(bench.stream.flush(resume), false);
    }
    assert.ok(bench.response.listenerCount("drain") <= 2, "one listener, however many events come meanwhile");
    const drained = once(bench.response, "drain");
    bench.client.resume();
    await drained;
    assert.equal(resumed, 1);
    assert.equal(bench.answerBytes.usedBytes, 0);
    bench.stream.event(says("end"), ENVELOPE);
    bench.stream.end(ENVELOPE, undefined);
    await bench.receives("[DONE]");
    await finish(bench);
  });

  test("is cut when it waits for its reader and the process has no room; one byte more room, and it is not", async () => {
    const event = says("x".repeat(MORE_THAN_SOCKETS_HOLD));
    const fill = async (answerBytesMax: number): Promise<Bench> => {
      const bench = await start(answerBytesMax);
      bench.client.pause();
      bench.stream.event(event, ENVELOPE);
      bench.stream.flush(() => undefined);
      return bench;
    };
    const roomy = await fill(2 * MORE_THAN_SOCKETS_HOLD);
    const waiting = roomy.answerBytes.usedBytes;
    assert.ok(waiting >= MORE_THAN_SOCKETS_HOLD);
    roomy.stream.abandon();
    await finish(roomy);
    for (const [room, isCut] of [
      [waiting, false],
      [waiting - 1, true],
    ] as const) {
      const bench = await fill(room);
      await setImmediate(); // sockets take what they take at the end of a turn
      assert.equal(bench.response.destroyed, isCut);
      bench.stream.abandon();
      await finish(bench);
    }
  });

  test("counts what its reader has not taken when it ended, until it has", async () => {
    const bench = await start();
    bench.client.pause();
    bench.stream.event(says("x".repeat(MORE_THAN_SOCKETS_HOLD)), ENVELOPE);
    bench.stream.end(ENVELOPE, undefined);
    assert.ok(bench.answerBytes.usedBytes >= MORE_THAN_SOCKETS_HOLD);
    const ended = once(bench.client, "end");
    bench.client.resume();
    await ended;
    assert.match(bench.received().slice(-100), /\[DONE\]/);
    while (bench.answerBytes.usedBytes > 0) await setImmediate();
    await finish(bench);
  });

  test("writes no comment behind bytes that its reader has not taken", async () => {
    const bench = await start();
    bench.client.pause();
    bench.stream.event(says("x".repeat(MORE_THAN_SOCKETS_HOLD)), ENVELOPE);
    bench.stream.flush(() => undefined);
    await setImmediate();
    const waiting = bench.response.writableLength;
    assert.ok(waiting > 0);
    bench.clock.advance(100_000);
    assert.equal(bench.response.writableLength, waiting);
    bench.stream.abandon();
    await finish(bench);
  });
});
