// What an End says of an answer, however its bytes are cut.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";
import { isAimoError } from "@aimo-network/protocol/errors";
import type { AnswerShape } from "./answer-reader.ts";
import { answerShape, AnswerReader } from "./answer-reader.ts";
import { ANSWER_READ_BYTES_MAX } from "../limits.ts";

function read(shape: AnswerShape, ...chunks: string[]): AnswerReader {
  const reader = new AnswerReader(shape);
  for (const chunk of chunks) reader.push(Buffer.from(chunk));
  reader.end();
  return reader;
}

const GUIDE_JSON =
  '{"choices":[{"message":{"role":"assistant","content":"Hello! How can I help you today?"},"finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":8,"total_tokens":18}}';
const GUIDE_EVENTS = [
  'data: {"choices":[{"delta":{"content":"Hello"}}]}\n\n',
  'data: {"choices":[{"delta":{"content":" there"}}]}\n\n',
  'data: {"choices":[{"delta":{"content":"!"}}],"finish_reason":"stop","usage":{"prompt_tokens":10,"completion_tokens":3}}\n\n',
  "data: [DONE]\n\n",
];

describe("answer shape", () => {
  test("it follows the content type of a success, and errors are opaque", () => {
    assert.equal(answerShape(200, "text/event-stream; charset=utf-8"), "events");
    assert.equal(answerShape(200, "application/json"), "json");
    assert.equal(answerShape(201, "application/problem+json"), "json");
    assert.equal(answerShape(200, "text/html"), "opaque");
    assert.equal(answerShape(200, undefined), "opaque");
    assert.equal(answerShape(429, "application/json"), "opaque");
  });
});

describe("answer reader", () => {
  test("a JSON answer gives usage, finish reason, length and digest, cut anywhere", () => {
    for (const cut of [0, 1, 50, GUIDE_JSON.length - 1]) {
      const reader = read("json", ...[GUIDE_JSON.slice(0, cut), GUIDE_JSON.slice(cut)].filter((part) => part !== ""));
      assert.equal(reader.usage?.promptTokens, 10);
      assert.equal(reader.usage?.completionTokens, 8);
      assert.equal(reader.finishReason, "stop");
      assert.equal(reader.bytes, GUIDE_JSON.length);
      assert.equal(reader.digest(), createHash("sha256").update(GUIDE_JSON).digest("hex"));
    }
  });

  test("a stream with a top-level finish reason is read, cut at every byte", () => {
    const text = GUIDE_EVENTS.join("");
    for (const reader of [read("events", ...GUIDE_EVENTS), read("events", ...Array.from(text))]) {
      assert.equal(reader.usage?.completionTokens, 3);
      assert.equal(reader.finishReason, "stop");
      assert.equal(reader.digest(), createHash("sha256").update(text).digest("hex"));
    }
  });

  test("the last usage counts and null does not erase it", () => {
    const reader = read(
      "events",
      'data: {"choices":[{"finish_reason":null}],"usage":{"prompt_tokens":1,"completion_tokens":1}}\n\n',
      'data: {"choices":[{"finish_reason":"length"}],"usage": {"prompt_tokens":1,"completion_tokens":7}}\n\n',
      'data: {"choices":[],"usage":null}\n\n',
    );
    assert.equal(reader.usage?.completionTokens, 7);
    assert.equal(reader.finishReason, "length");
  });

  test("words of the answer that look like usage are not usage", () => {
    const event = JSON.stringify({
      choices: [{ delta: { content: '{"usage":{"prompt_tokens":9,"completion_tokens":9}}' } }],
    });
    assert.equal(read("events", `data: ${event}\n\n`).usage, undefined);
  });

  test("garbage gives nothing and breaks nothing", () => {
    assert.equal(read("json", '{"usage":{').usage, undefined);
    assert.equal(read("events", 'data: {"usage":{\n\n').usage, undefined);
    assert.equal(read("json", "null").finishReason, undefined);
    assert.equal(read("json").digest(), createHash("sha256").digest("hex"));
  });

  test("only whole events bring a stream on, comments do not", () => {
    const reader = new AnswerReader("events");
    assert.equal(reader.push(Buffer.from(": keep-alive\n\n")), false);
    assert.equal(reader.push(Buffer.from('data: {"choices"')), false);
    assert.equal(reader.push(Buffer.from(":[]}\n\n: keep")), true);
    assert.equal(reader.push(Buffer.from("-alive\n\n")), false);
    assert.equal(new AnswerReader("json").push(Buffer.from(" ")), true);
  });

  test("an event without end is an error of the provider", () => {
    const reader = new AnswerReader("events");
    const megabyte = Buffer.alloc(1024 * 1024, "a");
    reader.push(Buffer.from("data: "));
    assert.throws(
      () => {
        for (let count = 0; count < 20; count += 1) reader.push(megabyte);
      },
      (error) => isAimoError(error, "provider_error"),
    );
  });

  test("a JSON answer up to the limit is read, a longer one passes unread", () => {
    const padded = (bytes: number): string => `${" ".repeat(bytes - GUIDE_JSON.length)}${GUIDE_JSON}`;
    assert.equal(read("json", padded(ANSWER_READ_BYTES_MAX)).usage?.promptTokens, 10);
    const longer = read("json", padded(ANSWER_READ_BYTES_MAX + 1));
    assert.equal(longer.usage, undefined);
    assert.equal(longer.bytes, ANSWER_READ_BYTES_MAX + 1);
  });
});
