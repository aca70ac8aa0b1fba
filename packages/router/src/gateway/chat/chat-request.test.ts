// What a chat request may look like, the words of every refusal, and what providers get of it, byte for byte.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isAimoError } from "@aimo-network/protocol/errors";
import fc from "fast-check";
import { CHOICES_MAX, MESSAGES_MAX } from "../../limits.ts";
import type { ChatRequest } from "./chat-request.ts";
import { readChatRequest } from "./chat-request.ts";

function read(body: object | string): ChatRequest {
  return readChatRequest(Buffer.from(typeof body === "string" ? body : JSON.stringify(body)));
}

const MESSAGES = [{ role: "user", content: "hi" }];

function withFields(fields: object): object {
  return { model: "m", messages: MESSAGES, ...fields };
}

/** A value of a member that is not refused. */
function fine(name: string): unknown {
  if (name === "model") return "m";
  return name === "messages" ? MESSAGES : null;
}

interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly param: string | undefined;
}

function refusalOf(body: Buffer): Refusal {
  try {
    readChatRequest(body);
  } catch (error) {
    assert.ok(isAimoError(error), String(error));
    const param = "param" in error.context ? error.context.param : undefined;
    return { code: error.code, message: error.message, param };
  }
  return assert.fail("it was accepted");
}

const COUNT = /expected a whole number from 1 to/;
const REFUSED: readonly (readonly [
  name: string,
  body: string | object | Buffer,
  param: string | undefined,
  words: RegExp,
])[] = [
  ["an empty body", "", undefined, /^The request: expected a JSON object, found an empty body\.$/],
  ["text", "hello", undefined, /^The request: expected a JSON object, found text that is not JSON\.$/],
  ["half a body", '{"model":"m"', undefined, /found text that is not JSON/],
  ["a byte order mark", `\u{feff}${JSON.stringify(withFields({}))}`, undefined, /found text that is not JSON/],
  ["bytes that are not UTF-8", Buffer.from([0x7b, 0xff, 0x7d]), undefined, /in UTF-8, found bytes that are not UTF-8/],
  ["an array", "[]", undefined, /found an empty array/],
  ["null", "null", undefined, /found null/],
  ["a number", "7", undefined, /found 7/],
  ["no model", { messages: MESSAGES }, "model", /^`model`: expected a model such as `author\/slug`, found nothing\.$/],
  ["an empty model", { model: "", messages: MESSAGES }, "model", /found ""/],
  ["a model that is an object", { model: {}, messages: MESSAGES }, "model", /found an object/],
  [
    "a model of 201 letters",
    { model: "x".repeat(201), messages: MESSAGES },
    "model",
    /found a string of 203 characters/,
  ],
  ["no messages", { model: "m" }, "messages", /expected an array of 1 to 100000 messages, found nothing/],
  ["empty messages", { model: "m", messages: [] }, "messages", /found an empty array/],
  ["messages as text", { model: "m", messages: "hi" }, "messages", /found "hi"/],
  [
    "too many messages",
    { model: "m", messages: Array.from({ length: MESSAGES_MAX + 1 }) },
    "messages",
    /found an array/,
  ],
  [
    "a message without a role",
    withFields({ messages: [MESSAGES[0], {}] }),
    "messages[1]",
    /an object with a `role`, found an object/,
  ],
  ["a message that is text", withFields({ messages: ["hi"] }), "messages[0]", /found "hi"/],
  ["a message that is null", withFields({ messages: [null] }), "messages[0]", /found null/],
  ["stream as text", withFields({ stream: "true" }), "stream", /expected true or false, found "true"/],
  ["stream as a number", withFields({ stream: 1 }), "stream", /found 1/],
  ["n of zero", withFields({ n: 0 }), "n", COUNT],
  ["n above its limit", withFields({ n: CHOICES_MAX + 1 }), "n", /from 1 to 128, found 129/],
  ["n as text", withFields({ n: "2" }), "n", COUNT],
  ["half an n", withFields({ n: 1.5 }), "n", COUNT],
  ["no tokens", withFields({ max_tokens: 0 }), "max_tokens", COUNT],
  ["negative tokens", withFields({ max_tokens: -1 }), "max_tokens", COUNT],
  ["tokens beyond reason", withFields({ max_completion_tokens: 2 ** 31 + 1 }), "max_completion_tokens", COUNT],
  ["tokens as text", withFields({ max_tokens: "many" }), "max_tokens", COUNT],
  ["a route that is none", withFields({ route: "sort" }), "route", /expected "fallback" or null, found "sort"/],
  ["infinite tokens", '{"model":"m","messages":[{"role":"user"}],"max_tokens":1e999}', "max_tokens", COUNT],
];

