// LangChain, unmodified, through its chat model for OpenAI.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { AIMessageChunk, UsageMetadata } from "@langchain/core/messages";
import { HumanMessage, ToolMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import type { ChatOpenAIFields } from "@langchain/openai";
import { ChatOpenAI, ChatOpenAICompletions } from "@langchain/openai";
import { z } from "zod";
import type { BusyUpstream } from "./busy-upstream.ts";
import { startBusyUpstream } from "./busy-upstream.ts";
import { waitForCall } from "./model-calls.ts";
import type { Network } from "./network.ts";
import { startNetwork } from "./network.ts";
import { RED_PIXEL, RED_PIXEL_URL } from "./red-pixel.ts";

const person = z.object({ name: z.string(), age: z.number().int().min(0) });

const weather = tool(({ city }: { city: string }) => `It rains in ${city}.`, {
  name: "get_weather",
  description: "The weather of a city",
  schema: z.object({ city: z.string() }),
});

const WEATHER_PROMPT = "What is the weather in Oslo?";

interface WithCost {
  readonly usage: { readonly cost: number };
}

/** What an answer cost: LangChain leaves the router's `usage` in the metadata. */
function costOf(message: { response_metadata: object }): number {
  return (message.response_metadata as WithCost).usage.cost;
}

/** A stream's chunks as one message, and how many they were. */
async function addUp(stream: AsyncIterable<AIMessageChunk>): Promise<{ whole: AIMessageChunk; chunks: number }> {
  let whole: AIMessageChunk | undefined;
  let chunks = 0;
  for await (const chunk of stream) {
    whole = whole === undefined ? chunk : whole.concat(chunk);
    chunks += 1;
  }
  return { whole: whole ?? assert.fail("no chunk came"), chunks };
}

describe("LangChain", () => {
  let network: Network;
  let busy: BusyUpstream;
  let model: string;
  /** The fields that connect LangChain to the network. */
  const connected = (name: string, more: ChatOpenAIFields = {}): ChatOpenAIFields => ({
    model: name,
    apiKey: network.file.user.api_key,
    maxRetries: 0,
    configuration: { baseURL: `${network.file.router_url}/api/v1` },
    ...more,
  });
  const chat = (name: string, more: ChatOpenAIFields = {}): ChatOpenAI => new ChatOpenAI(connected(name, more));

  before(async () => {
    [network, busy] = await Promise.all([startNetwork(), startBusyUpstream()]);
    model = network.file.model;
    await network.startProvider({
      author: "openai",
      models: [
        "demo.status-400",
        "demo.status-500",
        "demo.rate-limited-7",
        "demo.error-after-3.pace-100ms",
        "demo.silent",
        "demo.pace-20ms.fixed-3000",
      ],
    });
    await network.startProvider({ author: "openai", models: ["gpt-5.6", "busy-429"], upstreamUrl: busy.url });
  });
  after(async () => {
    await network.stop();
    await busy.close();
  });

  test("an answer has its text, its tokens, and in the metadata what it cost", async () => {
    const answer = await chat(model).invoke("Hello!");
    assert.match(answer.text, /Hello!/);
    assert.match(answer.id ?? "", /^gen-/);
    const usage = (answer.usage_metadata as UsageMetadata | undefined) ?? assert.fail("no tokens are told");
    assert.ok(usage.input_tokens > 0 && usage.output_tokens > 0);
    assert.equal(usage.total_tokens, usage.input_tokens + usage.output_tokens);
    assert.equal(answer.response_metadata["finish_reason"], "stop");
    assert.equal(answer.response_metadata["model_name"], model);
    assert.ok(costOf(answer) > 0);
  });

  test("a stream adds up to the same answer, tokens and cost", async () => {
    const answer = await chat(model).invoke("Tell me a story.");
    const { whole, chunks } = await addUp(await chat(model).stream("Tell me a story."));
    assert.ok(chunks > 3);
    assert.equal(whole.text, answer.text);
    assert.deepEqual(whole.usage_metadata, answer.usage_metadata);
    assert.equal(costOf(whole), costOf(answer));
    assert.equal(whole.response_metadata["finish_reason"], "stop");
  });

  test("a tool is called, and the model goes on with its result", async () => {
    const bound = chat(model).bindTools([weather]);
    const asked = await bound.invoke(WEATHER_PROMPT);
    const call = asked.tool_calls?.[0] ?? assert.fail("no tool was called");
    assert.deepEqual([call.name, call.args], ["get_weather", { city: "Oslo" }]);
    const result: unknown = await weather.invoke({ ...call, type: "tool_call" });
    assert.ok(result instanceof ToolMessage);
    const answer = await bound.invoke([new HumanMessage(WEATHER_PROMPT), asked, result]);
    assert.match(answer.text, /It rains in Oslo\./);
    assert.deepEqual(answer.tool_calls, []);
  });

  test("a streamed tool call is the same as a whole one", async () => {
    const { whole, chunks } = await addUp(await chat(model).bindTools([weather]).stream(WEATHER_PROMPT));
    assert.ok(chunks > 3);
    assert.deepEqual(
      whole.tool_calls?.map(({ name, args }) => [name, args]),
      [["get_weather", { city: "Oslo" }]],
    );
  });

  for (const method of ["jsonSchema", "functionCalling"] as const) {
    test(`a structured output has the schema's shape by ${method}`, async () => {
      const structured = chat(model).withStructuredOutput(person, { name: "person", method, includeRaw: true });
      const { parsed, raw } = await structured.invoke("A person, please.");
      assert.ok(person.safeParse(parsed).success);
      assert.ok(costOf(raw) > 0);
    });
  }

  test("an image reaches the model", async () => {
    const answer = await chat(model).invoke([
      new HumanMessage({
        content: [
          { type: "text", text: "What is this?" },
          { type: "image_url", image_url: { url: RED_PIXEL_URL } },
        ],
      }),
    ]);
    assert.match(answer.text, new RegExp(`image/png of ${RED_PIXEL.length} bytes`));
  });

  test("aborting reaches the model, before an answer and in the middle of one", async () => {
    const leave = new AbortController();
    const answer = chat("openai/demo.silent").invoke("Hi", { signal: leave.signal });
    await waitForCall(network, "demo.silent", "open");
    leave.abort();
    await assert.rejects(answer, { name: "AbortError" });
    await waitForCall(network, "demo.silent", "aborted");

    const leaveStream = new AbortController();
    const stream = await chat("openai/demo.pace-20ms.fixed-3000").stream("Hi", { signal: leaveStream.signal });
    await assert.rejects(
      async () => {
        for await (const { text } of stream) if (text !== "") leaveStream.abort();
      },
      { name: "AbortError" },
    );
    await waitForCall(network, "demo.pace-20ms.fixed-3000", "aborted");
  });

  test("errors keep their status and get LangChain's own codes", async () => {
    const fails = (name: string, expected: object, more: ChatOpenAIFields = {}): Promise<void> =>
      assert.rejects(chat(name, more).invoke("Hi"), expected);
    await fails(model, { status: 401, lc_error_code: "MODEL_AUTHENTICATION" }, { apiKey: "nonsense" });
    await fails(model, { status: 403 }, { apiKey: network.file.provider.api_key });
    await fails("aimo/demmo", { status: 404, lc_error_code: "MODEL_NOT_FOUND", message: /Did you mean `aimo\/demo`/ });
    await fails("openai/demo.status-400", { status: 400 });
    await fails("openai/demo.status-500", { status: 502 });
    await fails("openai/demo.rate-limited-7", {
      status: 429,
      lc_error_code: "MODEL_RATE_LIMIT",
      retryAfterMs: 7_000,
      message: /try again in 7 s/,
    });
  });

  test("a busy model is asked again, and then answers", async () => {
    const answer = await chat("openai/busy-429", { maxRetries: 1 }).invoke("Hi");
    assert.equal(answer.text, "Now I have time.");
    assert.equal(busy.calls.filter((call) => call === "busy-429").length, 2);
  });

  test("a stream that fails half-way says so, after what had come", async () => {
    let text = "";
    await assert.rejects(
      async () => {
        for await (const chunk of await chat("openai/demo.error-after-3.pace-100ms").stream("Hi")) text += chunk.text;
      },
      { message: /failed: The demo model fails/ },
    );
    assert.ok(text.length > 0);
  });

  test("key and address may stand in `configuration` or in the environment", async (t) => {
    const { router_url: url, user } = network.file;
    const within = new ChatOpenAI({ model, configuration: { baseURL: `${url}/v1`, apiKey: user.api_key } });
    assert.match((await within.invoke("Hello!")).text, /Hello!/);
    t.after(() => {
      delete process.env["OPENAI_BASE_URL"];
      delete process.env["OPENAI_API_KEY"];
    });
    process.env["OPENAI_BASE_URL"] = `${url}/api/v1`;
    process.env["OPENAI_API_KEY"] = user.api_key;
    assert.match((await new ChatOpenAI({ model }).invoke("Hello!")).text, /Hello!/);
  });

  // For some names ChatOpenAI takes the Responses API whatever `useResponsesApi` says (docs/http-api.md, "Clients").
  test("a model whose name LangChain sends to the Responses API answers to ChatOpenAICompletions", async () => {
    const name = "openai/gpt-5.6";
    const refused = chat(name, { useResponsesApi: false }).invoke("Hi");
    await assert.rejects(refused, { status: 404, message: /There is no POST \/api\/v1\/responses here/ });
    const { text } = await new ChatOpenAICompletions(connected(name)).invoke("Hi");
    assert.equal(text, "Now I have time.");
  });
});
