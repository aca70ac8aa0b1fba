import assert from "node:assert/strict";
import { test } from "node:test";

import { chatBody, startDemoModel } from "./test-client.ts";

const STREAM = { stream: true };
const WITH_USAGE = { stream: true, stream_options: { include_usage: true } };

test("a stream is role, deltas, finish_reason and [DONE], and says what the plain answer says", async (context) => {
  const { ask } = await startDemoModel(context);
  const plain = (await ask(chatBody("demo", "Hello"))).json();
  const answer = await ask(chatBody("demo", "Hello", STREAM));
  assert.equal(answer.headers.get("content-type"), "text/event-stream; charset=utf-8");
  assert.equal(answer.data().at(-1), "[DONE]");
  assert.ok(answer.text.endsWith("\n\n"));
  const events = answer.events();
  assert.deepEqual(events[0]!.choices[0]!.delta, { role: "assistant", content: "" });
  assert.deepEqual(events.at(-1)!.choices[0], { index: 0, delta: {}, finish_reason: "stop" });
  const deltas = events.slice(1, -1).map(({ choices }) => choices[0]!);
  assert.equal(deltas.map(({ delta }) => delta.content).join(""), plain.choices[0]!.message.content);
  assert.equal(deltas.length, plain.usage.completion_tokens);
  assert.ok(deltas.every(({ finish_reason }) => finish_reason === null));
  assert.ok(
    events.every(
      ({ object, id, model }) => object === "chat.completion.chunk" && id === events[0]!.id && model === "demo",
    ),
  );
});

test("usage comes in a chunk of its own when it is asked for, and is null in all others", async (context) => {
  const { ask } = await startDemoModel(context);
  const plain = (await ask(chatBody("demo", "Hello"))).json();
  const events = (await ask(chatBody("demo", "Hello", WITH_USAGE))).events();
  assert.deepEqual(events.at(-1)!.choices, []);
  assert.deepEqual(events.at(-1)!.usage, plain.usage);
  assert.ok(events.slice(0, -1).every(({ usage }) => usage === null));
});

test("usage is not mentioned when it is not asked for", async (context) => {
  const { ask } = await startDemoModel(context);
  for (const more of [STREAM, { ...STREAM, stream_options: { include_usage: false } }]) {
    assert.doesNotMatch((await ask(chatBody("demo", "Hello", more))).text, /usage/);
  }
});

test("several choices take turns, each with its role and its finish_reason", async (context) => {
  const { ask } = await startDemoModel(context);
  const events = (await ask(chatBody("demo.fixed-3", "Hello", { ...STREAM, n: 2 }))).events();
  const indexes = events.map(({ choices }) => choices[0]!.index);
  assert.deepEqual(indexes, [0, 1, 0, 1, 0, 1, 0, 1, 0, 1]);
  assert.deepEqual(
    events.slice(-2).map(({ choices }) => choices[0]!.finish_reason),
    ["stop", "stop"],
  );
});

test("reasoning is streamed before the content", async (context) => {
  const { ask } = await startDemoModel(context);
  const plain = (await ask(chatBody("demo-reasoning", "Hello"))).json();
  const events = (await ask(chatBody("demo-reasoning", "Hello", WITH_USAGE))).events();
  const deltas = events.slice(1, -2).map(({ choices }) => choices[0]!.delta);
  const thoughts = deltas.filter(({ reasoning_content: thought }) => thought !== undefined);
  assert.equal(thoughts.map((delta) => delta.reasoning_content).join(""), plain.choices[0]!.message.reasoning_content);
  assert.deepEqual(deltas.slice(0, thoughts.length), thoughts);
  assert.equal(events.at(-1)!.usage.completion_tokens_details.reasoning_tokens, thoughts.length);
});

test("text of any script and escapes survive the stream", async (context) => {
  const { ask } = await startDemoModel(context);
  const text = 'línea "uno"\n\tdata: [DONE]\r\n\u2028 日本語 😀 \u0000';
  const events = (await ask(chatBody("demo.echo", text, STREAM))).events();
  assert.equal(events.map(({ choices }) => choices[0]!.delta.content ?? "").join(""), text);
});

test("an answer longer than one write arrives whole", async (context) => {
  const { ask } = await startDemoModel(context);
  const events = (await ask(chatBody("demo.fixed-20000", "Hello", WITH_USAGE))).events();
  assert.equal(events.length, 1 + 20_000 + 2);
  assert.equal(events.at(-1)!.usage.completion_tokens, 20_000);
});