describe("a chat request is refused with", () => {
  for (const [name, body, param, words] of REFUSED) {
    test(name, () => {
      const bytes = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
      const refusal = refusalOf(bytes);
      assert.equal(refusal.code, "invalid_request");
      assert.equal(refusal.param, param);
      assert.match(refusal.message, words);
    });
  }

  for (const [name, value] of [
    ["plugins", [{ id: "web" }, { id: "file-parser", enabled: false }]],
    ["plugins", { id: "web" }],
    ["transforms", ["middle-out"]],
  ] as const) {
    test(`${name} such as ${JSON.stringify(value)}, as unsupported`, () => {
      const { code, message, param } = refusalOf(Buffer.from(JSON.stringify(withFields({ [name]: value }))));
      assert.deepEqual([code, param], ["unsupported_parameter", name]);
      assert.match(message, /Leave it out/);
    });
  }

  test("plugins, transforms or a provider only where they ask for something", () => {
    for (const name of ["plugins", "transforms", "provider"]) {
      for (const empty of [null, [], {}]) assert.equal(read(withFields({ [name]: empty })).model, "m");
    }
    assert.equal(read(withFields({ plugins: [{ id: "web", enabled: false }] })).model, "m");
  });

  for (const name of [
    ...["model", "messages", "stream", "stream_options", "n", "max_tokens", "max_completion_tokens"],
    ...["provider", "models", "route", "plugins", "transforms", "usage"],
  ]) {
    test(`${name} twice or in another letter case, which another parser would read otherwise`, () => {
      const key = JSON.stringify(name);
      const [model, messages] = ['"model":"m"', `"messages":${JSON.stringify(MESSAGES)}`];
      const twice = refusalOf(Buffer.from(`{${key}:1,${model},${messages},${key}:${JSON.stringify(fine(name))}}`));
      assert.deepEqual([twice.code, twice.param], ["invalid_request", name]);
      assert.match(twice.message, /expected every member once, found `\w+` twice\.$/);
      const cased = `${name[0]?.toUpperCase()}${name.slice(1)}`;
      const other = refusalOf(Buffer.from(JSON.stringify(withFields({ [cased]: null }))));
      assert.deepEqual([other.code, other.param], ["invalid_request", name]);
      assert.equal(other.message, `\`${name}\`: expected \`${name}\`, found \`${cased}\`.`);
    });
  }

  test("words that never quote a prompt that is not JSON", () => {
    const { message } = refusalOf(Buffer.from('{"messages":[{"role":"user","content":my secret}]}'));
    assert.doesNotMatch(message, /secret/);
  });
});

describe("a chat request", () => {
  test("with nothing but a model and messages is no stream, asks for one answer and leaves its length open", () => {
    const { model, stream, maxTokens, choices, media, inputModalities } = read(withFields({}));
    assert.deepEqual([model, stream, maxTokens, choices], ["m", false, undefined, 1]);
    assert.deepEqual([media, [...inputModalities]], [{ image: 0, audio: 0, video: 0, file: 0 }, []]);
  });

  test("may say null for what it leaves open", () => {
    const request = read(withFields({ stream: null, n: null, max_tokens: null, max_completion_tokens: null }));
    assert.deepEqual([request.stream, request.maxTokens, request.choices], [false, undefined, 1]);
  });

  test("at the edges of its limits is accepted", () => {
    const edges = { model: "x".repeat(200), n: CHOICES_MAX, max_tokens: 2 ** 31, stream: true };
    const { maxTokens, choices } = read(withFields(edges));
    assert.deepEqual([maxTokens, choices], [2 ** 31, CHOICES_MAX]);
    assert.equal(read(withFields({ n: 1, max_tokens: 1 })).maxTokens, 1);
  });

  test("counts max_completion_tokens before its old name", () => {
    assert.equal(read(withFields({ max_tokens: 5, max_completion_tokens: 7 })).maxTokens, 7);
  });

  test("tells its images and the kinds of input it needs", () => {
    const content = [
      { type: "text", text: "x" },
      { type: "image_url", image_url: { url: "data:," } },
      { type: "image_url", image_url: { url: "data:," } },
      { type: "input_audio", input_audio: {} },
      { type: "file", file: {} },
      { type: "video_url", video_url: {} },
      { type: "audio_url", audio_url: {} },
      { type: "something new" },
      null,
      "text",
    ];
    const request = read(
      withFields({ messages: [...MESSAGES, { role: "user", content }, { role: "tool", content: null }] }),
    );
    assert.deepEqual(request.media, { image: 2, audio: 2, video: 1, file: 1 });
    assert.equal(request.messageCount, 3);
    assert.deepEqual([...request.inputModalities].toSorted(), ["audio", "file", "image", "video"]);
  });
});

