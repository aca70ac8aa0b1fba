// The request path over real sockets: JSON and streams, failing over, cancelling, and what clients see.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { ScriptedCall, ScriptedProvider } from "../../test-bed/scripted-provider.ts";
import { connectProvider, plainOffer } from "../../test-bed/scripted-provider.ts";
import type { TestRouter } from "../../test-bed/test-router.ts";
import { startTestRouter } from "../../test-bed/test-router.ts";

const GUIDE_JSON =
  '{"choices":[{"message":{"role":"assistant","content":"Hello! How can I help you today?"},"finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":8,"total_tokens":18}}';
const GUIDE_STREAM = [
  'data: {"choices":[{"delta":{"content":"Hello"}}]}',
  'data: {"choices":[{"delta":{"content":" there"}}]}',
  'data: {"choices":[{"delta":{"content":"!"}}],"finish_reason":"stop","usage":{"prompt_tokens":10,"completion_tokens":3}}',
  "data: [DONE]",
];
interface Chunk {
  readonly id: string;
  readonly choices: readonly { delta: object; finish_reason?: string }[];
  readonly usage?: { cost: number };
}

const USER = [{ role: "user", content: "hi" }];

function answerJson(call: ScriptedCall, status: number, body: string): void {
  call.respond(status, { "content-type": "application/json" });
  call.write(body);
  call.end();
}

function answerStream(call: ScriptedCall, text: string): void {
  call.respond(200, { "content-type": "text/event-stream" });
  call.write(text);
  call.end();
}

async function events(response: Response): Promise<string[]> {
  const text = await response.text();
  return text.split("\n\n").filter((event) => event !== "");
}

