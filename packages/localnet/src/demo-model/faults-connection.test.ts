import assert from "node:assert/strict";
import { request } from "node:http";
import { connect } from "node:net";
import { suite, test } from "node:test";

import { chatBody, type Running, startDemoModel, watchedClock } from "./test-client.ts";

const STREAM = { stream: true };
const MODES = [{}, STREAM];

/** What a client that unpacks nothing is sent: the headers and the bytes themselves. */
function askRaw({ url }: Running, body: object): Promise<{ headers: NodeJS.Dict<string | string[]>; bytes: Buffer }> {
  return new Promise((resolve, reject) => {
    const call = request(`${url}/v1/chat/completions`, { method: "POST" }, (reply) => {
      const pieces: Buffer[] = [];
      reply.on("data", (piece: Buffer) => void pieces.push(piece));
      reply.on("end", () => resolve({ headers: reply.headers, bytes: Buffer.concat(pieces) }));
    });
    call.on("error", reject);
    call.end(JSON.stringify(body));
  });
}

/** All bytes that a connection brings until the server closes it, or `isEnough` has been read. */
function readSocket({ url }: Running, body: object, isEnough: (text: string) => boolean): Promise<string> {
  const text = JSON.stringify(body);
  const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: demo\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n`;
  return new Promise((resolve, reject) => {
    let read = "";
    const socket = connect(Number(new URL(url).port), "127.0.0.1", () => void socket.write(head + text));
    socket.on("data", (bytes) => {
      read += bytes.toString();
      if (isEnough(read)) socket.destroy();
    });
    socket.on("close", () => resolve(read));
    socket.on("error", reject);
  });
}

suite("connections that end too early", () => {
  for (const more of MODES) {
    test(`hang-up destroys the socket without a byte, and counts as ended (${JSON.stringify(more)})`, async (context) => {
      const running = await startDemoModel(context);
      assert.equal(await readSocket(running, chatBody("demo.hang-up", "Hello", more), () => false), "");
      const [call] = running.demoModel.calls.list();
      assert.deepEqual([call?.state, call?.status], ["ended", null]);
    });
  }

  test("cut-at-finish sends the finish_reason, and neither usage nor [DONE]", async (context) => {
    const running = await startDemoModel(context);
    const usage = { stream: true, stream_options: { include_usage: true } };
    const text = await readSocket(running, chatBody("demo.cut-at-finish", "Hello", usage), () => false);
    assert.match(text, /"finish_reason":"stop"/);
    assert.doesNotMatch(text, /DONE|prompt_tokens|\r\n0\r\n/);
    await assert.rejects(running.ask(chatBody("demo.cut-at-finish", "Hello")), /terminated/);
  });
});

suite("connections that do not end", () => {
  test("lingers sends the whole answer and holds the connection open", async (context) => {
    const running = await startDemoModel(context);
    for (const [more, end] of [
      [{}, "}}\r\n"],
      [STREAM, "data: [DONE]\n\n\r\n"],
    ] as const) {
      const text = await readSocket(running, chatBody("demo.lingers", "Hello", more), (read) => read.endsWith(end));
      assert.doesNotMatch(text, /content-length|\r\n0\r\n/i);
    }
    const left = await running.demoModel.calls.next({ after: 1, state: "aborted" }, 5000);
    assert.equal(left?.index, 2);
  });

  for (const [more, sign] of [
    [{}, " "],
    [STREAM, ": still here\n\n"],
  ] as const) {
    test(`keep-alive sends signs of life until its client leaves (${JSON.stringify(more)})`, async (context) => {
      const clock = watchedClock();
      const { open } = await startDemoModel(context, { clock });
      const response = await open(chatBody("demo.keep-alive-50ms", "Hello", more));
      const reader = response.body!.getReader() as ReadableStreamDefaultReader<Uint8Array>;
      for (let signs = 0; signs < 3; signs += 1) {
        assert.equal(Buffer.from((await reader.read()).value ?? []).toString(), sign);
        assert.equal(await clock.nextTimer(), 50);
        clock.advance(50);
      }
      await reader.cancel();
    });
  }

  test("trickle waits after every byte", async (context) => {
    const clock = watchedClock();
    const { open } = await startDemoModel(context, { clock });
    for (const more of MODES) {
      const response = await open(chatBody("demo.trickle-100ms.fixed-1", "Hello", more));
      const reader = response.body!.getReader() as ReadableStreamDefaultReader<Uint8Array>;
      for (let bytes = 0; bytes < 3; bytes += 1) {
        assert.equal((await reader.read()).value?.length, 1);
        assert.equal(await clock.nextTimer(), 100);
        clock.advance(100);
      }
      const left = clock.nextCancel();
      await reader.cancel();
      await left;
    }
  });

  test("pause waits between the last token and what ends the stream, be it a finish or an error", async (context) => {
    const clock = watchedClock();
    const { open } = await startDemoModel(context, { clock });
    for (const [trait, end] of [
      ["fixed-2", /^[^]*"stop"[^]*DONE\]\n\n$/],
      ["error-after-2", /^data: \{"error"[^\n]*\n\n$/],
    ] as const) {
      const response = await open(chatBody(`demo.${trait}.pause-900ms`, "Hello", STREAM));
      assert.equal(await clock.nextTimer(), 900);
      const reader = response.body!.getReader() as ReadableStreamDefaultReader<Uint8Array>;
      const before = Buffer.from((await reader.read()).value ?? []).toString();
      assert.equal(before.split("\n\n").length - 1, 3); // role and two tokens
      clock.advance(900);
      let after = "";
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
        after += Buffer.from(piece.value).toString();
      }
      assert.match(after, end);
    }
  });
});

suite("answers under the wrong description", () => {
  for (const more of MODES) {
    test(`redirect-n names this very URL (${JSON.stringify(more)})`, async (context) => {
      const { ask } = await startDemoModel(context);
      const answer = await ask(chatBody("demo.redirect-307", "Hello", more), { redirect: "manual" });
      assert.deepEqual([answer.status, answer.headers.get("location")], [307, "/v1/chat/completions"]);
    });

    test(`no-content is 204 without a body or a type (${JSON.stringify(more)})`, async (context) => {
      const { ask } = await startDemoModel(context);
      const answer = await ask(chatBody("demo.no-content", "Hello", more));
      assert.deepEqual([answer.status, answer.text, answer.headers.get("content-type")], [204, "", null]);
    });

    test(`gzip says so, and unpacked is the usual answer (${JSON.stringify(more)})`, async (context) => {
      const running = await startDemoModel(context);
      const { headers, bytes } = await askRaw(running, chatBody("demo.gzip.fixed-3", "Hello", more));
      assert.equal(headers["content-encoding"], "gzip");
      assert.deepEqual([...bytes.subarray(0, 2)], [0x1f, 0x8b]);
      const unpacked = await running.ask(chatBody("demo.gzip.fixed-3", "Hello", more)); // fetch unpacks
      assert.match(unpacked.text, /"finish_reason":"stop"/);
    });
  }

  for (const [trait, type] of [
    ["stream-as-text", "text/plain; charset=utf-8"],
    ["stream-untyped", null],
  ] as const) {
    test(`${trait} changes a stream's content type and nothing else`, async (context) => {
      const { ask } = await startDemoModel(context);
      const answer = await ask(chatBody(`demo.${trait}`, "Hello", STREAM));
      assert.equal(answer.headers.get("content-type"), type);
      assert.equal(answer.data().at(-1), "[DONE]");
      assert.equal((await ask(chatBody(`demo.${trait}`, "Hello"))).headers.get("content-type"), "application/json");
    });
  }
});