describe("the body for a provider", () => {
  test("has its own model name and none of the router's fields; the rest keeps its bytes", () => {
    const kept =
      '"messages":[ {"role":"user","content":"\\u00e9 \\ud83d\\ude42 \\/"} ],"temperature":1.0,"seed":12345678901234567890,"x":{"provider":1,"model":"inner"}';
    const body = `{ "model" : "a/B", "provider":{},"models":[],"route":null,"plugins":[],"transforms":[],"usage":{"include":true},${kept} }`;
    const sent = read(body).bodyFor("B", 9).toString();
    assert.equal(sent, `{"model":"B","max_tokens":9,${kept}}`);
  });

  test("bounds the output by the name the client used, by both where it used both", () => {
    const sent = (fields: object, offerName = "m"): object => {
      const body = JSON.parse(read(withFields(fields)).bodyFor(offerName, 7).toString()) as Record<string, unknown>;
      const { model: _, messages: __, ...rest } = body;
      return rest;
    };
    assert.deepEqual(sent({ max_tokens: 9 }), { max_tokens: 7 });
    assert.deepEqual(sent({ max_completion_tokens: 9 }), { max_completion_tokens: 7 });
    assert.deepEqual(sent({ max_tokens: 9, max_completion_tokens: 8 }), { max_tokens: 7, max_completion_tokens: 7 });
    assert.deepEqual(sent({ max_tokens: null, max_completion_tokens: 8 }), {
      max_tokens: null,
      max_completion_tokens: 7,
    });
    assert.deepEqual(sent({ max_tokens: null }), { max_tokens: 7 });
  });

  test("bounds the output by its new name where the client used none and the model knows no other", () => {
    for (const [offerName, name] of [
      ["gpt-5-mini", "max_completion_tokens"],
      ["o3", "max_completion_tokens"],
      ["gpt-4o", "max_tokens"],
      ["olmo", "max_tokens"],
    ] as const) {
      const sent = read(withFields({})).bodyFor(offerName, 7).toString();
      assert.deepEqual(JSON.parse(sent), { model: offerName, [name]: 7, messages: MESSAGES });
    }
  });

  test("is the client's own but for those fields, whatever it holds", () => {
    const fields = fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 6 });
    fc.assert(
      fc.property(fields, fc.option(fc.constantFrom(1, 2, "\t")), (more, space) => {
        const routers = ["model", "provider", "models", "route", "plugins", "transforms", "usage"];
        const own = Object.fromEntries(
          Object.entries(more).filter(
            ([name]) =>
              !["n", "stream", "max_tokens", "max_completion_tokens", ...routers].includes(name.toLowerCase()),
          ),
        );
        const body = { ...own, messages: MESSAGES, model: "a/b", usage: { include: true } };
        const sent = read(JSON.stringify(body, null, space ?? undefined))
          .bodyFor("b", 9)
          .toString();
        const expected = { ...own, messages: MESSAGES, model: "b", max_tokens: 9 };
        assert.deepEqual(JSON.parse(sent), JSON.parse(JSON.stringify(expected)));
      }),
    );
  });
});

describe("a hostile body", () => {
  const outcome = (body: Buffer): void => {
    try {
      const request = readChatRequest(body);
      JSON.parse(request.bodyFor("m", 9).toString());
    } catch (error) {
      assert.ok(isAimoError(error), String(error));
    }
  };
  test("of any bytes is read or refused with an operating error", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => outcome(Buffer.from(bytes))));
  });
  test("of any JSON is read or refused with an operating error", () => {
    const names = fc.constantFrom(
      "model",
      "messages",
      "stream",
      "n",
      "max_tokens",
      "provider",
      "models",
      "usage",
      "__proto__",
      "constructor",
    );
    const values = fc.oneof(
      fc.jsonValue(),
      fc.array(fc.record({ role: fc.constant("user"), content: fc.jsonValue() })),
      fc.constantFrom("m", true, 1, null),
    );
    const bodies = fc
      .array(fc.tuple(names, values))
      .map(
        (members) =>
          `{${members.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(",")}}`,
      );
    fc.assert(fc.property(bodies, (body) => outcome(Buffer.from(body))));
  });
  test("that is nested a hundred thousand deep is read or refused with an operating error", () => {
    const deep = `{"model":"m","messages":[{"role":"user","content":${"[".repeat(100_000)}${"]".repeat(100_000)}}]}`;
    outcome(Buffer.from(deep));
  });
});
