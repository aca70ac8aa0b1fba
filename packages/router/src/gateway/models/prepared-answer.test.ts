// The forms of a prepared answer: made once, a few at a time, and again where making one failed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { COMPRESSIONS_AT_ONCE_MAX } from "./limits.ts";
import type { Compressor } from "./prepared-answer.ts";
import { createCompressor, PreparedAnswer } from "./prepared-answer.ts";

const answer = (text: string, isCommon = false): PreparedAnswer => new PreparedAnswer(Buffer.from(text), { isCommon });

test("a form is made once for all who ask meanwhile and after", async () => {
  let made = 0;
  const real = createCompressor();
  const compressor: Compressor = {
    compress: (...asked) => {
      made += 1;
      return real.compress(...asked);
    },
  };
  const one = answer("text");
  const forms = await Promise.all([one.form("gzip", compressor), one.form("gzip", compressor)]);
  assert.equal(forms[0], forms[1]);
  assert.equal(one.form("gzip", compressor), forms[0], "then without a promise");
  assert.equal(gunzipSync(forms[0] ?? Buffer.of()).toString(), "text");
  assert.equal(made, 1);
  assert.equal(one.form("identity", compressor), one.plain);
});

test("a few answers are compressed at once, others are sent as they are, and the commonest is compressed anyway", async () => {
  const compressor = createCompressor();
  const some = Array.from({ length: COMPRESSIONS_AT_ONCE_MAX }, (_, index) => answer(`some ${index}`));
  const running = some.map((one) => one.form("br", compressor));
  const another = answer("another");
  assert.equal(another.form("br", compressor), undefined);
  const common = answer("common", true).form("br", compressor);
  assert.ok(common instanceof Promise);
  await Promise.all([...running, common]);
  assert.ok(another.form("br", compressor) instanceof Promise, "there is room again");
});

test("a form that could not be made is made for whoever asks next", async () => {
  const real = createCompressor();
  let isBroken = true;
  const compressor: Compressor = {
    compress: (...asked) => (isBroken ? Promise.reject(new Error("no memory")) : real.compress(...asked)),
  };
  const one = answer("text");
  await assert.rejects(async () => await one.form("gzip", compressor), /no memory/);
  isBroken = false;
  assert.ok(await one.form("gzip", compressor));
});

test("answers have one tag where they are equal, and another in each form", () => {
  assert.equal(answer("x").tag("gzip"), answer("x").tag("gzip"));
  assert.notEqual(answer("x").tag("gzip"), answer("y").tag("gzip"));
  assert.notEqual(answer("x").tag("gzip"), answer("x").tag("identity"));
});
