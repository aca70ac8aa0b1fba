// What counts as output, and for how many bytes.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { outputBytes } from "./output-bytes.ts";

describe("output bytes", () => {
  for (const [part, bytes] of [
    [{ content: "abc" }, 3],
    [{ content: "é🙂" }, 6],
    [{ content: "\ud800" }, 3],
    [{ reasoning: "abcd" }, 4],
    [{ reasoning_content: "abcde" }, 5],
    [{ refusal: "no" }, 2],
    [
      { tool_calls: [{ id: "ignored", function: { name: "f", arguments: '{"a":1}' } }, { function: { name: "gh" } }] },
      10,
    ],
    [{ function_call: { name: "f", arguments: "{}" } }, 3],
    [
      {
        content: [
          { type: "text", text: "ab" },
          { type: "text", text: "c" },
        ],
      },
      3,
    ],
    [{ content: "a", reasoning: "b", refusal: "c", function_call: { name: "d" } }, 4],
    [{ reasoning: "same", reasoning_content: "same" }, 4],
    [{ role: "assistant", content: "", name: "x", id: "y" }, 0],
    [{ content: 7, reasoning: { text: "x" }, refusal: null, tool_calls: "x", function_call: [] }, 0],
    [{ content: ["x", null, { text: 7 }], tool_calls: [null, { function: "x" }, { name: "x" }] }, 0],
    [{ tool_calls: [{ type: "custom", custom: { name: "f", input: "free text" } }] }, 10],
    [{ content: [{ type: "thinking", thinking: [{ type: "text", text: "ab" }, null] }, { thinking: "cde" }] }, 5],
    [{ reasoning_details: [{ type: "reasoning.text", text: "ab" }, { data: "x" }] }, 2],
    [{ reasoning: "ab", reasoning_details: [{ type: "reasoning.text", text: "ab" }] }, 2],
    [{ audio: { data: "AAAA", transcript: "abc" } }, 3],
    [{ audio: { data: "AAAA" }, images: [{}], annotations: ["x"] }, 0],
    [null, 0],
    ["text", 0],
  ] as const) {
    test(`of ${JSON.stringify(part)} are ${bytes}, in a delta and in a message`, () => {
      assert.equal(outputBytes([{ delta: part }]), bytes);
      assert.equal(outputBytes([{ message: part }]), bytes);
    });
  }

  test("add up over all choices", () => {
    assert.equal(outputBytes([{ delta: { content: "ab" } }, {}, { delta: { content: "é" } }]), 4);
    assert.equal(outputBytes([]), 0);
  });

  test("of any content are those of its UTF-8", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string(), (content, reasoning) => {
        const bytes = Buffer.from(content).length + Buffer.from(reasoning).length;
        assert.equal(outputBytes([{ delta: { content, reasoning } }]), bytes);
      }),
    );
  });
});
