import assert from "node:assert/strict";
import { test } from "node:test";

import { cutIntoPieces } from "./pieces.ts";
import { chatBody, startDemoModel } from "./test-client.ts";

test("usage counts the tokens of the messages and exactly those of the answer", async (context) => {
  const { ask } = await startDemoModel(context);
  const { choices, usage } = (await ask(chatBody("demo", "Hello there, friend"))).json();
  const content = choices[0]!.message.content!;
  assert.equal(usage.completion_tokens, cutIntoPieces(content, Infinity).length);
  assert.equal(usage.prompt_tokens, 4 + 4); // Hello| there|,| friend, and the frame of a message
  assert.equal(usage.total_tokens, usage.prompt_tokens + usage.completion_tokens);
});

test("tools and media are part of the prompt that is counted", async (context) => {
  const { ask } = await startDemoModel(context);
  const promptTokens = async (more: object): Promise<number> =>
    (await ask({ ...chatBody("demo", "Hello"), ...more })).json().usage.prompt_tokens;
  const bare = await promptTokens({});
  const tools = [{ type: "function", function: { name: "look_up", parameters: {} } }];
  assert.equal(await promptTokens({ tools }), bare + 2 + 2); // look_u|p and {|}
  const parts = [
    { type: "text", text: "Hello" },
    { type: "image_url", image_url: { url: "https://example.com/a" } },
  ];
  assert.equal(await promptTokens({ messages: [{ role: "user", content: parts }] }), bare + 256);
});

for (const name of ["max_tokens", "max_completion_tokens"]) {
  test(`${name} cuts the text to so many tokens and says length`, async (context) => {
    const { ask } = await startDemoModel(context);
    const whole = (await ask(chatBody("demo", "Hello"))).json();
    const cut = (await ask(chatBody("demo", "Hello", { [name]: 5 }))).json();
    assert.equal(cut.choices[0]!.finish_reason, "length");
    assert.equal(cut.usage.completion_tokens, 5);
    assert.equal(cut.choices[0]!.message.content, cutIntoPieces(whole.choices[0]!.message.content!, 5).join(""));
    const enough = (await ask(chatBody("demo", "Hello", { [name]: whole.usage.completion_tokens }))).json();
    assert.equal(enough.choices[0]!.finish_reason, "stop");
  });
}

test("stop ends the text before the first of its strings, as one string or several", async (context) => {
  const { ask } = await startDemoModel(context);
  const contentOf = async (stop: unknown): Promise<string | null> => {
    const { choices, usage } = (await ask(chatBody("demo.echo", "one two three four", { stop }))).json();
    assert.equal(choices[0]!.finish_reason, "stop");
    assert.equal(usage.completion_tokens, cutIntoPieces(choices[0]!.message.content!, Infinity).length);
    return choices[0]!.message.content;
  };
  assert.equal(await contentOf(" three"), "one two");
  assert.equal(await contentOf(["four", "wo"]), "one t");
  assert.equal(await contentOf(["five"]), "one two three four");
  assert.equal(await contentOf("one"), "");
});

test("a stop beyond the maximum of tokens does not count", async (context) => {
  const { ask } = await startDemoModel(context);
  const { choices } = (await ask(chatBody("demo.echo", "one two three four", { stop: "four", max_tokens: 2 }))).json();
  assert.equal(choices[0]!.finish_reason, "length");
  assert.equal(choices[0]!.message.content, "one two");
});

test("n gives so many choices, and usage counts them all", async (context) => {
  const { ask } = await startDemoModel(context);
  const { choices, usage } = (await ask(chatBody("demo", "Hello", { n: 3 }))).json();
  assert.deepEqual(
    choices.map(({ index }) => index),
    [0, 1, 2],
  );
  const contents = choices.map(({ message }) => message.content!);
  assert.equal(new Set(contents).size, 3);
  const pieces = contents.map((content) => cutIntoPieces(content, Infinity).length);
  assert.equal(
    usage.completion_tokens,
    pieces.reduce((sum, count) => sum + count),
  );
});

test("another seed may choose other words, the same seed never does", async (context) => {
  const { ask } = await startDemoModel(context);
  const contentOf = async (seed: number): Promise<string | null> =>
    (await ask(chatBody("demo", "Hello", { seed }))).json().choices[0]!.message.content;
  assert.equal(await contentOf(-7), await contentOf(-7));
  assert.notEqual(await contentOf(0), await contentOf(1));
  assert.match((await contentOf(-7)) ?? "", /AiMo Network/);
});

