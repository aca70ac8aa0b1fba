import assert from "node:assert/strict";
import { test } from "node:test";

import { Ajv } from "ajv";

import { chatBody, type Reported, type ReportedCall, type Running, startDemoModel } from "./test-client.ts";

const weather = {
  type: "object",
  properties: { city: { type: "string", minLength: 2 }, unit: { enum: ["celsius", "fahrenheit"] } },
  required: ["city", "unit"],
  additionalProperties: false,
};
const clock = { type: "object", properties: { zone: { type: "string", pattern: "^[A-Z]{3}$" } }, required: ["zone"] };
const weatherTool = { type: "function", function: { name: "get_weather", parameters: weather } };
const clockTool = { type: "function", function: { name: "read_clock", parameters: clock } };
const bareTool = { type: "function", function: { name: "ping" } };

async function callsFor({ ask }: Running, text: string, more: object): Promise<readonly ReportedCall[]> {
  const { choices } = (await ask(chatBody("demo", text, more))).json();
  const calls = choices[0]!.message.tool_calls ?? [];
  if (calls.length > 0)
    assert.deepEqual([choices[0]!.finish_reason, choices[0]!.message.content], ["tool_calls", null]);
  return calls;
}

const namesOf = (calls: readonly ReportedCall[]): readonly string[] => calls.map((call) => call.function.name);

test("a forced function is called with arguments its schema accepts", async (context) => {
  const running = await startDemoModel(context);
  const choice = { type: "function", function: { name: "read_clock" } };
  const [call, ...others] = await callsFor(running, "Hello", { tools: [weatherTool, clockTool], tool_choice: choice });
  assert.deepEqual(others, []);
  assert.equal(call!.function.name, "read_clock");
  assert.equal(call!.type, "function");
  assert.ok(new Ajv().validate(clock, JSON.parse(call!.function.arguments)), call!.function.arguments);
});

test("required calls every tool at once, each with an id of its own", async (context) => {
  const running = await startDemoModel(context);
  const calls = await callsFor(running, "Hello", {
    tools: [weatherTool, clockTool, bareTool],
    tool_choice: "required",
  });
  assert.deepEqual(namesOf(calls), ["get_weather", "read_clock", "ping"]);
  assert.equal(new Set(calls.map(({ id }) => id)).size, 3);
  assert.ok(new Ajv().validate(weather, JSON.parse(calls[0]!.function.arguments)));
  assert.equal(calls[2]!.function.arguments, "{}");
});

test("required calls one tool where parallel calls are off", async (context) => {
  const running = await startDemoModel(context);
  const more = { tools: [weatherTool, clockTool], tool_choice: "required", parallel_tool_calls: false };
  assert.deepEqual(namesOf(await callsFor(running, "Do both", more)), ["get_weather"]);
});

test("no more than eight tools are called at once", async (context) => {
  const running = await startDemoModel(context);
  const tools = Array.from({ length: 20 }, (_, index) => ({ type: "function", function: { name: `tool${index}` } }));
  assert.equal((await callsFor(running, "Hello", { tools, tool_choice: "required" })).length, 8);
});

test("by itself it calls the tools whose names the prompt mentions, and no other", async (context) => {
  const running = await startDemoModel(context);
  const tools = [weatherTool, clockTool];
  assert.deepEqual(namesOf(await callsFor(running, "How is the Weather?", { tools })), ["get_weather"]);
  assert.deepEqual(namesOf(await callsFor(running, "Weather and clock", { tools })), ["get_weather", "read_clock"]);
  assert.deepEqual(namesOf(await callsFor(running, "Hello", { tools })), []);
  assert.deepEqual(namesOf(await callsFor(running, "How is the weather?", { tools, tool_choice: "none" })), []);
});

test("a prompt for two gets two calls, with the names it gives", async (context) => {
  const running = await startDemoModel(context);
  const prompt = "What is the weather in Paris and Rome, both?";
  const calls = await callsFor(running, prompt, { tools: [weatherTool] });
  const cities = calls.map((call) => (JSON.parse(call.function.arguments) as { city: string }).city);
  assert.deepEqual(cities, ["Paris", "Rome"]);
  assert.equal((await callsFor(running, prompt, { tools: [weatherTool], parallel_tool_calls: false })).length, 1);
});

