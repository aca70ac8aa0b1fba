// Events that are like others but for their text: read as every event is, only quicker, and nothing else is taken for one.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { AnswerEvent } from "./answer-event.ts";
import { readAnswerEvent } from "./answer-event.ts";
import type { Likeness } from "./like-events.ts";
import { likenessOf, readLikeEvent } from "./like-events.ts";

const WALLET = "w";

function chunk(delta: object, more: object = {}): string {
  const choices = [{ index: 0, delta, finish_reason: null }];
  return JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices, ...more });
}

function likeness(text: string): Likeness | undefined {
  return likenessOf(readAnswerEvent(text, WALLET));
}

function shownOf({ value, hasOutput, outputBytes, finishReason, usage, text }: AnswerEvent): object {
  return { value, hasOutput, outputBytes, finishReason, usage, text };
}

/** What is read of `data` by its likeness to `first`, checked against what is read of it alone; undefined where it is not like it. */
function readLike(first: string, data: string): AnswerEvent | undefined {
  const common = likeness(first);
  assert.ok(common, first);
  const event = readLikeEvent(data, common);
  if (event !== undefined) assert.deepEqual(shownOf(event), shownOf(readAnswerEvent(data, WALLET)));
  return event;
}

describe("an event that is like the one before but for its text", () => {
  test("is read as it would be alone, whatever its text", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({ unit: "grapheme" }),
      fc.constantFrom("", "a", "ü", "\ud800"),
    );
    const member = fc.constantFrom("content", "reasoning_content");
    const more = fc.constantFrom(
      {},
      { usage: null },
      { usage: {} },
      { x_groq: { id: "r" } },
      { service_tier: "default" },
    );
    fc.assert(
      fc.property(member, text, more, fc.boolean(), (name, said, beside, isSpaced) => {
        const write = (words: string): string => {
          const written = chunk({ [name]: words }, beside);
          return isSpaced ? JSON.stringify(JSON.parse(written), null, 1).replaceAll("\n", "") : written;
        };
        const event = readLike(write("Hello"), write(said));
        const isPlain = said !== "" && JSON.stringify(said) === `"${said}"`;
        if (isPlain) assert.equal(event?.said, said);
        else assert.equal(event, undefined);
      }),
    );
  });

  test("is one whose text could end its string, or is written otherwise, or is none, only alone", () => {
    const { before, after } = likeness(chunk({ content: "a" })) as Likeness;
    for (const said of [
      'b"',
      "b\\",
      '\\"',
      "\\n",
      "\n",
      "\u0000",
      "\u001f",
      "",
      '","content":"c',
      '"}}],"usage":{"x":"',
    ]) {
      assert.equal(readLikeEvent(before + said + after, { before, after }), undefined, said);
    }
    assert.equal(readLikeEvent(before + after.slice(1), { before, after }), undefined);
    assert.equal(readLikeEvent(`${before}x${after} `, { before, after }), undefined);
  });

  test("has its output counted where its member stands twice, of which the last counts", () => {
    const twice = (said: string): string => `{"choices":[{"index":0,"delta":{"content":"never","content":"${said}"}}]}`;
    assert.equal(readLike(twice("a"), twice("longer"))?.outputBytes, 6);
    const first = (said: string): string => `{"choices":[{"index":0,"delta":{"content":"${said}","content":"a"}}]}`;
    assert.equal(readLike(first("a"), first("longer")), undefined);
  });
});

test("an event that says more than one text, or ends or counts something, is like no other", () => {
  const others = [
    chunk({ role: "assistant" }),
    chunk({ content: "" }),
    chunk({ content: "a\n" }),
    chunk({ content: ["a"] }),
    chunk({ content: "a", refusal: "b" }),
    chunk({ content: "a", reasoning: "b" }),
    chunk({ reasoning_content: "a", reasoning: "abc" }),
    chunk({ content: "a", tool_calls: [{ function: { name: "f", arguments: "x" } }] }),
    chunk({ tool_calls: [{ function: { arguments: "x" } }] }),
    chunk({ content: "a" }, { usage: { prompt_tokens: 1, completion_tokens: 1 } }),
    chunk({ content: "a" }, { finish_reason: "stop" }),
    '{"choices":[{"index":0,"delta":{"content":"\\u0061"}}]}',
    '{"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}]}',
    '{"choices":[{"index":0,"message":{"content":"a"}}]}',
    '{"choices":[{"index":0,"delta":{"content":"a"}},{"index":1,"delta":{"content":"a"}}]}',
    '{"choices":[{"index":0,"delta":{"content":"a"}}\n]}',
  ];
  for (const text of others) assert.equal(likeness(text), undefined, text);
});
