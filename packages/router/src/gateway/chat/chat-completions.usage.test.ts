// Usage and cost over real sockets, in the many ways providers report them, and answers that lie about them.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { ScriptedCall, ScriptedProvider } from "../../test-bed/scripted-provider.ts";
import { connectProvider, plainOffer } from "../../test-bed/scripted-provider.ts";
import type { TestRouter } from "../../test-bed/test-router.ts";
import { startTestRouter } from "../../test-bed/test-router.ts";

const ASK = { model: "m", messages: [{ role: "user", content: "x" }] };
const CHOICE = '{"index":0,"delta":{"role":"assistant","content":"x"},"finish_reason":null}';
const END = '{"index":0,"delta":{},"finish_reason":"stop"}';
const WHOLE = '{"index":0,"message":{"role":"assistant","content":"x"},"finish_reason":"stop"}';

function events(...data: string[]): string {
  return data.map((event) => `data: ${event}\n\n`).join("");
}

describe("usage", () => {
  let router: TestRouter;
  let provider: ScriptedProvider;
  let key: string;
  let reply: (call: ScriptedCall) => void = () => undefined;

  before(async () => {
    router = await startTestRouter();
    key = await router.key();
    provider = await connectProvider(router.url, await router.key(), (call) => reply(call));
    const pricing = { prompt: "1", completion: "2", input_cache_read: "0.5", image: "0.25" };
    await provider.offer([plainOffer("m", { pricing, input_modalities: ["text", "image"] })]);
  });
  after(async () => {
    await provider.close();
    await router.close();
  });

  const ask = (body: string, stream: boolean, more: object = {}): Promise<Response> => {
    reply = (call) => {
      call.respond(200, { "content-type": stream ? "text/event-stream" : "application/json" });
      call.write(body);
      call.end();
    };
    return router.chat(key, { ...ASK, stream, ...more });
  };

  const shapes: readonly (readonly [name: string, data: readonly string[], cost: string])[] = [
    [
      "in a chunk of its own",
      [
        `{"choices":[${CHOICE}]}`,
        `{"choices":[${END}]}`,
        '{"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":3}}',
      ],
      "0.000016",
    ],
    [
      "with the last choice",
      [`{"choices":[${CHOICE}]}`, `{"choices":[${END}],"usage":{"prompt_tokens":10,"completion_tokens":3}}`],
      "0.000016",
    ],
    [
      "in every chunk, growing",
      [1, 2, 3].map(
        (tokens) =>
          `{"choices":[${tokens === 3 ? END : CHOICE}],"usage":{"prompt_tokens":10,"completion_tokens":${tokens}}}`,
      ),
      "0.000016",
    ],
    [
      "last but one, then null",
      [`{"choices":[${END}],"usage":{"prompt_tokens":10,"completion_tokens":3}}`, '{"choices":[],"usage":null}'],
      "0.000016",
    ],
    [
      "in x_groq",
      [`{"choices":[${END}],"x_groq":{"id":"r","usage":{"prompt_tokens":10,"completion_tokens":3}}}`],
      "0.000016",
    ],
    [
      "with cached tokens",
      [
        `{"choices":[${END}],"usage":{"prompt_tokens":10,"completion_tokens":3,"prompt_tokens_details":{"cached_tokens":4}}}`,
      ],
      "0.000014",
    ],
  ];
  for (const [name, data, cost] of shapes) {
    test(`${name} of a stream is shown once, at its end, with the exact cost`, async () => {
      const text = await (await ask(events(...data, "[DONE]"), true)).text();
      const chunks = text.split("\n\n").filter((line) => line !== "");
      assert.equal(chunks.at(-1), "data: [DONE]");
      assert.deepEqual(
        chunks.slice(0, -2).filter((chunk) => /usage|x_groq/.test(chunk)),
        [],
      );
      const last = chunks.at(-2)?.slice(6) ?? "";
      assert.match(last, new RegExp(`"cost":${cost}\\}\\}$`));
      const { choices, usage } = JSON.parse(last) as { choices: unknown; usage: { total_tokens: number } };
      assert.deepEqual([choices, usage.total_tokens], [[], 13]);
    });
  }

  for (const [name, members, cost] of [
    ["at top level", '"usage":{"prompt_tokens":10,"completion_tokens":3,"total_tokens":13}', "0.000016"],
    ["in x_groq", '"x_groq":{"usage":{"prompt_tokens":10,"completion_tokens":3}}', "0.000016"],
    [
      "with cached tokens",
      '"usage":{"prompt_tokens":10,"completion_tokens":3,"prompt_cache_hit_tokens":4}',
      "0.000014",
    ],
    ["of nothing", '"usage":{"prompt_tokens":0,"completion_tokens":0}', "0"],
  ] as const) {
    test(`${name} of a JSON answer is shown with the exact cost, in its header too`, async () => {
      const response = await ask(`{"choices":[${WHOLE}],${members}}`, false);
      assert.equal(response.headers.get("x-aimo-cost"), cost);
      assert.match(await response.text(), new RegExp(`"cost":${cost}\\}`));
    });
  }

  test("that is missing costs nothing and is not made up", async () => {
    const whole = await ask(`{"choices":[${WHOLE}]}`, false);
    assert.equal(whole.headers.get("x-aimo-cost"), null);
    assert.equal("usage" in ((await whole.json()) as object), false);
    const stream = await (await ask(events(`{"choices":[${END}]}`, "[DONE]"), true)).text();
    assert.doesNotMatch(stream, /usage/);
    assert.match(stream, /data: \[DONE\]\n\n$/);
  });

  for (const usage of [
    '{"prompt_tokens":9007199254740991,"completion_tokens":9007199254740991}',
    '{"prompt_tokens":-1,"completion_tokens":3}',
    '{"prompt_tokens":1.5,"completion_tokens":3}',
    '{"prompt_tokens":"10","completion_tokens":"3"}',
    '{"prompt_tokens":18446744073709551615,"completion_tokens":1}',
    "7",
    "[]",
  ]) {
    test(`that is nonsense, ${usage}, leaves the answer whole and uncharged`, async () => {
      const stream = await (await ask(events(`{"choices":[${END}],"usage":${usage}}`, "[DONE]"), true)).text();
      assert.match(stream, /data: \[DONE\]\n\n$/);
      assert.doesNotMatch(stream, /usage/);
      const whole = await ask(`{"choices":[${WHOLE}],"usage":${usage}}`, false);
      assert.equal(whole.status, 200);
      assert.equal(whole.headers.get("x-aimo-cost"), null);
      assert.equal("usage" in ((await whole.json()) as object), false);
    });
  }

  test("counts the images that were sent", async () => {
    const image = { type: "image_url", image_url: { url: "data:," } };
    const body = `{"choices":[${WHOLE}],"usage":{"prompt_tokens":10,"completion_tokens":3}}`;
    const response = await ask(body, false, { messages: [{ role: "user", content: [image, image] }] });
    assert.equal(response.headers.get("x-aimo-cost"), "0.500016");
  });

  test("comes with the exact deltas, escapes and numbers as the provider wrote them", async () => {
    const delta =
      '{"role":"assistant","content":"\\u00e9","x":1.0,"big":12345678901234567890,"tool_calls":[{"index":0}, {"index":0}]}';
    const text = await (
      await ask(events(`{"choices":[{"index":0,"delta":${delta},"finish_reason":"stop"}]}`, "[DONE]"), true)
    ).text();
    assert.ok(text.includes(`"delta":${delta}`));
  });

  test("of data over several lines is one event of one line", async () => {
    const body = `data: {"choices":[\ndata: {"index":0,\ndata: "delta":{"role":"assistant","content":"x"},"finish_reason":"stop"}\ndata: ]}\n\ndata: [DONE]\n\n`;
    const text = await (await ask(body, true)).text();
    for (const line of text.split("\n")) assert.ok(line === "" || line.startsWith("data: "), line);
  });
});