test("json_object is answered by a JSON object", async (context) => {
  const { ask } = await startDemoModel(context);
  const { choices } = (await ask(chatBody("demo", 'Say "hi"', { response_format: { type: "json_object" } }))).json();
  const value = JSON.parse(choices[0]!.message.content!) as { answer: string };
  assert.match(value.answer, /Say "hi"/);
});

test("json_schema is answered by a value of the schema, with names out of the prompt", async (context) => {
  const { ask } = await startDemoModel(context);
  const schema = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
  const format = { type: "json_schema", json_schema: { name: "place", strict: true, schema } };
  const { choices } = (await ask(chatBody("demo", "I am in Lisbon now", { response_format: format }))).json();
  assert.deepEqual(JSON.parse(choices[0]!.message.content!), { city: "Lisbon" });
});

test("json_schema without any value is refused with the name of the field", async (context) => {
  const { ask } = await startDemoModel(context);
  const format = { type: "json_schema", json_schema: { name: "none", schema: { not: {} } } };
  const answer = await ask(chatBody("demo", "Hello", { response_format: format }));
  assert.equal(answer.status, 400);
  assert.equal(answer.json().error.param, "response_format.json_schema.schema");
});

test("the reasoning model thinks before it answers, and its thoughts are counted within the completion", async (context) => {
  const { ask } = await startDemoModel(context);
  const { choices, usage } = (await ask(chatBody("demo-reasoning", "Hello"))).json();
  const { reasoning_content: thought, content } = choices[0]!.message;
  const thoughtTokens = cutIntoPieces(thought, Infinity).length;
  assert.ok(thoughtTokens > 0);
  assert.equal(usage.completion_tokens_details.reasoning_tokens, thoughtTokens);
  assert.equal(usage.completion_tokens, thoughtTokens + cutIntoPieces(content!, Infinity).length);
});

test("thoughts use up the maximum of tokens first", async (context) => {
  const { ask } = await startDemoModel(context);
  const { choices, usage } = (await ask(chatBody("demo-reasoning", "Hello", { max_tokens: 3 }))).json();
  assert.equal(choices[0]!.finish_reason, "length");
  assert.equal(choices[0]!.message.content, "");
  assert.equal(usage.completion_tokens_details.reasoning_tokens, 3);
  const later = (await ask(chatBody("demo-reasoning", "Hello", { max_tokens: 25 }))).json();
  assert.equal(later.usage.completion_tokens, 25);
  assert.ok(later.usage.completion_tokens_details.reasoning_tokens < 25);
});

test("echo answers with the last user message, fixed and fill with so many tokens", async (context) => {
  const { ask } = await startDemoModel(context);
  const messages = ["first", "last"].map((content) => ({ role: "user", content }));
  const echoed = (
    await ask({ model: "demo.echo", messages: [...messages, { role: "assistant", content: "mine" }] })
  ).json();
  assert.equal(echoed.choices[0]!.message.content, "last");
  const tokensOf = async (model: string, more: object): Promise<unknown> => {
    const { usage, choices } = (await ask(chatBody(model, "Hello", more))).json();
    assert.equal(cutIntoPieces(choices[0]!.message.content!, Infinity).length, usage.completion_tokens);
    return [usage.completion_tokens, choices[0]!.finish_reason];
  };
  assert.deepEqual(await tokensOf("demo.fixed-37", {}), [37, "stop"]);
  assert.deepEqual(await tokensOf("demo.fixed-37", { max_tokens: 36 }), [36, "length"]);
  assert.deepEqual(await tokensOf("demo.fixed-0", {}), [0, "stop"]);
  assert.deepEqual(await tokensOf("demo.fixed-9999999", {}), [100_000, "length"]);
  assert.deepEqual(await tokensOf("demo.fill", { max_tokens: 5000 }), [5000, "stop"]);
  assert.deepEqual(await tokensOf("demo.fill", {}), [256, "stop"]);
});

test("a long message is quoted only in part, and never cut within a character", async (context) => {
  const { ask } = await startDemoModel(context);
  const { choices } = (await ask(chatBody("demo", "😀".repeat(500)))).json();
  assert.match(choices[0]!.message.content!, /"(?:😀){160}…"/u);
});

test("greedy-n fills max_tokens and reports n prompt tokens, whatever was asked", async (context) => {
  const { ask } = await startDemoModel(context);
  for (const prompt of ["Hello", "Hello there, friend"]) {
    const { choices, usage } = (await ask(chatBody("demo.greedy-700", prompt, { max_tokens: 300 }))).json();
    assert.deepEqual([usage.prompt_tokens, usage.completion_tokens, usage.total_tokens], [700, 300, 1000]);
    assert.ok(Buffer.byteLength(choices[0]!.message.content!) >= 300, "every token shows a byte");
  }
});
