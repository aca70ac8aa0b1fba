// Vercel's AI SDK, unmodified, through its provider for OpenAI-compatible APIs.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { OpenAICompatibleProvider } from "@ai-sdk/openai-compatible";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { APICallError, generateText, isStepCount, Output, StreamProviderError, streamText, tool } from "ai";
import { z } from "zod";
import type { BusyUpstream } from "./busy-upstream.ts";
import { startBusyUpstream } from "./busy-upstream.ts";
import { waitForCall } from "./model-calls.ts";
import type { Network } from "./network.ts";
import { startNetwork } from "./network.ts";
import { RED_PIXEL } from "./red-pixel.ts";

const person = z.object({ name: z.string(), age: z.number().int().min(0) });

const tools = {
  get_weather: tool({
    description: "The weather of a city",
    inputSchema: z.object({ city: z.string(), unit: z.enum(["celsius", "fahrenheit"]) }),
    execute: ({ city }) => `It rains in ${city}.`,
  }),
};

/** Everything a stream gives, once it has ended. */
async function collect<Part>(stream: AsyncIterable<Part>): Promise<Part[]> {
  const parts: Part[] = [];
  for await (const part of stream) parts.push(part);
  return parts;
}

const WEATHER_PROMPT = "What is the weather in Oslo?";

