// A large request is understood as it is when it is read whole, and its provider gets the same bytes.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ArrivingJson } from "@aimo-network/protocol/arriving-json";
import { isAimoError } from "@aimo-network/protocol/errors";
import { WHOLE_JSON_BYTES_MAX } from "@aimo-network/protocol/limits";
import { inPieces, longString, pieceSizes, spelling } from "@aimo-network/protocol/test-bed/long-json";
import fc from "fast-check";
import { readChatRequest } from "./chat-request.ts";

const PADDING = " ".repeat(WHOLE_JSON_BYTES_MAX); // smaller bodies are read whole

function arriving(text: string | Uint8Array, sizes: readonly number[]): ArrivingJson {
  const json = new ArrivingJson();
  for (const piece of inPieces(text, sizes)) json.add(piece);
  return json;
}

function outcomeOf(body: Buffer | ArrivingJson): object {
  try {
    const { bodyFor, inputModalities, ...read } = readChatRequest(body);
    return { ...read, kinds: [...inputModalities], sent: Buffer.concat(bodyFor("offer", 9)).toString() };
  } catch (error) {
    if (!isAimoError(error)) throw error;
    return { refused: `${error.code}: ${error.message}` };
  }
}

const text = fc.oneof(longString, fc.constantFrom("user", "image_url", "text", ""));
const part = fc.record({ type: text, text, image_url: fc.record({ url: text }) }, { requiredKeys: [] });
const message = fc.oneof(
  { weight: 9, arbitrary: fc.record({ role: text, content: fc.oneof(text, fc.array(part, { maxLength: 3 })) }) },
  { weight: 1, arbitrary: text },
);
const body = fc.record(
  {
    model: fc.oneof({ weight: 4, arbitrary: fc.constant("a/b") }, { weight: 1, arbitrary: longString }),
    messages: fc.array(message, { minLength: 1, maxLength: 3 }),
    stream: fc.oneof({ weight: 4, arbitrary: fc.boolean() }, { weight: 1, arbitrary: longString }),
    usage: fc.record({ a: fc.array(fc.array(text, { maxLength: 1 }), { maxLength: 1 }) }),
    provider: fc.constantFrom(null, {}, { sort: "price", max_price: { prompt: 0.1 } }, { order: ["x".repeat(40_000)] }),
    models: fc.constantFrom([], ["c/d", "a/b:floor"]),
  },
  { requiredKeys: ["model", "messages"] },
);

describe("a large chat request", () => {
  test("comes out as it does when it is read whole, whatever its long strings are", () => {
    let passed = 0;
    fc.assert(
      fc.property(body, spelling, pieceSizes, (value, spell, sizes) => {
        const json = spell(value) + PADDING;
        const outcome = outcomeOf(arriving(json, sizes));
        assert.deepEqual(outcome, outcomeOf(Buffer.from(json)));
        if (!("refused" in outcome)) passed += 1;
      }),
      { numRuns: 500 },
    );
    assert.ok(passed > 50 && passed < 450, `${passed} of 500 passed: both ways have to be tried`);
  });

  test("that is not UTF-8 is refused as such, wherever it is not", () => {
    const content = `${"a ".repeat(40_000)}?${"a ".repeat(40_000)}`;
    const bytes = Buffer.from(JSON.stringify({ model: "m", messages: [{ role: "user", content }] }));
    bytes[bytes.indexOf("?")] = 0xff;
    const outcome = outcomeOf(arriving(bytes, [32_768]));
    assert.deepEqual(outcome, outcomeOf(bytes));
    assert.match(JSON.stringify(outcome), /bytes that are not UTF-8/);
  });
});
