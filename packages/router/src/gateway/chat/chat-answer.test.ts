// What answers look like to clients: what is put in, what is repaired, and that all else keeps its bytes.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { AnswerEvent } from "../../providers/answer-event.ts";
import { readAnswerEvent } from "../../providers/answer-event.ts";
import { isJsonObject } from "@aimo-network/protocol/json-object";
import type { Envelope } from "./chat-answer.ts";
import { answerJson, chunkJson, errorChunkJson, lastChunkJson } from "./chat-answer.ts";

const ENVELOPE: Envelope = {
  generationIdJson: '"gen-1"',
  modelJson: '"acme/m"',
  providerJson: '"wallet-1"',
  createdSeconds: 1_700_000_000,
};
const HEAD = '"created":1700000000,"model":"acme/m","provider":"wallet-1"';
const CHUNK_HEAD = `{"id":"gen-1","object":"chat.completion.chunk",${HEAD}`;

function event(text: string): AnswerEvent {
  const value: unknown = JSON.parse(text);
  assert.ok(isJsonObject(value));
  return { text, value, hasOutput: true, outputBytes: 1, finishReason: undefined, usage: undefined };
}

/** A chunk of a stream whose first choices are already known to the client. */
function chunk(text: string, introduced: readonly unknown[] = [0, 1, 2]): string | undefined {
  return chunkJson(event(text), ENVELOPE, new Set(introduced));
}

