// What a chat request says about who may answer it: models, suffixes, preferences, parameters, and its conversation.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ArrivingJson } from "@aimo-network/protocol/arriving-json";
import { isAimoError } from "@aimo-network/protocol/errors";
import { WHOLE_JSON_BYTES_MAX } from "@aimo-network/protocol/limits";
import fc from "fast-check";
import { MODELS_OF_REQUEST_MAX, PREFIX_CHARS_MAX } from "../../market/limits.ts";
import { NO_PREFERENCES } from "../../market/preferences.ts";
import type { ChatRequest } from "./chat-request.ts";
import { readChatRequest } from "./chat-request.ts";

const WALLET = "7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV";
const MESSAGES = [{ role: "user", content: "hi" }];

function read(fields: object): ChatRequest {
  return readChatRequest(Buffer.from(JSON.stringify({ messages: MESSAGES, ...fields })));
}

function refusalOf(fields: object): string {
  try {
    read(fields);
  } catch (error) {
    assert.ok(isAimoError(error, "invalid_request"), String(error));
    return error.message;
  }
  return assert.fail("it was accepted");
}

describe("the models of a request", () => {
  for (const [name, fields, models] of [
    ["are its model", { model: "a/b" }, ["a/b"]],
    ["are its model, then its fallbacks", { model: "a/b", models: ["c/d", "e"] }, ["a/b", "c/d", "e"]],
    ["are its fallbacks where it has no model", { models: ["c/d", "e"] }, ["c/d", "e"]],
    ["are its fallbacks where its model is null", { model: null, models: ["c/d"] }, ["c/d"]],
    ["are none twice, in whatever letter case", { model: "a/b", models: ["c", "A/b", "C", "a/B"] }, ["a/b", "c"]],
    ["are none twice where there is no model", { models: ["c", "C", "d"] }, ["c", "d"]],
    [
      "keep their suffixes",
      { model: "a/b:floor", models: ["a/b:nitro", `${WALLET}:c:floor`] },
      [...["a/b:floor", "a/b:nitro", `${WALLET}:c:floor`]],
    ],
    ["may have no fallbacks", { model: "a/b", models: [], route: "fallback" }, ["a/b"]],
    ["may have null for them", { model: "a/b", models: null, route: null }, ["a/b"]],
  ] as const) {
    test(name, () => {
      const request = read(fields);
      assert.deepEqual([request.model, request.models], [models[0], models]);
      assert.deepEqual(JSON.parse(request.bodyFor("own", 9).toString()), {
        messages: MESSAGES,
        model: "own",
        max_tokens: 9,
      });
    });
  }

  const many = (count: number): string[] => Array.from({ length: count }, (_, index) => `m${index}`);
  for (const [name, fields, words] of [
    ["none", { models: [] }, /^`model`: expected a model such as/],
    ["one that is empty", { models: [""] }, /^`models\[0\]`: expected a model such as .*, found ""/],
    ["one that is a number", { model: "a", models: ["b", 7] }, /^`models\[1\]`: .*, found 7/],
    ["a text for them", { model: "a", models: "b" }, /^`models`: expected an array of at most 8 models, found "b"/],
    ["too many", { models: many(MODELS_OF_REQUEST_MAX + 1) }, /at most 8 models, found 9/],
    ["a model that is no text beside fallbacks", { model: 7, models: ["b"] }, /^`model`: .*, found 7/],
    [
      "a suffix that nobody knows",
      { model: "a/b:free" },
      /^`model`: expected .* `:floor` or `:nitro` or none, found the suffix `:free`/,
    ],
    ["such a suffix at a fallback", { models: ["a", "b:online"] }, /^`models\[1\]`: .*, found the suffix `:online`/],
    [
      "a wallet that is none",
      { model: `${WALLET.slice(1)}0:a` },
      /`<provider wallet>:<slug>`.*, found the suffix `:a`/,
    ],
  ] as const) {
    test(`are refused with ${name}`, () => assert.match(refusalOf(fields), words));
  }

  test("may be as many as the limit", () => {
    assert.equal(read({ models: many(MODELS_OF_REQUEST_MAX) }).models.length, MODELS_OF_REQUEST_MAX);
    assert.equal(read({ model: "a", models: many(MODELS_OF_REQUEST_MAX) }).models.length, MODELS_OF_REQUEST_MAX + 1);
  });
});

describe("a request's preferences", () => {
  test("are none where it has no provider member, or an empty one", () => {
    for (const provider of [undefined, null, {}, []]) {
      assert.equal(read({ model: "m", provider }).preferences, NO_PREFERENCES);
    }
  });

  test("are read from the text itself, wherever it stands, and no provider sees them", () => {
    const text = `{"messages":${JSON.stringify(MESSAGES)},"\\u0070rovider" : {"max_price":{"prompt":0.1000000000000000055}} ,"model":"m","x":1}`;
    const request = readChatRequest(Buffer.from(text));
    assert.deepEqual(request.preferences, { ...NO_PREFERENCES, maxPrice: { prompt: 100_000n } });
    assert.deepEqual(JSON.parse(request.bodyFor("own", 9).toString()), {
      messages: MESSAGES,
      model: "own",
      max_tokens: 9,
      x: 1,
    });
  });

  test("that are malformed refuse the request", () => {
    assert.match(
      refusalOf({ model: "m", provider: { sort: "speed" } }),
      /^`provider.sort`: expected "price" or .*found "speed"/,
    );
    assert.match(refusalOf({ model: "m", provider: "price" }), /^`provider`: expected an object, found "price"/);
  });
});