describe("Vercel's AI SDK", () => {
  let network: Network;
  let busy: BusyUpstream;
  let aimo: OpenAICompatibleProvider;
  let model: string;
  const connect = (apiKey: string): OpenAICompatibleProvider =>
    createOpenAICompatible({
      name: "aimo",
      baseURL: `${network.file.router_url}/api/v1`,
      apiKey,
      includeUsage: true,
      supportsStructuredOutputs: true,
    });

  before(async () => {
    [network, busy] = await Promise.all([startNetwork(), startBusyUpstream()]);
    aimo = connect(network.file.user.api_key);
    model = network.file.model;
    await network.startProvider({
      models: [
        "demo.status-400",
        "demo.status-500",
        "demo.rate-limited-7",
        "demo.error-after-3.pace-100ms",
        "demo.silent",
        "demo.pace-20ms.fixed-3000",
      ],
    });
    await network.startProvider({ models: ["busy-429", "busy-502", "busy-503"], upstreamUrl: busy.url });
  });
  after(async () => {
    await network.stop();
    await busy.close();
  });

  test("generateText gives the text, its tokens, and in `usage.raw` what it cost", async () => {
    const { text, finishReason, usage, response, warnings } = await generateText({
      model: aimo(model),
      prompt: "Hello!",
    });
    assert.match(text, /Hello!/);
    assert.equal(finishReason, "stop");
    assert.ok((usage.inputTokens ?? 0) > 0 && (usage.outputTokens ?? 0) > 0);
    assert.equal(usage.totalTokens, (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0));
    assert.equal(usage.raw?.["cost"], Number(response.headers?.["x-aimo-cost"]));
    assert.equal(response.modelId, model);
    assert.equal(response.id, response.headers?.["x-generation-id"]);
    assert.deepEqual(warnings, []);
  });

  test("streamText gives the same text, tokens and cost, in pieces", async () => {
    const whole = await generateText({ model: aimo(model), prompt: "Tell me a story." });
    const streamed = streamText({ model: aimo(model), prompt: "Tell me a story." });
    const pieces = await collect(streamed.textStream);
    assert.ok(pieces.length > 3);
    assert.equal(pieces.join(""), whole.text);
    assert.equal(await streamed.finishReason, "stop");
    assert.deepEqual(await streamed.usage, whole.usage);
  });

  test("reasoning stands apart from the text, and is counted apart", async () => {
    const { reasoningText, text, usage } = await generateText({
      model: aimo("aimo/demo-reasoning"),
      prompt: "Hello!",
    });
    assert.ok((reasoningText ?? "").length > 0 && !text.includes(reasoningText ?? ""));
    assert.ok((usage.outputTokenDetails.reasoningTokens ?? 0) > 0);
  });

  test("a tool is called by the SDK, and its result goes back to the model in a second step", async () => {
    const { steps, text } = await generateText({
      model: aimo(model),
      prompt: WEATHER_PROMPT,
      tools,
      stopWhen: isStepCount(3),
    });
    assert.deepEqual(
      steps.map(({ finishReason }) => finishReason),
      ["tool-calls", "stop"],
    );
    assert.equal(steps[0]?.staticToolResults[0]?.output, "It rains in Oslo.");
    assert.match(text, /It rains in Oslo\./);
  });

  test("the input of a tool is streamed, and what is streamed is what the tool gets", async () => {
    const { fullStream } = streamText({
      model: aimo(model),
      prompt: WEATHER_PROMPT,
      tools,
      stopWhen: isStepCount(3),
    });
    const parts = await collect(fullStream);
    const deltas = parts.flatMap((part) => (part.type === "tool-input-delta" ? [part.delta] : []));
    const [call] = parts.filter((part) => part.type === "tool-call");
    assert.ok(deltas.length > 3);
    assert.deepEqual(JSON.parse(deltas.join("")), call?.input);
    assert.ok(parts.some((part) => part.type === "tool-result" && part.output === "It rains in Oslo."));
    assert.ok(parts.some((part) => part.type === "text-delta"));
    assert.equal(parts.at(-1)?.type, "finish");
  });

  test("an object of a schema comes whole, and piece by piece", async () => {
    const request = { model: aimo(model), prompt: "A person, please.", output: Output.object({ schema: person }) };
    const { output, warnings } = await generateText(request);
    assert.ok(person.safeParse(output).success);
    assert.deepEqual(warnings, [], "the schema went to the model");
    const streamed = streamText(request);
    const pieces = await collect(streamed.partialOutputStream);
    assert.ok(pieces.length > 1);
    assert.deepEqual(pieces.at(-1), output);
    assert.deepEqual(await streamed.output, output);
  });

  test("an image reaches the model", async () => {
    const { text } = await generateText({
      model: aimo(model),
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "What is this?" },
            { type: "file", mediaType: "image/png", data: RED_PIXEL },
          ],
        },
      ],
    });
    assert.match(text, new RegExp(`image/png of ${RED_PIXEL.length} bytes`));
  });

  test("aborting reaches the model, before an answer and in the middle of one", async () => {
    const leave = new AbortController();
    const answer = generateText({ model: aimo("test/demo.silent"), prompt: "Hi", abortSignal: leave.signal });
    await waitForCall(network, "demo.silent", "open");
    leave.abort();
    await assert.rejects(answer, { name: "AbortError" });
    await waitForCall(network, "demo.silent", "aborted");

    const leaveStream = new AbortController();
    const { fullStream } = streamText({
      model: aimo("test/demo.pace-20ms.fixed-3000"),
      prompt: "Hi",
      abortSignal: leaveStream.signal,
    });
    const types = new Set<string>();
    for await (const { type } of fullStream) {
      types.add(type);
      if (type === "text-delta") leaveStream.abort();
    }
    assert.ok(types.has("abort") && !types.has("error"));
    await waitForCall(network, "demo.pace-20ms.fixed-3000", "aborted");
  });

  test("errors are APICallErrors that say whether trying again helps", async () => {
    const failure = async (name: string, provider = aimo): Promise<APICallError> => {
      try {
        await generateText({ model: provider(name), prompt: "Hi", maxRetries: 0 });
      } catch (error) {
        assert.ok(APICallError.isInstance(error));
        return error;
      }
      return assert.fail(`${name} answered`);
    };
    const kind = ({ statusCode, isRetryable }: APICallError): unknown[] => [statusCode, isRetryable];
    assert.deepEqual(kind(await failure(model, connect("nonsense"))), [401, false]);
    assert.deepEqual(kind(await failure(model, connect(network.file.provider.api_key))), [403, false]);
    const unknown = await failure("aimo/demmo");
    assert.deepEqual(kind(unknown), [404, false]);
    assert.match(unknown.message, /Did you mean `aimo\/demo`/);
    assert.deepEqual(kind(await failure("test/demo.status-400")), [400, false]);
    assert.deepEqual(kind(await failure("test/demo.status-500")), [502, true]);
    const limited = await failure("test/demo.rate-limited-7");
    assert.deepEqual(kind(limited), [429, true]);
    assert.equal(limited.responseHeaders?.["retry-after"], "7");
    const down = await failure("test/busy-502");
    assert.equal(down.responseHeaders?.["retry-after"], "0", "or the SDK would wait two seconds");
  });

  test("a busy model is asked again, and then answers", async () => {
    for (const name of ["busy-429", "busy-503"]) {
      const { text } = await generateText({ model: aimo(`test/${name}`), prompt: "Hi", maxRetries: 1 });
      assert.equal(text, "Now I have time.");
      assert.equal(busy.calls.filter((call) => call === name).length, 2);
    }
  });

  test("a stream that fails half-way says so, after what had come", async () => {
    const errors: unknown[] = [];
    const { textStream, finishReason } = streamText({
      model: aimo("test/demo.error-after-3.pace-100ms"),
      prompt: "Hi",
      onError: ({ error }) => void errors.push(error),
    });
    assert.ok((await collect(textStream)).join("").length > 0);
    assert.equal(await finishReason, "error");
    assert.equal(errors.length, 1);
    const [error] = errors;
    assert.ok(StreamProviderError.isInstance(error));
    assert.deepEqual([error.statusCode, error.isRetryable], [502, true]);
    assert.match(error.message, /failed: The demo model fails/);
  });
});