describe("a chunk", () => {
  for (const [name, member] of [
    ["escapes", '"content":"caf\\u00e9 \\ud83d\\ude42 \\/ \\" \\\\ \\n"'],
    ["characters as they are", '"content":"café 🙂 \u2028"'],
    ["numbers", '"logprob":-0.0,"one":1.0,"big":123456789012345678901234567890,"tiny":1e-999,"E":1E+2'],
    [
      "a tool call",
      '"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":"{\\"a\\": 1,"}}, {"index":0}]',
    ],
    ["duplicate members", '"content":"a","content":"b"'],
    ["spaces", '"content" : "a" ,  "role": "assistant"'],
    ["an empty string", '"content":""'],
  ] as const) {
    test(`keeps ${name} of a delta byte by byte`, () => {
      const text = `{"choices":[{"index":0,"delta":{${member}},"logprobs":null}],"system_fingerprint":"fp"}`;
      assert.equal(
        chunk(text),
        `${CHUNK_HEAD},"choices":[{"index":0,"delta":{${member}},"logprobs":null}],"system_fingerprint":"fp"}`,
      );
    });
    test(`keeps ${name} of a delta where its choice is repaired`, () => {
      const out = chunk(`{"choices":[{"delta":{${member}}}],"finish_reason":"stop"}`);
      assert.equal(
        out,
        `${CHUNK_HEAD},"choices":[{"index":0,"finish_reason":"stop","native_finish_reason":"stop","delta":{${member}}}]}`,
      );
    });
  }

  test("gets the router's id, model and provider in place of the provider's, wherever they stand and however often", () => {
    const text =
      '{"id":"up","choices":[{"index":0,"delta":{"content":"x"}}],"model":"gpt","provider":"Up","id":"again","object":"x","\\u006dodel":"y"}';
    assert.equal(chunk(text), `${CHUNK_HEAD},"choices":[{"index":0,"delta":{"content":"x"}}]}`);
  });

  for (const [created, kept] of [
    ["1754000000", "1754000000"],
    ["1.5", "1700000000"],
    ['"1754000000"', "1700000000"],
    ["null", "1700000000"],
  ] as const) {
    test(`with created ${created} says ${kept}`, () => {
      assert.match(
        chunk(`{"created":${created},"choices":[{"index":0,"delta":{}}]}`) ?? "",
        new RegExp(`"created":${kept},`),
      );
    });
  }

  test("carries no usage, whichever way the provider sent it", () => {
    const text =
      '{"choices":[{"index":0,"delta":{"content":"x"}}],"usage":{"prompt_tokens":1},"x_groq":{"id":"r","usage":{}}}';
    assert.equal(chunk(text), `${CHUNK_HEAD},"choices":[{"index":0,"delta":{"content":"x"}}]}`);
  });

  for (const text of ['{"choices":[],"usage":{}}', '{"usage":{}}', '{"choices":null}', '{"choices":{}}', "{}"]) {
    test(`is none where there is nothing to show: ${text}`, () => assert.equal(chunk(text), undefined));
  }

  test("stays on one line, although its data came on several", () => {
    const text = '{\n"choices":[\n{"index":0,\n"delta":{"content":\n"a\\nb"}}\n],\n"x":\n1}';
    const out = chunk(text) ?? "";
    assert.ok(!out.includes("\n"));
    assert.deepEqual((JSON.parse(out) as { choices: unknown }).choices, [{ index: 0, delta: { content: "a\nb" } }]);
  });

  test("gets the index and the delta it lacks, at every choice", () => {
    const out = chunk('{"choices":[{},{"index":1,"delta":{"content":"x"}},{"delta":{"content":"y"}}]}') ?? "";
    assert.deepEqual((JSON.parse(out) as { choices: unknown }).choices, [
      { index: 0, delta: {} },
      { index: 1, delta: { content: "x" } },
      { index: 2, delta: { content: "y" } },
    ]);
  });

  test("without a reason to end keeps its choices byte by byte", () => {
    const choices = '[{"index":0, "delta":{"content":"x"}, "finish_reason":null, "native_finish_reason":null}]';
    assert.equal(chunk(`{"choices":${choices}}`), `${CHUNK_HEAD},"choices":${choices}}`);
  });

  for (const [native, reason] of [
    ["stop", "stop"],
    ["end_turn", "stop"],
    ["MAX_TOKENS", "length"],
    ["function_call", "tool_calls"],
    ["SAFETY", "content_filter"],
  ] as const) {
    test(`that ends for ${native} says ${reason} beside it, whichever choice it is`, () => {
      const text = `{"choices":[{"index":0,"delta":{},"finish_reason":null},{"index":1,"delta":{},"finish_reason":"${native}"}]}`;
      const { choices } = JSON.parse(chunk(text) ?? "") as { choices: unknown };
      assert.deepEqual(choices, [
        { index: 0, delta: {}, finish_reason: null },
        { index: 1, delta: {}, finish_reason: reason, native_finish_reason: native },
      ]);
    });
  }

  test("keeps the native reason that a provider tells itself, and its bytes where nothing is amiss", () => {
    const told = '[{"index":0,"delta":{},"finish_reason":"stop" ,"native_finish_reason":"end_turn"}]';
    assert.equal(chunk(`{"choices":${told}}`), `${CHUNK_HEAD},"choices":${told}}`);
    const other = '{"choices":[{"index":0,"delta":{},"finish_reason":"eos","native_finish_reason":"</s>"}]}';
    const { choices } = JSON.parse(chunk(other) ?? "") as { choices: unknown };
    assert.deepEqual(choices, [{ index: 0, delta: {}, finish_reason: "stop", native_finish_reason: "</s>" }]);
  });

  test("passes a reason that is no text as it is", () => {
    const choices = '[{"index":0,"delta":{},"finish_reason":7}]';
    assert.equal(chunk(`{"choices":${choices}}`), `${CHUNK_HEAD},"choices":${choices}}`);
  });

  test("keeps a refusal byte by byte", () => {
    const choices = '[{"index":0,"delta":{"refusal":"I can\\u2019t","content":null},"finish_reason":null}]';
    assert.equal(chunk(`{"choices":${choices}}`), `${CHUNK_HEAD},"choices":${choices}}`);
  });

  test("of no provider names none", () => {
    const { providerJson: _, ...nobodys } = ENVELOPE;
    const text = '{"choices":[{"index":0,"delta":{}}],"provider":"Up"}';
    const head = CHUNK_HEAD.replace(',"provider":"wallet-1"', "");
    assert.equal(chunkJson(event(text), nobodys, new Set([0])), `${head},"choices":[{"index":0,"delta":{}}]}`);
    assert.equal("provider" in (JSON.parse(errorChunkJson(nobodys, {})) as object), false);
  });

  test("gets the finish_reason that stood at top level, but only where a choice has none", () => {
    const out =
      chunk(
        '{"finish_reason":"length","choices":[{"index":0,"delta":{},"finish_reason":null},{"index":1,"delta":{},"finish_reason":"stop"}]}',
      ) ?? "";
    const read = JSON.parse(out) as { finish_reason?: string; choices: { finish_reason: string }[] };
    assert.deepEqual(
      read.choices.map(({ finish_reason: reason }) => reason),
      ["length", "stop"],
    );
    assert.equal(read.finish_reason, undefined);
  });

  test("with choices twice shows those that a parser sees, the last", () => {
    const out = chunk('{"choices":[{"delta":{"content":"first"}}],"choices":[{"delta":{"content":"last"}}]}') ?? "";
    const delta = { index: 0, delta: { content: "last" } };
    assert.deepEqual((JSON.parse(out) as { choices: unknown }).choices, [delta]);
    assert.doesNotMatch(out, /first/);
  });

  test("passes choices that are no objects as they are", () => {
    assert.equal(chunk('{"choices":[null,7,"x"]}'), `${CHUNK_HEAD},"choices":[null,7,"x"]}`);
  });

  test("tells the role of each choice once", () => {
    const introduced = new Set<unknown>();
    const roles = [
      '{"choices":[{"index":0,"delta":{"content":"a"}},{"index":1,"delta":{"role":"assistant"}}]}',
      '{"choices":[{"index":0,"delta":{"content":"b"}},{"index":2,"delta":{}}]}',
      '{"choices":[{"index":2,"delta":{"content":"c"}}]}',
    ]
      .map((text) => chunkJson(event(text), ENVELOPE, introduced) ?? "")
      .map((text) =>
        (JSON.parse(text) as { choices: { delta: { role?: string } }[] }).choices.map(({ delta }) => delta.role),
      );
    assert.deepEqual(roles, [["assistant", "assistant"], [undefined, "assistant"], [undefined]]);
  });
});

