import assert from "node:assert/strict";
import { suite, test } from "node:test";

import { chatBody, startDemoModel } from "./test-client.ts";

const STREAM = { stream: true };
const WITH_USAGE = { stream: true, stream_options: { include_usage: true } };

const GUIDE_JSON =
  '{"choices":[{"message":{"role":"assistant","content":"Hello! How can I help you today?"},"finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":8,"total_tokens":18}}';
const GUIDE_LINES = `data: {"choices":[{"delta":{"content":"Hello"}}]}
data: {"choices":[{"delta":{"content":" there"}}]}
data: {"choices":[{"delta":{"content":"!"}}],"finish_reason":"stop","usage":{"prompt_tokens":10,"completion_tokens":3}}
data: [DONE]
`;

suite("errors with a status", () => {
  for (const [status, type] of [
    [400, "invalid_request_error"],
    [401, "authentication_error"],
    [403, "permission_error"],
    [404, "invalid_request_error"],
    [429, "rate_limit_error"],
    [500, "server_error"],
    [503, "server_error"],
  ] as const) {
    test(`status-${status}`, async (context) => {
      const { ask } = await startDemoModel(context);
      for (const more of [{}, STREAM]) {
        const answer = await ask(chatBody(`demo.status-${status}`, "Hello", more));
        assert.equal(answer.status, status);
        assert.equal(answer.json().error.type, type);
        assert.equal(answer.headers.get("retry-after"), null);
      }
    });
  }

  test("rate-limited-n says when to come again", async (context) => {
    const { ask } = await startDemoModel(context);
    const answer = await ask(chatBody("demo.rate-limited-7", "Hello"));
    assert.equal(answer.status, 429);
    assert.equal(answer.headers.get("retry-after"), "7");
    assert.equal(answer.json().error.type, "rate_limit_error");
  });

  test("html-n is a page, not JSON", async (context) => {
    const { ask } = await startDemoModel(context);
    const answer = await ask(chatBody("demo.html-502", "Hello"));
    assert.equal(answer.status, 502);
    assert.equal(answer.headers.get("content-type"), "text/html");
    assert.throws(() => answer.json());
  });
});

suite("faults within status 200", () => {
  test("error-in-200", async (context) => {
    const { ask } = await startDemoModel(context);
    const plain = await ask(chatBody("demo.error-in-200", "Hello"));
    assert.equal(plain.status, 200);
    assert.equal(plain.json().error.type, "server_error");
    const streamed = await ask(chatBody("demo.error-in-200", "Hello", STREAM));
    assert.equal(streamed.status, 200);
    assert.deepEqual(
      streamed.events().map(({ error }) => error.type),
      ["server_error"],
    );
    assert.equal(streamed.data().length, 1);
  });

  test("garbage-json", async (context) => {
    const { ask } = await startDemoModel(context);
    const plain = await ask(chatBody("demo.garbage-json", "Hello"));
    assert.equal(plain.headers.get("content-type"), "application/json");
    assert.throws(() => plain.json(), SyntaxError);
    const streamed = await ask(chatBody("demo.garbage-json", "Hello", STREAM));
    assert.throws(() => streamed.events(), SyntaxError);
  });

  test("empty-stream", async (context) => {
    const { ask } = await startDemoModel(context);
    assert.equal((await ask(chatBody("demo.empty-stream", "Hello", WITH_USAGE))).text, "data: [DONE]\n\n");
    assert.deepEqual((await ask(chatBody("demo.empty-stream", "Hello"))).json(), { choices: [] });
  });

  test("no-finish-reason", async (context) => {
    const { ask } = await startDemoModel(context);
    const streamed = await ask(chatBody("demo.no-finish-reason", "Hello", STREAM));
    assert.ok(streamed.events().every(({ choices }) => choices[0]!.finish_reason === null));
    assert.equal(streamed.data().at(-1), "[DONE]");
    assert.equal((await ask(chatBody("demo.no-finish-reason", "Hello"))).json().choices[0]!.finish_reason, null);
  });

  test("no-done", async (context) => {
    const { ask } = await startDemoModel(context);
    const streamed = await ask(chatBody("demo.no-done", "Hello", STREAM));
    assert.equal(streamed.events().at(-1)!.choices[0]!.finish_reason, "stop");
    assert.doesNotMatch(streamed.text, /DONE/);
  });
});

