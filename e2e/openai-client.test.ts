// The main job: OpenAI's own client, unmodified, against a model behind a router and a real `aimo-proxy`.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import OpenAI from "openai";
import type { Network } from "./network.ts";
import { startNetwork } from "./network.ts";
import { RED_PIXEL_URL } from "./red-pixel.ts";

const WEATHER: OpenAI.ChatCompletionTool = {
  type: "function",
  function: {
    name: "get_weather",
    description: "The weather of a city",
    parameters: {
      type: "object",
      properties: { city: { type: "string" }, unit: { type: "string", enum: ["celsius", "fahrenheit"] } },
      required: ["city", "unit"],
      additionalProperties: false,
    },
  },
};

interface WithCost {
  readonly cost: number;
}

function costOf(usage: object | null | undefined): number {
  return (usage as unknown as WithCost).cost;
}

describe("OpenAI's client for Node", () => {
  let network: Network;
  let client: OpenAI;
  let model: string;
  const ask = (content: string): OpenAI.ChatCompletionMessageParam[] => [{ role: "user", content }];

  before(async () => {
    network = await startNetwork();
    client = network.client;
    model = network.file.model;
    await network.startProvider({
      models: [
        "demo.guide-json",
        "demo.guide-stream",
        "demo.status-500",
        "demo.rate-limited-7",
        "demo.status-400",
        "demo.pace-20ms.fixed-500",
        "demo.echo",
      ],
    });
  });
  after(() => network.stop());

  test("a JSON answer comes with tokens and their exact cost", async () => {
    const { data, response } = await client.chat.completions.create({ model, messages: ask("Hello!") }).withResponse();
    assert.ok((data.choices[0]?.message.content ?? "").length > 0);
    assert.equal(data.choices[0]?.finish_reason, "stop");
    assert.equal(data.model, model);
    assert.ok(data.usage !== undefined);
    // 0.10 and 0.40 USDC per million tokens, rounded up once to nano-USDC.
    const nano = Math.ceil((data.usage.prompt_tokens * 100_000 + data.usage.completion_tokens * 400_000) / 1_000);
    assert.equal(costOf(data.usage), nano / 1e9);
    assert.equal(Number(response.headers.get("x-aimo-cost")), nano / 1e9);
    assert.equal(response.headers.get("x-generation-id"), data.id);
  });

  test("a stream gives the JSON answer's text, its usage and cost", async () => {
    const whole = await client.chat.completions.create({ model, messages: ask("Tell me a story.") });
    const stream = client.chat.completions.stream({ model, messages: ask("Tell me a story.") });
    let chunks = 0;
    let cost: number | undefined;
    for await (const chunk of stream) {
      chunks += 1;
      assert.equal(chunk.object, "chat.completion.chunk");
      if (chunk.usage) cost = costOf(chunk.usage);
    }
    const streamed = await stream.finalChatCompletion();
    assert.equal(streamed.choices[0]?.message.content, whole.choices[0]?.message.content);
    assert.equal(streamed.choices[0]?.finish_reason, "stop");
    assert.ok(chunks > 3);
    assert.equal(cost, costOf(whole.usage));
  });

  test("a forced tool call has arguments that parse, as JSON and as a stream", async () => {
    const request = {
      model,
      messages: ask("What is the weather in Oslo?"),
      tools: [WEATHER],
      tool_choice: { type: "function" as const, function: { name: "get_weather" } },
    };
    const whole = await client.chat.completions.create(request);
    const streamed = await client.chat.completions.stream(request).finalChatCompletion();
    for (const completion of [whole, streamed]) {
      assert.equal(completion.choices[0]?.finish_reason, "tool_calls");
      const call = completion.choices[0].message.tool_calls?.[0];
      assert.ok(call?.type === "function");
      assert.equal(call.function.name, "get_weather");
      const { city, unit } = JSON.parse(call.function.arguments) as { city: unknown; unit: unknown };
      assert.equal(typeof city, "string");
      assert.ok(unit === "celsius" || unit === "fahrenheit");
    }
  });

  test("parallel tool calls keep their own indexes", async () => {
    const other = { ...WEATHER, function: { ...WEATHER.function, name: "get_time" } };
    const request = {
      model,
      messages: ask("Weather and time in Oslo"),
      tools: [WEATHER, other],
      tool_choice: "required" as const,
    };
    const streamed = await client.chat.completions.stream(request).finalChatCompletion();
    const names = streamed.choices[0]?.message.tool_calls?.map(
      (call) => call.type === "function" && call.function.name,
    );
    assert.deepEqual(names, ["get_weather", "get_time"]);
  });

  test("a json_schema answer has the schema's shape", async () => {
    const completion = await client.chat.completions.create({
      model,
      messages: ask("A person, please."),
      response_format: {
        type: "json_schema",
        json_schema: {
          name: "person",
          strict: true,
          schema: {
            type: "object",
            properties: { name: { type: "string" }, age: { type: "integer", minimum: 0 } },
            required: ["name", "age"],
            additionalProperties: false,
          },
        },
      },
    });
    const value = JSON.parse(completion.choices[0]?.message.content ?? "") as Record<string, unknown>;
    assert.deepEqual(Object.keys(value).toSorted(), ["age", "name"]);
    assert.ok(Number.isInteger(value["age"]) && typeof value["name"] === "string");
  });

  test("an image reaches the model", async () => {
    const completion = await client.chat.completions.create({
      model,
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "What is this?" },
            { type: "image_url", image_url: { url: RED_PIXEL_URL } },
          ],
        },
      ],
    });
    assert.match(completion.choices[0]?.message.content ?? "", /image\/png/);
  });

  test("max_tokens, stop and n mean what they mean at OpenAI", async () => {
    const cut = await client.chat.completions.create({ model, messages: ask("Hello!"), max_tokens: 2 });
    assert.equal(cut.choices[0]?.finish_reason, "length");
    assert.equal(cut.usage?.completion_tokens, 2);
    const three = await client.chat.completions.create({ model, messages: ask("Hello!"), n: 3 });
    assert.deepEqual(
      three.choices.map(({ index }) => index),
      [0, 1, 2],
    );
  });

  test("text comes back byte for byte, whatever its alphabet", async () => {
    const text = 'Grüße, 世界 🌍 — "quotes" \\ and \u2028 line separators';
    const whole = await client.chat.completions.create({ model: "test/demo.echo", messages: ask(text) });
    const streamed = await client.chat.completions
      .stream({ model: "test/demo.echo", messages: ask(text) })
      .finalChatCompletion();
    assert.equal(whole.choices[0]?.message.content, text);
    assert.equal(streamed.choices[0]?.message.content, text);
  });

  test("an aborted stream ends at once", async () => {
    const stream = await client.chat.completions.create({
      model: "test/demo.pace-20ms.fixed-500",
      messages: ask("Hello!"),
      stream: true,
    });
    let chunks = 0;
    for await (const _chunk of stream) {
      chunks += 1;
      if (chunks === 3) stream.controller.abort();
    }
    assert.ok(chunks >= 3 && chunks < 20, `${chunks} chunks`);
  });

  test("the provider guide's sample answers are whole answers, as JSON and as a stream", async () => {
    const whole = await client.chat.completions.create({ model: "test/demo.guide-json", messages: ask("Hi") });
    assert.equal(whole.choices[0]?.message.content, "Hello! How can I help you today?");
    assert.equal(whole.usage?.total_tokens, 18);
    const stream = client.chat.completions.stream({ model: "test/demo.guide-stream", messages: ask("Hi") });
    const streamed = await stream.finalChatCompletion();
    assert.equal(streamed.choices[0]?.message.content, "Hello there!");
    assert.equal(streamed.choices[0].finish_reason, "stop");
    assert.equal((await stream.totalUsage()).completion_tokens, 3);
  });

  test("errors have the client's own classes", async () => {
    const at = (apiKey: string): OpenAI =>
      new OpenAI({ baseURL: `${network.file.router_url}/api/v1`, apiKey, maxRetries: 0 });
    const create = (who: OpenAI, name: string): Promise<unknown> =>
      who.chat.completions.create({ model: name, messages: ask("Hi") });
    await assert.rejects(create(at("aimo-sk-dev-nonsense"), model), OpenAI.AuthenticationError);
    await assert.rejects(create(at(network.file.provider.api_key), model), OpenAI.PermissionDeniedError);
    await assert.rejects(create(client, "aimo/demmo"), (error) => {
      assert.ok(error instanceof OpenAI.NotFoundError);
      assert.match(error.message, /aimo\/demo/);
      assert.match(error.requestID ?? "", /^req-/);
      return true;
    });
    await assert.rejects(create(client, "test/demo.status-400"), OpenAI.BadRequestError);
    await assert.rejects(create(client, "test/demo.status-500"), OpenAI.InternalServerError);
    await assert.rejects(create(client, "test/demo.rate-limited-7"), (error) => {
      assert.ok(error instanceof OpenAI.RateLimitError);
      assert.equal(error.headers?.get("retry-after"), "7");
      return true;
    });
  });

  test("the model list reads as OpenAI's and the same endpoints answer below /v1", async () => {
    const plain = new OpenAI({ baseURL: `${network.file.router_url}/v1`, apiKey: network.file.user.api_key });
    const ids = [];
    for await (const { id } of plain.models.list()) ids.push(id);
    assert.ok(ids.includes(model));
    assert.equal((await plain.models.retrieve(model)).id, model);
    const completion = await plain.chat.completions.create({ model, messages: ask("Hello!") });
    assert.equal(completion.choices[0]?.finish_reason, "stop");
    const wrong = new OpenAI({ baseURL: `${network.file.router_url}/v1`, apiKey: "nonsense" });
    await assert.rejects(wrong.chat.completions.create({ model, messages: ask("Hi") }), { code: "malformed_key" });
  });
});
