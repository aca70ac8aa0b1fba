import assert from "node:assert/strict";
import { test } from "node:test";
import { AimoError } from "./errors.ts";
import { errorTrace } from "./error-trace.ts";

const SECRET = "MARKER-of-a-prompt";

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return assert.fail("nothing was thrown");
}

test("an error is told by name, code and place, also through its causes, and never in words", () => {
  const parse = thrownBy(() => JSON.parse(SECRET) as unknown);
  assert.match(String(parse), new RegExp(SECRET), "the parser's own message quotes what it read");
  const error = new AimoError(
    "provider_refused",
    { provider: "w", status: 400, detail: SECRET, raw: SECRET },
    { cause: parse },
  );
  const trace = errorTrace(error);
  assert.doesNotMatch(JSON.stringify(trace), /MARKER/);
  assert.deepEqual([trace.name, trace.code, trace.cause?.name], ["AimoError", "provider_refused", "SyntaxError"]);
  assert.ok(trace.frames.length > 0);
  assert.match(trace.frames[0] ?? "", /error-trace\.test\.ts:\d+:\d+\)?$/);
  assert.match(trace.cause?.frames.join("\n") ?? "", /error-trace\.test\.ts/);
});

test("a message that looks like a stack, a changed message, name and code all stay out", () => {
  const looksLikeFrames = new Error(`x\n    at ${SECRET} (/a/b.ts:1:2)\n    at /${SECRET}.ts:1:2`);
  assert.doesNotMatch(JSON.stringify(errorTrace(looksLikeFrames)), /MARKER/);
  assert.ok(errorTrace(looksLikeFrames).frames.length > 0);
  const changed = new Error(`one\n    at /${SECRET}.ts:1:2`);
  changed.message = "another";
  assert.doesNotMatch(JSON.stringify(errorTrace(changed)), /MARKER/);
  const named = Object.assign(new Error("x"), { name: `${SECRET} name`, code: `${SECRET}: code` });
  assert.doesNotMatch(JSON.stringify(errorTrace(named)), /MARKER/);
});

test("what is no error is told by its type, and a circle of causes ends", () => {
  assert.deepEqual(errorTrace(SECRET), { name: "a thrown string", frames: [] });
  const circle = new Error("x");
  circle.cause = circle;
  assert.ok(JSON.stringify(errorTrace(circle)).length < 20_000);
});