test("a request tells which parameters decide its answer", () => {
  const request = read({ model: "m", tools: [{ type: "function" }], temperature: 0.5, user: "me" });
  assert.deepEqual([...request.parameters], ["tools"]);
  assert.deepEqual([...read({ model: "m" }).parameters], []);
});

interface Message {
  readonly role: string;
  readonly content?: unknown;
}

/** What a conversation is known by, of a small body or of one that is large enough to come in pieces. */
function prefixOf(messages: readonly Message[], isLarge = false): string {
  const text = JSON.stringify({ model: "m", messages });
  if (!isLarge) return readChatRequest(Buffer.from(text)).prefix;
  const body = new ArrivingJson();
  body.add(Buffer.from(text + " ".repeat(WHOLE_JSON_BYTES_MAX)));
  return readChatRequest(body).prefix;
}

const SYSTEM = { role: "system", content: "You are a pirate." };
const ANSWER = { role: "assistant", content: "Arr!" };

describe("a conversation is known by", () => {
  test("its first words, also when it has grown", () => {
    const begun = [{ role: "user", content: "Hello" }];
    const prefix = prefixOf(begun);
    assert.match(prefix, /Hello/);
    assert.equal(prefixOf([...begun, ANSWER, { role: "user", content: "Another" }]), prefix);
    assert.equal(prefixOf([...begun, ANSWER, { role: "user", content: "x".repeat(100_000) }], true), prefix);
    assert.notEqual(prefixOf([{ role: "user", content: "Hello!" }]), prefix);
  });

  test("its user's first words too where the first are the system's", () => {
    const [one, other] = ["Hello", "Ahoy"].map((content) => prefixOf([SYSTEM, { role: "user", content }]));
    assert.notEqual(one, other);
    assert.match(one ?? "", /pirate.*\0Hello/s);
    const developer = { ...SYSTEM, role: "developer" };
    assert.equal(prefixOf([developer, SYSTEM, { role: "user", content: "Hello" }]), one);
    assert.equal(
      prefixOf([SYSTEM, { role: "user", content: "Hello" }, ANSWER, { role: "user", content: "Ahoy" }]),
      one,
    );
    assert.equal(prefixOf([SYSTEM]), "You are a pirate.");
    assert.equal(prefixOf([ANSWER, { role: "user", content: "Hello" }]), "Arr!");
  });

  test("its parts where its content has parts, images included", () => {
    const parts = (url: string): Message[] => [
      {
        role: "user",
        content: [
          { type: "text", text: "What is this?" },
          { type: "image_url", image_url: { url } },
        ],
      },
    ];
    assert.match(prefixOf(parts("https://a.example/1.png")), /What is this\?.*1\.png/s);
    assert.notEqual(prefixOf(parts("https://a.example/1.png")), prefixOf(parts("https://a.example/2.png")));
  });

  test("no more than its bound, of whatever kind its content is", () => {
    const nested: unknown[] = [];
    for (let index = 0; index < 50_000; index += 1) nested.push([]);
    for (const content of [
      "x".repeat(2_700),
      Array.from({ length: 900 }, () => "abc"),
      nested,
      { a: "x".repeat(99_999) },
      7,
      null,
      undefined,
      [],
    ]) {
      const prefix = prefixOf([
        { role: "system", content },
        { role: "user", content },
      ]);
      assert.ok(prefix.length <= 2 * PREFIX_CHARS_MAX + 1, `${prefix.length}`);
    }
    assert.equal(prefixOf([{ role: "user", content: "x".repeat(2_700) }]).length, PREFIX_CHARS_MAX);
  });

  test("the same in a small body and in a large one, which is not read whole", () => {
    const units = fc.constantFrom("a", "é", "\u{1f642}", "\ud800", '"', "\\", "\n", "\u{10000}");
    const lengths = fc.constantFrom(0, 1, 300, 341, 342, 2_047, 2_049, 2_730, 2_731, 16_383, 16_385, 40_000);
    const words = fc.tuple(units, units, lengths).map(([first, rest, length]) => first + rest.repeat(length));
    const content = fc.oneof(words, fc.array(fc.record({ type: fc.constant("text"), text: words }), { maxLength: 2 }));
    const messages = fc.array(fc.record({ role: fc.constantFrom("system", "user"), content }), {
      minLength: 1,
      maxLength: 2,
    });
    fc.assert(
      fc.property(messages, (some) => assert.equal(prefixOf(some, true), prefixOf(some))),
      { numRuns: 300 },
    );
  });
});
