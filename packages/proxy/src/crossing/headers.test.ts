// Exactly the listed headers cross, in either direction.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { addPassingHeaders, passingHeaders, returningHeaders } from "./headers.ts";
import { HEADER_CHARS_MAX, RATE_LIMIT_HEADERS_MAX } from "../limits.ts";

function passed(headers: Record<string, string>, allowed: string[] = [], own: string[] = []): string[] {
  const list: string[] = [];
  addPassingHeaders(list, passingHeaders(allowed, new Set(own)), headers);
  return list;
}

describe("request headers", () => {
  test("only the built-in ones and the allowed ones pass", () => {
    const headers = {
      accept: "text/event-stream",
      "user-agent": "OpenAI/JS",
      "x-request-id": "r1",
      traceparent: "00-1",
      "x-session-id": "s1",
      "x-other": "no",
      authorization: "Bearer no",
      cookie: "no",
      "x-api-key": "no",
      "x-payment": "no",
    };
    assert.deepEqual(passed(headers, ["x-session-id"]), [
      ...["accept", "text/event-stream", "user-agent", "OpenAI/JS", "x-request-id", "r1", "traceparent", "00-1"],
      ...["x-session-id", "s1"],
    ]);
  });

  test("a header the provider sets itself does not pass", () => {
    assert.deepEqual(passed({ "user-agent": "theirs", accept: "a" }, [], ["user-agent"]), ["accept", "a"]);
  });

  test("a value that would break a header line, or is too long, does not pass", () => {
    assert.deepEqual(passed({ accept: "a\r\nauthorization: x" }), []);
    assert.deepEqual(passed({ accept: "a".repeat(HEADER_CHARS_MAX) }).length, 2);
    assert.deepEqual(passed({ accept: "a".repeat(HEADER_CHARS_MAX + 1) }), []);
  });
});

describe("response headers", () => {
  test("content type, retry-after, request id and rate-limit hints return, nothing else", () => {
    const headers = {
      "content-type": "application/json",
      "retry-after": "3",
      "x-request-id": "req_1",
      "x-ratelimit-remaining-tokens": "99",
      "set-cookie": ["a=b"],
      server: "vllm",
      "content-length": "12",
      "openai-organization": "org-1",
    };
    assert.deepEqual(returningHeaders(headers), {
      "content-type": "application/json",
      "retry-after": "3",
      "x-request-id": "req_1",
      "x-ratelimit-remaining-tokens": "99",
    });
  });

  test("`request-id` returns as x-request-id, after x-request-id itself", () => {
    assert.deepEqual(returningHeaders({ "request-id": "b" }), { "x-request-id": "b" });
    assert.deepEqual(returningHeaders({ "request-id": "b", "x-request-id": "a" }), { "x-request-id": "a" });
  });

  test("a repeated header returns once and hints are bounded", () => {
    assert.deepEqual(returningHeaders({ "content-type": ["a/b", "c/d"] }), { "content-type": "a/b" });
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`x-ratelimit-${index}`, "1"]));
    assert.equal(Object.keys(returningHeaders(many)).length, RATE_LIMIT_HEADERS_MAX);
  });
});