suite("usage that is not where clients expect it", () => {
  test("no-usage", async (context) => {
    const { ask } = await startDemoModel(context);
    assert.doesNotMatch((await ask(chatBody("demo.no-usage", "Hello"))).text, /"usage"/);
    const streamed = await ask(chatBody("demo.no-usage", "Hello", WITH_USAGE));
    assert.doesNotMatch(streamed.text, /"usage"/);
    assert.equal(streamed.events().at(-1)!.choices[0]!.finish_reason, "stop");
  });

  test("usage-every-chunk counts up to the whole, once per token", async (context) => {
    const { ask } = await startDemoModel(context);
    const plain = (await ask(chatBody("demo.usage-every-chunk.fixed-4", "Hello"))).json();
    const events = (await ask(chatBody("demo.usage-every-chunk.fixed-4", "Hello", STREAM))).events();
    assert.deepEqual(
      events.map(({ usage }) => usage.completion_tokens),
      [0, 1, 2, 3, 4, 4],
    );
    assert.deepEqual(events.at(-1)!.usage, plain.usage);
  });

  test("usage-every-chunk counts reasoning while it lasts", async (context) => {
    const { ask } = await startDemoModel(context);
    const events = (await ask(chatBody("demo-reasoning.usage-every-chunk", "Hello", STREAM))).events();
    const plain = (await ask(chatBody("demo-reasoning", "Hello"))).json();
    const reasoning = plain.usage.completion_tokens_details.reasoning_tokens;
    const reported = events.map(({ usage }) => usage.completion_tokens_details.reasoning_tokens);
    assert.deepEqual(
      reported,
      events.map((_, index) => Math.min(index, reasoning)),
    );
  });

  test("usage-on-finish", async (context) => {
    const { ask } = await startDemoModel(context);
    const events = (await ask(chatBody("demo.usage-on-finish.fixed-4", "Hello", { ...STREAM, n: 2 }))).events();
    assert.deepEqual(
      events.flatMap(({ usage }) => (usage === undefined ? [] : [usage.completion_tokens])),
      [8],
    );
    assert.equal(events.at(-1)!.choices[0]!.finish_reason, "stop");
    assert.equal(events.at(-1)!.usage.completion_tokens, 8);
  });

  test("usage-then-empty", async (context) => {
    const { ask } = await startDemoModel(context);
    const events = (await ask(chatBody("demo.usage-then-empty.fixed-4", "Hello", STREAM))).events();
    assert.equal(events.at(-2)!.usage.completion_tokens, 4);
    assert.deepEqual([events.at(-1)!.choices, events.at(-1)!.usage], [[], undefined]);
  });

  test("usage-x-groq", async (context) => {
    const { ask } = await startDemoModel(context);
    const events = (await ask(chatBody("demo.usage-x-groq.fixed-4", "Hello", STREAM))).events();
    assert.equal(events.at(-1)!.x_groq.usage.completion_tokens, 4);
    const plain = (await ask(chatBody("demo.usage-x-groq.fixed-4", "Hello"))).json();
    assert.deepEqual([plain.usage, plain.x_groq.usage.completion_tokens], [undefined, 4]);
  });
});

suite("usage that is not true", () => {
  const reports = {
    "zero-usage": '"usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}',
    "lying-usage":
      '"usage":{"prompt_tokens":9007199254740992,"completion_tokens":9007199254740992,"total_tokens":18014398509481984}',
    "contradicting-usage":
      '"usage":{"prompt_tokens":12,"completion_tokens":7,"total_tokens":3,"prompt_tokens_details":{"cached_tokens":99}',
    "hostile-usage-negative": '"usage":{"prompt_tokens":-5,"completion_tokens":-3,"total_tokens":-8}',
    "hostile-usage-fraction": '"usage":{"prompt_tokens":1.5,"completion_tokens":2.25,"total_tokens":3.75}',
    "hostile-usage-string": '"usage":{"prompt_tokens":"12","completion_tokens":"7","total_tokens":"19"}',
  };
  for (const [name, report] of Object.entries(reports)) {
    test(name, async (context) => {
      const { ask } = await startDemoModel(context);
      assert.ok((await ask(chatBody(`demo.${name}`, "Hello"))).text.includes(report));
      assert.ok((await ask(chatBody(`demo.${name}`, "Hello", WITH_USAGE))).data().at(-2)!.includes(report));
      assert.ok((await ask(chatBody(`demo.${name}.usage-on-finish`, "Hello", STREAM))).text.includes(report));
    });
  }

  test("cached-n reports cached tokens, never more than the prompt has", async (context) => {
    const { ask } = await startDemoModel(context);
    const cachedOf = async (n: number): Promise<number> =>
      (await ask(chatBody(`demo.cached-${n}`, "Hello"))).json().usage.prompt_tokens_details.cached_tokens;
    assert.equal(await cachedOf(4), 4);
    assert.equal(await cachedOf(4000), 5);
  });
});

suite("the sample answers of the provider guide are sent letter for letter", () => {
  for (const more of [{}, STREAM]) {
    test(`guide-json (${JSON.stringify(more)})`, async (context) => {
      const { ask } = await startDemoModel(context);
      const answer = await ask(chatBody("demo.guide-json", "Hello", more));
      assert.equal(answer.headers.get("content-type"), "application/json");
      assert.equal(answer.text, GUIDE_JSON);
    });

    test(`guide-stream and guide-stream-tight (${JSON.stringify(more)})`, async (context) => {
      const { ask } = await startDemoModel(context);
      const answer = await ask(chatBody("demo.guide-stream", "Hello", more));
      assert.equal(answer.headers.get("content-type"), "text/event-stream; charset=utf-8");
      assert.equal(answer.text, GUIDE_LINES.replaceAll("\n", "\n\n"));
      assert.equal((await ask(chatBody("demo.guide-stream-tight", "Hello", more))).text, GUIDE_LINES);
    });
  }
});