describe("chat completions", () => {
  let router: TestRouter;
  let userKey: string;
  const providers: ScriptedProvider[] = [];
  let answers: Record<string, (call: ScriptedCall) => void> = {};

  const connect = async (...names: string[]): Promise<ScriptedProvider> => {
    const key = await router.key({ spending: { kind: "earn_only" } });
    const provider = await connectProvider(router.url, key, (call) => answers[call.head.model]?.(call));
    await provider.offer(names.map((name) => plainOffer(name, { provider_name: "acme" })));
    providers.push(provider);
    return provider;
  };

  before(async () => {
    router = await startTestRouter();
    userKey = await router.key();
    await connect("guide", "tight", "stream", "broken", "refuses", "busy", "cancelled");
  });
  after(async () => {
    await Promise.all(providers.map((provider) => provider.close()));
    await router.close();
  });

  test("the guide's JSON answer gains what clients need and its exact cost", async () => {
    answers = { guide: (call) => answerJson(call, 200, GUIDE_JSON) };
    const response = await router.chat(userKey, { model: "acme/guide", messages: USER });
    assert.equal(response.status, 200);
    // 10 tokens at 1 USDC and 8 at 2 USDC per million.
    assert.equal(response.headers.get("x-aimo-cost"), "0.000026");
    const text = await response.text();
    assert.match(text, /"cost":0\.000026/);
    const { id, object, model, choices, usage } = JSON.parse(text) as Record<string, never>;
    assert.equal(id, response.headers.get("x-generation-id"));
    assert.equal(object, "chat.completion");
    assert.equal(model, "acme/guide");
    assert.deepEqual(choices, [
      {
        index: 0,
        message: { role: "assistant", content: "Hello! How can I help you today?" },
        finish_reason: "stop",
        native_finish_reason: "stop",
      },
    ]);
    assert.deepEqual(usage, {
      prompt_tokens: 10,
      completion_tokens: 8,
      total_tokens: 18,
      prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
      cost: 0.000026,
    });
  });

  for (const [name, separator, last] of [
    ["stream", "\n\n", "\n\n"],
    ["tight", "\n", "\n\n"],
    ["tight", "\n", "\n"],
    ["tight", "\n\n", ""],
  ] as const) {
    const how = `${JSON.stringify(separator)} between events and ${JSON.stringify(last)} at the end`;
    test(`the guide's stream with ${how} ends with finish_reason, usage and [DONE]`, async () => {
      answers = { [name]: (call) => answerStream(call, `${GUIDE_STREAM.join(separator)}${last}`) };
      const response = await router.chat(userKey, { model: `acme/${name}`, messages: USER, stream: true });
      assert.equal(response.status, 200);
      assert.match(response.headers.get("content-type") ?? "", /text\/event-stream/);
      const lines = await events(response);
      assert.equal(lines.at(-1), "data: [DONE]");
      const chunks = lines.slice(0, -1).map((line) => JSON.parse(line.slice(6)) as Chunk);
      assert.deepEqual(
        chunks.map(({ choices }) => choices[0]),
        [
          { index: 0, delta: { role: "assistant", content: "Hello" } },
          { index: 0, delta: { content: " there" } },
          { index: 0, finish_reason: "stop", native_finish_reason: "stop", delta: { content: "!" } },
          undefined,
        ],
      );
      assert.equal(chunks.at(-1)?.usage?.cost, 0.000016);
      for (const chunk of chunks) assert.equal(chunk.id, response.headers.get("x-generation-id"));
    });
  }

  test("the provider gets its own model name, the client's fields, and none of the router's, and how much it may write", async () => {
    let seen: ScriptedCall | undefined;
    answers = {
      guide: (call) => {
        seen = call;
        answerJson(call, 200, GUIDE_JSON);
      },
    };
    await router.chat(
      userKey,
      '{"model":"ACME/Guide","usage":{"include":true},"top_p":1.0,"messages":[{"role":"user","content":"\\u00e9"}]}',
    );
    assert.equal(
      seen?.body,
      '{"model":"guide","max_tokens":4096,"top_p":1.0,"messages":[{"role":"user","content":"\\u00e9"}]}',
    );
    assert.equal(seen.head.headers["authorization"], undefined);
    assert.match(seen.head.payer, /^[0-9a-f]{32}$/);
  });

  test("a provider that fails is followed by the next one", async () => {
    const failing = await connect("pair");
    const good = await connect("pair");
    answers = {
      pair: (call) => {
        if (failing.calls.includes(call)) answerJson(call, 500, '{"error":{"message":"boom"}}');
        else answerJson(call, 200, GUIDE_JSON);
      },
    };
    for (let round = 0; round < 24; round += 1) {
      const messages = [{ role: "user", content: `Conversation ${round}` }]; // each is another draw of who comes first
      const response = await router.chat(userKey, { model: "pair", messages });
      assert.equal(response.status, 200);
      await response.body?.cancel();
    }
    assert.equal(good.calls.length, 24);
    assert.ok(failing.calls.length > 0 && failing.calls.length <= 3, `${failing.calls.length} calls before the outage`);
  });

  test("a request the provider refuses is not tried elsewhere", async () => {
    answers = { refuses: (call) => answerJson(call, 400, '{"error":{"message":"context too long"}}') };
    const response = await router.chat(userKey, { model: "refuses", messages: USER });
    assert.equal(response.status, 400);
    const { error } = (await response.json()) as {
      error: { message: string; code: number; metadata: { error_code: string } };
    };
    assert.equal(error.message, "context too long");
    assert.equal(error.code, 400);
    assert.equal(error.metadata.error_code, "provider_refused");
  });

  for (const [status, shown] of [
    [429, 429],
    [503, 502],
  ] as const) {
    test(`a provider's ${status} keeps its Retry-After`, async () => {
      answers = {
        busy: (call) => {
          call.respond(status, { "content-type": "application/json", "retry-after": "7" });
          call.write("{}");
          call.end();
        },
      };
      const response = await router.chat(userKey, { model: "busy", messages: USER });
      assert.equal(response.status, shown);
      assert.equal(response.headers.get("retry-after"), "7");
    });
  }

  test("an error inside a 200 stream has a real status while nothing was shown", async () => {
    answers = {
      broken: (call) =>
        answerStream(
          call,
          'data: {"choices":[{"delta":{"role":"assistant"}}]}\n\ndata: {"error":{"message":"no GPU"}}\n\n',
        ),
    };
    const response = await router.chat(userKey, { model: "broken", messages: USER, stream: true });
    assert.equal(response.status, 502);
    assert.match(((await response.json()) as { error: { message: string } }).error.message, /no GPU/);
  });

  test("a stream cut after output ends with one in-band error and no [DONE]", async () => {
    answers = {
      broken: (call) => answerStream(call, 'data: {"choices":[{"index":0,"delta":{"content":"par"}}]}\n\n'),
    };
    const response = await router.chat(userKey, { model: "broken", messages: USER, stream: true });
    assert.equal(response.status, 200);
    const lines = await events(response);
    assert.equal(lines.length, 2);
    const last = JSON.parse((lines[1] ?? "").slice(6)) as {
      error: { code: number };
      choices: { finish_reason: string }[];
    };
    assert.equal(last.error.code, 502);
    assert.equal(last.choices[0]?.finish_reason, "error");
  });

  test("a request without a body is told what was expected", async () => {
    const response = await fetch(`${router.url}/api/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${userKey}` },
    });
    assert.equal(response.status, 400);
    assert.match(((await response.json()) as { error: { message: string } }).error.message, /an empty body/);
  });

  test("a body is JSON whatever its content type says", async () => {
    answers = { guide: (call) => answerJson(call, 200, GUIDE_JSON) };
    for (const type of ["bogus", "text/plain", "application/x-www-form-urlencoded", ";;"]) {
      const headers = { authorization: `Bearer ${userKey}`, "content-type": type };
      const response = await router.chat(userKey, { model: "guide", messages: USER }, { headers });
      assert.equal(response.status, 200, type);
      await response.body?.cancel();
    }
  });

  for (const choices of ["[]", "[1]", '[null,{"finish_reason":"stop"}]']) {
    test(`an answer whose choices are ${choices} is its provider's failure`, async () => {
      answers = { broken: (call) => answerJson(call, 200, `{"choices":${choices},"finish_reason":"stop"}`) };
      const response = await router.chat(userKey, { model: "broken", messages: USER });
      assert.equal(response.status, 502);
      await response.body?.cancel();
    });
  }

  for (const stream of [true, false]) {
    test(`a client that leaves cancels the provider's call (stream: ${stream})`, async () => {
      const called = Promise.withResolvers<ScriptedCall>();
      answers = { cancelled: called.resolve };
      const leave = new AbortController();
      const response = router.chat(userKey, { model: "cancelled", messages: USER, stream }, { signal: leave.signal });
      const call = await called.promise;
      leave.abort();
      await assert.rejects(response);
      assert.equal(await call.cancelled, "client_left");
    });
  }
});