suite("streams with too much in them", () => {
  test("double-done says [DONE] twice", async (context) => {
    const { ask } = await startDemoModel(context);
    const data = (await ask(chatBody("demo.double-done", "Hello", STREAM))).data();
    assert.deepEqual(data.slice(-2), ["[DONE]", "[DONE]"]);
    assert.equal(data.filter((one) => one === "[DONE]").length, 2);
  });

  test("after-done goes on after [DONE]", async (context) => {
    const { ask } = await startDemoModel(context);
    const answer = await ask(chatBody("demo.after-done", "Hello", STREAM));
    assert.equal(answer.data().at(-2), "[DONE]");
    assert.deepEqual(answer.events().at(-1)!.choices[0]!.delta, { content: " more" });
  });

  test("empty-tool-calls puts an empty list beside every token", async (context) => {
    const { ask } = await startDemoModel(context);
    const plain = await ask(chatBody("demo.empty-tool-calls", "Hello"));
    assert.deepEqual(plain.json().choices[0]!.message.tool_calls, []);
    const events = (await ask(chatBody("demo.empty-tool-calls", "Hello", STREAM))).events().slice(0, -1);
    assert.ok(events.length > 3);
    for (const { choices } of events) assert.deepEqual(choices[0]!.delta.tool_calls, []);
  });
});
