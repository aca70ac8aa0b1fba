import assert from "node:assert/strict";
import { suite, test } from "node:test";

import { isAimoError } from "@aimo-network/protocol/errors";

import { readChatRequest } from "./chat-request.ts";
import { CHOICES_MAX, STOPS_MAX, TOOLS_MAX } from "./limits.ts";

const messages = [{ role: "user", content: "Hello" }];
const tool = { type: "function", function: { name: "f" } };

suite("a field that cannot be used is refused by its name", () => {
  const refused: readonly (readonly [param: string, body: Readonly<Record<string, unknown>>])[] = [
    ["messages", {}],
    ["messages", { messages: [] }],
    ["messages", { messages: "secret" }],
    ["messages[0]", { messages: ["secret"] }],
    ["messages[0].role", { messages: [{ role: "secret", content: "" }] }],
    ["messages[0].content", { messages: [{ role: "user" }] }],
    ["messages[0].content", { messages: [{ role: "user", content: 3 }] }],
    ["messages[0].content[0]", { messages: [{ role: "user", content: [{ type: "secret" }] }] }],
    ["messages[1].tool_call_id", { messages: [...messages, { role: "tool", content: "secret" }] }],
    ["max_tokens", { messages, max_tokens: 0 }],
    ["max_tokens", { messages, max_tokens: 1.5 }],
    ["max_completion_tokens", { messages, max_completion_tokens: "9" }],
    ["n", { messages, n: 0 }],
    ["n", { messages, n: 17 }],
    ["seed", { messages, seed: 0.5 }],
    ["stream", { messages, stream: "yes" }],
    ["stream_options", { messages, stream_options: true }],
    ["stream_options.include_usage", { messages, stream_options: { include_usage: 1 } }],
    ["stop", { messages, stop: ["a", "b", "c", "d", "e"] }],
    ["stop", { messages, stop: "" }],
    ["stop", { messages, stop: [3] }],
    ["tools", { messages, tools: {} }],
    ["tools", { messages, tools: Array.from({ length: TOOLS_MAX + 1 }, () => tool) }],
    ["tools[0]", { messages, tools: [{ type: "custom" }] }],
    ["tools[0].function", { messages, tools: [{ type: "function" }] }],
    ["tools[0].function.name", { messages, tools: [{ type: "function", function: {} }] }],
    [
      "tools[0].function.parameters",
      { messages, tools: [{ type: "function", function: { name: "f", parameters: 1 } }] },
    ],
    ["tools", { messages, tool_choice: "required" }],
    ["tool_choice", { messages, tools: [tool], tool_choice: "secret" }],
    [
      "tool_choice.function.name",
      { messages, tools: [tool], tool_choice: { type: "function", function: { name: "g" } } },
    ],
    ["response_format", { messages, response_format: "json" }],
    ["response_format.type", { messages, response_format: { type: "secret" } }],
    ["response_format.json_schema.schema", { messages, response_format: { type: "json_schema", json_schema: {} } }],
  ];
  for (const [param, body] of refused) {
    test(`${param} of ${JSON.stringify(body)}`, () => {
      assert.throws(
        () => readChatRequest(body),
        (error) =>
          isAimoError(error, "invalid_request") &&
          error.context.param === param &&
          error.message.includes("expected") &&
          !error.message.includes("secret"),
      );
    });
  }
});

test("as many choices, stops and tools as there may be are accepted", () => {
  const most = {
    n: CHOICES_MAX,
    stop: Array.from({ length: STOPS_MAX }, (_, index) => `stop ${index}`),
    tools: Array.from({ length: TOOLS_MAX }, () => tool),
  };
  assert.equal(readChatRequest({ messages, ...most }).choices, CHOICES_MAX);
});

test("absent and null fields mean the same", () => {
  const absent = readChatRequest({ messages });
  const names = ["stream", "stream_options", "max_tokens", "max_completion_tokens", "stop", "n", "seed", "tools"];
  const more = ["tool_choice", "parallel_tool_calls", "response_format"];
  const nulls = Object.fromEntries([...names, ...more].map((name) => [name, null]));
  assert.deepEqual(readChatRequest({ messages, ...nulls }), absent);
});

test("max_completion_tokens counts where both maxima are given", () => {
  assert.equal(readChatRequest({ messages, max_tokens: 9, max_completion_tokens: 4 }).tokensMax, 4);
});

test("parameters of sampling and names it does not know are accepted", () => {
  const body = {
    messages,
    temperature: 2,
    top_p: 0.1,
    logit_bias: { 5: 1 },
    user: "me",
    reasoning_effort: "low",
    x: 1,
  };
  assert.deepEqual(readChatRequest(body), readChatRequest({ messages }));
});
