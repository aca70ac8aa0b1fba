import assert from "node:assert/strict";
import { connect } from "node:net";
import { suite, test } from "node:test";

import { chatBody, type Running, startDemoModel, watchedClock } from "./test-client.ts";

const STREAM = { stream: true };
const decoder = new TextDecoder();

async function readUntil(response: Response, isEnough: (text: string) => boolean): Promise<string> {
  const reader = response.body!.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  let text = "";
  while (!isEnough(text)) {
    const { done, value } = await reader.read();
    if (done) break;
    text += decoder.decode(value, { stream: true });
  }
  reader.releaseLock();
  return text;
}

const eventsIn = (text: string): number => text.split("\n\n").length - 1;

// The bytes as they come from the socket, one entry for each read: what a client's parser really meets.
function rawReads({ url }: Running, body: object): Promise<readonly Buffer[]> {
  const text = JSON.stringify(body);
  const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: demo\r\nconnection: close\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n`;
  return new Promise((resolve, reject) => {
    const reads: Buffer[] = [];
    const socket = connect(Number(new URL(url).port), "127.0.0.1", () => void socket.write(head + text));
    socket.on("data", (bytes) => void reads.push(bytes));
    socket.on("end", () => resolve(reads));
    socket.on("error", reject);
  });
}

suite("an answer that is slow", () => {
  for (const more of [{}, STREAM]) {
    test(`slow-first-byte holds back even the status (${JSON.stringify(more)})`, async (context) => {
      const clock = watchedClock();
      const { open, demoModel } = await startDemoModel(context, { clock });
      const opened = open(chatBody("demo.slow-first-byte-2000ms", "Hello", more));
      assert.equal(await clock.nextTimer(), 2000);
      clock.advance(1999);
      assert.equal(demoModel.calls.list()[0]!.status, null);
      clock.advance(1);
      assert.equal((await opened).status, 200);
      assert.match(await (await opened).text(), /demo model|assistant/);
      assert.equal(demoModel.calls.list()[0]!.first_byte_ms! - demoModel.calls.list()[0]!.opened_ms, 2000);
    });
  }

  test("slow-first-event sends the headers at once and the first event later", async (context) => {
    const clock = watchedClock();
    const { open } = await startDemoModel(context, { clock });
    const response = await open(chatBody("demo.slow-first-event-700ms.fixed-1", "Hello", STREAM));
    assert.equal(response.status, 200);
    assert.equal(await clock.nextTimer(), 700);
    clock.advance(700);
    assert.match(await response.text(), /\[DONE\]/);
  });

  test("pace waits between any two events, and a pace in the name goes before the server's own", async (context) => {
    const clock = watchedClock();
    const { open } = await startDemoModel(context, { clock, chunkDelayMs: 50 });
    for (const [model, paceMs] of [
      ["demo.fixed-2", 50],
      ["demo.fixed-2.pace-20ms", 20],
    ] as const) {
      const response = await open(chatBody(model, "Hello", STREAM));
      for (let event = 1; event < 5; event += 1) {
        assert.equal(await clock.nextTimer(), paceMs);
        clock.advance(paceMs);
      }
      assert.equal(eventsIn(await response.text()), 5); // role, two tokens, finish, [DONE]
    }
    assert.equal(clock.waiting, 0);
  });

  test("a client that leaves ends every delay", async (context) => {
    const clock = watchedClock();
    const { open, demoModel } = await startDemoModel(context, { clock });
    for (const model of ["demo.slow-first-byte-9000ms", "demo.pace-9000ms", "demo.slow-first-event-9000ms"]) {
      const leave = new AbortController();
      const opened = open(chatBody(model, "Hello", STREAM), { signal: leave.signal }).catch(() => undefined);
      assert.equal(await clock.nextTimer(), 9000);
      const left = demoModel.calls.next({ state: "aborted", after: demoModel.calls.list().length - 1 }, 1);
      assert.equal(await clock.nextTimer(), 1);
      leave.abort();
      await opened;
      assert.equal((await left)?.model, model);
      assert.equal(clock.waiting, 0, model);
    }
  });
});

suite("an answer that breaks off", () => {
  test("silent never answers, and the log sees the client leave", async (context) => {
    const { open, demoModel } = await startDemoModel(context);
    for (const more of [{}, STREAM]) {
      const leave = new AbortController();
      const opened = open(chatBody("demo.silent", "Hello", more), { signal: leave.signal });
      const call = await demoModel.calls.next({ state: "open" }, 5000);
      leave.abort();
      await assert.rejects(opened, { name: "AbortError" });
      const left = await demoModel.calls.next({ state: "aborted", after: call!.index - 1 }, 5000);
      assert.equal(left?.status, null);
    }
  });

  test("stall-after-n sends n tokens and then nothing until the client leaves", async (context) => {
    const { open, demoModel } = await startDemoModel(context);
    const leave = new AbortController();
    const response = await open(chatBody("demo.stall-after-3", "Hello", STREAM), { signal: leave.signal });
    const text = await readUntil(response, (read) => eventsIn(read) === 4);
    assert.equal(eventsIn(text), 4); // role and three tokens
    assert.equal(demoModel.calls.list()[0]!.state, "open");
    leave.abort();
    assert.equal((await demoModel.calls.next({ state: "aborted" }, 5000))?.index, 1);
  });

  test("a plain answer stalls after half its body", async (context) => {
    const { open, demoModel } = await startDemoModel(context);
    const leave = new AbortController();
    const response = await open(chatBody("demo.stall-after-0", "Hello"), { signal: leave.signal });
    const length = Number(response.headers.get("content-length"));
    const half = await readUntil(response, (read) => Buffer.byteLength(read) >= Math.floor(length / 2));
    assert.equal(Buffer.byteLength(half), Math.floor(length / 2));
    leave.abort();
    assert.equal((await demoModel.calls.next({ state: "aborted" }, 5000))?.index, 1);
  });

  test("cut-after-n destroys the socket after n whole tokens, and counts as ended", async (context) => {
    const { open, demoModel } = await startDemoModel(context);
    for (const tokens of [0, 3, 20_000]) {
      const response = await open(chatBody(`demo.fixed-30000.cut-after-${tokens}`, "Hello", STREAM));
      const reader = response.body!.getReader() as ReadableStreamDefaultReader<Uint8Array>;
      let text = "";
      await assert.rejects(async () => {
        for (;;) {
          const { done, value } = await reader.read();
          assert.equal(done, false);
          text += decoder.decode(value, { stream: true });
        }
      }, /terminated/);
      assert.equal(eventsIn(text), 1 + tokens);
      assert.equal(
        (await demoModel.calls.next({ after: demoModel.calls.list().length - 1, state: "ended" }, 5000))?.status,
        200,
      );
    }
  });

  test("a plain answer is cut after half its body", async (context) => {
    const { ask } = await startDemoModel(context);
    await assert.rejects(ask(chatBody("demo.cut-after-1", "Hello")), /terminated/);
  });

  test("error-after-n ends in an error event, without finish_reason and [DONE]", async (context) => {
    const { ask } = await startDemoModel(context);
    const answer = await ask(chatBody("demo.error-after-2", "Hello", STREAM));
    assert.equal(answer.events().length, 1 + 2 + 1);
    assert.equal(answer.events().at(-1)!.error.type, "server_error");
    assert.doesNotMatch(answer.text, /"finish_reason":"|DONE/);
    const plain = await ask(chatBody("demo.error-after-2", "Hello"));
    assert.equal(plain.status, 200);
    assert.equal(plain.json().error.type, "server_error");
  });

  test("an answer shorter than n breaks off at its end, before its finish", async (context) => {
    const { ask } = await startDemoModel(context);
    const answer = await ask(chatBody("demo.fixed-2.error-after-9", "Hello", STREAM));
    assert.equal(answer.events().length, 1 + 2 + 1);
  });
});

suite("an answer in another form", () => {
  test("crlf ends every line in CRLF", async (context) => {
    const { ask } = await startDemoModel(context);
    const answer = await ask(chatBody("demo.crlf", "Hello", STREAM));
    assert.equal(answer.text.replaceAll("\r\n", "").search(/[\r\n]/), -1);
    const plain = await ask(chatBody("demo", "Hello", STREAM));
    assert.equal(answer.data().length, plain.data().length);
  });

  test("comments stand before every event, [DONE] included", async (context) => {
    const { ask } = await startDemoModel(context);
    const blocks = (await ask(chatBody("demo.comments.fixed-2", "Hello", STREAM))).text.trimEnd().split("\n\n");
    assert.equal(blocks.length, 10);
    assert.ok(blocks.every((block, index) => block.startsWith(index % 2 === 0 ? ": " : "data: ")));
  });

  for (const more of [{}, STREAM]) {
    test(`split writes each byte on its own and loses none (${JSON.stringify(more)})`, async (context) => {
      const running = await startDemoModel(context, { clock: watchedClock() });
      const split = await running.ask(chatBody("demo.split.fixed-2", "Hello", more));
      const whole = await running.ask(chatBody("demo.fixed-2", "Hello", more));
      const normal = (text: string): string => text.replaceAll(/chatcmpl-\w+|demo[\w.-]+/g, "");
      assert.equal(normal(split.text), normal(whole.text));
      const raw = Buffer.concat(await rawReads(running, chatBody("demo.split.fixed-2", "Hello", more))).toString();
      const chunks = raw.slice(raw.indexOf("\r\n\r\n") + 4).match(/1\r\n[^]\r\n/g) ?? [];
      assert.equal(chunks.length, Buffer.byteLength(split.text));
    });
  }

  test("json-to-stream answers JSON although a stream was asked for", async (context) => {
    const { ask } = await startDemoModel(context);
    const answer = await ask(chatBody("demo.json-to-stream", "Hello", STREAM));
    assert.equal(answer.headers.get("content-type"), "application/json");
    assert.equal(answer.json().object, "chat.completion");
  });
});

test("a client that does not read holds the answer back", async (context) => {
  const { url, demoModel } = await startDemoModel(context);
  const body = JSON.stringify(chatBody("demo.fixed-100000", "Hello", STREAM));
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  context.after(() => socket.destroy());
  socket.pause();
  socket.write(`POST /v1/chat/completions HTTP/1.1\r\nhost: demo\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
  await demoModel.calls.next({ state: "open" }, 5000);
  // Some 20 MB of events do not fit into the buffers of a loopback connection.
  assert.equal(await demoModel.calls.next({ state: "ended" }, 300), undefined);
  socket.resume();
  assert.equal((await demoModel.calls.next({ state: "ended" }, 20_000))?.index, 1);
});