test("after a tool's result the answer is text that quotes it", async (context) => {
  const { ask } = await startDemoModel(context);
  const messages = [
    { role: "user", content: "How is the weather?" },
    {
      role: "assistant",
      content: null,
      tool_calls: [{ id: "call_1", type: "function", function: { name: "get_weather", arguments: "{}" } }],
    },
    { role: "tool", tool_call_id: "call_1", content: '{"degrees":21}' },
    { role: "tool", tool_call_id: "call_2", content: "rain" },
  ];
  const { choices } = (await ask({ model: "demo", messages, tools: [weatherTool], tool_choice: "required" })).json();
  assert.match(choices[0]!.message.content!, /The tool answered: \{"degrees":21\}\. The tool answered: rain\./);
  assert.equal(choices[0]!.finish_reason, "stop");
  assert.equal(choices[0]!.message.tool_calls, undefined);
});

function joinCalls(events: readonly Reported[]): readonly { id: string; name: string; text: string; deltas: number }[] {
  const joined: { id: string; name: string; text: string; deltas: number }[] = [];
  for (const call of events.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? [])) {
    if (call.id !== undefined) joined[call.index] = { id: call.id, name: call.function.name, text: "", deltas: 0 };
    const open = joined[call.index]!;
    open.text += call.function.arguments;
    open.deltas += 1;
  }
  return joined;
}

test("in a stream parallel calls have indexes of their own and arguments in several deltas", async (context) => {
  const { ask } = await startDemoModel(context);
  const tools = [weatherTool, clockTool, bareTool];
  const more = { tools, tool_choice: "required", stream: true, stream_options: { include_usage: true } };
  const events = (await ask(chatBody("demo", "Hello", more))).events();
  const joined = joinCalls(events);
  assert.deepEqual(
    joined.map(({ name }) => name),
    ["get_weather", "read_clock", "ping"],
  );
  assert.ok(joined.every(({ deltas }) => deltas > 1));
  assert.ok(new Ajv().validate(weather, JSON.parse(joined[0]!.text)));
  assert.equal(joined[2]!.text, "{}");
  assert.equal(events.at(-2)!.choices[0]!.finish_reason, "tool_calls");
  assert.equal(
    events.at(-1)!.usage.completion_tokens,
    joined.reduce((sum, { deltas }) => sum + deltas, 0),
  );
});

test("max_tokens cuts the arguments and later calls, and says length", async (context) => {
  const { ask } = await startDemoModel(context);
  const more = { tools: [weatherTool, clockTool], tool_choice: "required", max_tokens: 4 };
  const { choices, usage } = (await ask(chatBody("demo", "Hello", more))).json();
  assert.deepEqual(
    choices[0]!.message.tool_calls.map((call) => call.function.arguments),
    ['{"city"'],
  );
  assert.equal(choices[0]!.finish_reason, "length");
  assert.equal(usage.completion_tokens, 4);
  const tools = [bareTool, bareTool, bareTool]; // two tokens each: {|}
  const later = (await ask(chatBody("demo", "Hello", { tools, tool_choice: "required", max_tokens: 3 }))).json();
  const texts = later.choices[0]!.message.tool_calls.map((call) => call.function.arguments);
  assert.deepEqual(texts, ["{}", "{"]);
});

test("a tool whose schema has no value is refused with the name of the field", async (context) => {
  const { ask } = await startDemoModel(context);
  const hopeless = {
    type: "function",
    function: { name: "f", parameters: { type: "object", required: ["a"], properties: { a: false } } },
  };
  const answer = await ask(chatBody("demo", "Hello", { tools: [hopeless], tool_choice: "required" }));
  assert.equal(answer.status, 400);
  assert.equal(answer.json().error.param, "tools[0].function.parameters");
});