describe("a whole answer", () => {
  test("gets its envelope, its usage text and what its choices lack", () => {
    const usage = '{"prompt_tokens":1,"cost":0.000000001}';
    const text = '{"choices":[{"message":{"content":"\\u00e9"}}],"finish_reason":"stop","usage":{"prompt_tokens":9}}';
    const reasons = '"finish_reason":"stop","native_finish_reason":"stop"';
    const choice = `{"index":0,"message":{"role":"assistant","content":"\\u00e9"},${reasons}}`;
    const head = `{"id":"gen-1","object":"chat.completion",${HEAD}`;
    assert.equal(answerJson(event(text), ENVELOPE, usage), `${head},"usage":${usage},"choices":[${choice}]}`);
  });

  test("keeps a refusal, and says that a filter ended it", () => {
    const text =
      '{"choices":[{"index":0,"message":{"role":"assistant","content":null,"refusal":"I can\\u2019t"},"finish_reason":"refusal"}]}';
    const out = answerJson(event(text), ENVELOPE, undefined);
    assert.ok(out.includes('{"role":"assistant","content":null,"refusal":"I can\\u2019t"}'));
    const { choices, provider } = JSON.parse(out) as { choices: readonly object[]; provider: unknown };
    const message = { role: "assistant", content: null, refusal: "I can\u2019t" };
    assert.deepEqual(choices, [
      { index: 0, message, finish_reason: "content_filter", native_finish_reason: "refusal" },
    ]);
    assert.equal(provider, "wallet-1");
  });

  test("without usage carries none, not the provider's own", () => {
    const out = answerJson(
      event(
        '{"choices":[{"index":0,"message":{"role":"assistant"},"finish_reason":"stop"}],"usage":{"prompt_tokens":-1}}',
      ),
      ENVELOPE,
      undefined,
    );
    assert.equal("usage" in (JSON.parse(out) as object), false);
  });

  test("keeps line breaks between its tokens", () => {
    const text =
      '{\n  "choices": [{"index":0,"message":{"role":"assistant"},"finish_reason":"stop"}],\n  "x": {\n "y": 1.0 }\n}';
    assert.ok(answerJson(event(text), ENVELOPE, undefined).includes('{\n "y": 1.0 }'));
  });
});

