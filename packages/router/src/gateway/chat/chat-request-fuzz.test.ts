// What this router reads in a request is what the provider's parser will read, in any spelling of JSON.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isAimoError } from "@aimo-network/protocol/errors";
import { jsonObjectText } from "@aimo-network/protocol/test-bed/json-text";
import fc from "fast-check";
import type { ChatRequest } from "./chat-request.ts";
import { readChatRequest } from "./chat-request.ts";

const ROUTER_FIELDS = new Set(["provider", "models", "route", "plugins", "transforms", "usage"]);
const OUTPUT_FIELDS = ["max_completion_tokens", "max_tokens"];
const CHANGED = new Set(["model", ...OUTPUT_FIELDS, ...ROUTER_FIELDS]);
const MESSAGES = '[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:,"}},"\\ud800"]}]';

const anything = jsonObjectText(
  [
    ...["model", "messages", "stream", "n", "max_tokens", "max_completion_tokens", "provider", "usage"],
    ...["models", "route", "tools"],
  ],
  ['"a/b"', MESSAGES, "true", "7", "[]", "{}", '["c/d"]', '"fallback"', '{"sort":"price","max_price":{"prompt":1}}'],
);

/** Texts that are often accepted: a model and messages stand in front, and may be overruled by what follows. */
const nearlyValid = anything.map((text) => {
  const rest = text.trim().slice(1);
  return `{"model":"a/b","messages":${MESSAGES}${rest.trimStart() === "}" ? "" : ","}${rest}`;
});

function read(bytes: Buffer): ChatRequest | undefined {
  try {
    return readChatRequest(bytes);
  } catch (error) {
    assert.ok(isAimoError(error), String(error));
    return undefined;
  }
}

function members(text: string): Map<string, unknown> {
  const value = JSON.parse(text) as object;
  return new Map(Object.keys(value).map((key) => [key, Object.getOwnPropertyDescriptor(value, key)?.value as unknown]));
}

test("a request is refused with an operating error, or read and passed on as a parser reads it", () => {
  let accepted = 0;
  fc.assert(
    fc.property(fc.oneof(anything, { weight: 5, arbitrary: nearlyValid }), (text) => {
      const request = read(Buffer.from(text));
      if (request === undefined) return;
      accepted += 1;
      const sent = members(text);
      const forwarded = members(request.bodyFor("mine", 77).toString());
      assert.equal(forwarded.get("model"), "mine");
      assert.equal(request.model, sent.get("model") ?? request.models[0]);
      assert.equal(request.stream, forwarded.get("stream") === true);
      assert.equal(request.maxTokens, sent.get("max_completion_tokens") ?? sent.get("max_tokens") ?? undefined);
      const bounds = OUTPUT_FIELDS.map((name) => forwarded.get(name) ?? undefined).filter(
        (bound) => bound !== undefined,
      );
      assert.ok(bounds.length > 0 && bounds.every((bound) => bound === 77));
      assert.equal(request.choices, sent.get("n") ?? 1);
      for (const field of ROUTER_FIELDS) assert.ok(!forwarded.has(field));
      const others = (all: Map<string, unknown>): [string, unknown][] =>
        [...all].filter(([key]) => !CHANGED.has(key)).toSorted(([a], [b]) => (a < b ? -1 : 1));
      assert.deepEqual(others(forwarded), others(sent));
    }),
    { numRuns: 2_000 },
  );
  assert.ok(accepted > 300, `${accepted} of 2000 were accepted`);
});

test("a valid request with bytes changed is refused with an operating error, or read", () => {
  const valid = Buffer.from(`{"model":"a/b","stream":true,"max_tokens":1e2,"messages":${MESSAGES},"x":"é\u{1f642}"}`);
  const words = ["\uFEFF", "\0", "\\", '"', "{", "]", "1e400", "NaN", "\\u", ",,", "//"];
  const put = fc.oneof(
    fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
    fc.constantFrom(...words).map((text) => Buffer.from(text)),
  );
  fc.assert(
    fc.property(fc.nat(valid.length), fc.nat(5), put, (at, removed, bytes) => {
      const request = read(Buffer.concat([valid.subarray(0, at), bytes, valid.subarray(at + removed)]));
      if (request !== undefined) assert.ok(members(request.bodyFor("mine", 77).toString()).has("messages"));
    }),
    { numRuns: 1_000 },
  );
});