describe("the last chunk", () => {
  const metadata = { ...ENVELOPE, metadataJson: '{"offers":[]}' };

  test("has the explanation where one was asked for, with usage and without", () => {
    const explained = ',"aimo_metadata":{"offers":[]}}';
    assert.equal(lastChunkJson(metadata, "{}"), `${CHUNK_HEAD},"choices":[],"usage":{}${explained}`);
    assert.equal(lastChunkJson(metadata, undefined), `${CHUNK_HEAD},"choices":[]${explained}`);
    assert.equal(lastChunkJson(ENVELOPE, undefined), undefined);
  });

  test("of an answer that failed has it too, and no other event has", () => {
    assert.ok(errorChunkJson(metadata, { code: 502 }).endsWith(',"aimo_metadata":{"offers":[]}}'));
    const first = readAnswerEvent('{"choices":[{"index":0,"delta":{"content":"x"}}],"aimo_metadata":"mine"}', "p");
    assert.doesNotMatch(chunkJson(first, metadata, new Set()) ?? "", /aimo_metadata/);
    assert.match(answerJson(first, metadata, "{}"), /"usage":\{\},"aimo_metadata":\{"offers":\[\]\}/);
  });
});

test("the usage chunk has no choices, and the cost as it was written", () => {
  assert.equal(lastChunkJson(ENVELOPE, '{"cost":0.10}'), `${CHUNK_HEAD},"choices":[],"usage":{"cost":0.10}}`);
});

test("the error chunk says error at top level and as finish_reason", () => {
  const { error, provider, choices } = JSON.parse(errorChunkJson(ENVELOPE, { code: 502 })) as {
    error: unknown;
    provider: unknown;
    choices: unknown;
  };
  assert.equal(provider, "wallet-1");
  assert.deepEqual([error, choices], [{ code: 502 }, [{ index: 0, delta: { content: "" }, finish_reason: "error" }]]);
});

describe("any event", () => {
  const choice = fc.record(
    {
      index: fc.oneof(fc.nat(3), fc.jsonValue()),
      delta: fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 4 }),
      finish_reason: fc.constantFrom("stop", "eos", null, 7),
      native_finish_reason: fc.constantFrom("eos", null),
      "\\": fc.string(),
    },
    { requiredKeys: [] },
  );
  const events = fc.record(
    {
      choices: fc.array(fc.oneof({ weight: 5, arbitrary: choice }, fc.jsonValue()), { minLength: 1, maxLength: 3 }),
      id: fc.jsonValue(),
      model: fc.jsonValue(),
      usage: fc.jsonValue(),
      created: fc.jsonValue(),
      finish_reason: fc.option(fc.string()),
      more: fc.jsonValue(),
      [`"quoted" {[,:]}`]: fc.string(),
    },
    { requiredKeys: ["choices"] },
  );
  const spaces = fc.constantFrom(undefined, 1, "\t");

  test("gives JSON with the router's envelope, and every delta as it was, but for a missing role", () => {
    fc.assert(
      fc.property(events, spaces, (value, space) => {
        const out = chunkJson(event(JSON.stringify(value, null, space)), ENVELOPE, new Set()) ?? assert.fail("none");
        const read = JSON.parse(out) as {
          id: string;
          model: string;
          usage?: unknown;
          more?: unknown;
          choices: unknown[];
        };
        assert.deepEqual([read.id, read.model, "usage" in read], ["gen-1", "acme/m", false]);
        const sent = JSON.parse(JSON.stringify(value)) as { more?: unknown; choices: unknown[] };
        assert.deepEqual(read.more, sent.more);
        assert.equal(read.choices.length, sent.choices.length);
        for (const [at, found] of read.choices.entries()) {
          const was = sent.choices[at];
          if (!isJsonObject(was) || !isJsonObject(found)) assert.deepEqual(found, was);
          else if (isJsonObject(was["delta"])) {
            const { role, ...rest } = found["delta"] as Record<string, unknown>;
            const { role: roleBefore, ...restBefore } = was["delta"] as Record<string, unknown>;
            assert.deepEqual(rest, restBefore);
            assert.ok(role === roleBefore || role === "assistant");
            assert.equal(typeof found["index"], "number");
            const ended = typeof found["finish_reason"] === "string";
            assert.equal(
              typeof found["native_finish_reason"] === "string",
              ended || was["native_finish_reason"] === "eos",
            );
          }
        }
      }),
    );
  });
});
