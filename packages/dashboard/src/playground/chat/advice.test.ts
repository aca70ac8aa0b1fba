import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiFault } from "../../api/api-fault.ts";
import { ConsoleFault } from "../../api/fault-words.ts";
import { adviceFor } from "./advice.ts";

const refused = (status: number, code: string, more: object = {}): ApiFault =>
  new ApiFault(status, { error: { message: `The router said ${code}.`, metadata: { error_code: code, ...more } } });

test("money that is missing leads to the credits", () => {
  for (const [status, code] of [
    [402, "insufficient_balance"],
    [402, "allowance_exceeded"],
    [424, "escrow_not_opened"],
  ] as const) {
    const { what, next, remedy } = adviceFor(refused(status, code));
    assert.deepEqual([what, remedy.kind], [`The router said ${code}.`, "deposit"]);
    assert.match(next ?? "", /Credits page/);
  }
});

test("a session that has ended leads to the wallet", () => {
  for (const code of ["missing_session", "csrf_missing", "missing_key"]) {
    assert.equal(adviceFor(refused(401, code)).remedy.kind, "connect", code);
  }
});

test("a model that nobody offers is answered with those that are near", () => {
  const { remedy } = adviceFor(refused(404, "model_not_found", { near: ["a/b", 7, "c/d", "e/f", "g/h"] }));
  assert.deepEqual(remedy, { kind: "model", near: ["a/b", "c/d", "e/f"] });
  assert.deepEqual(adviceFor(refused(404, "model_not_found")).remedy, { kind: "model", near: [] });
});

test("what may succeed the next time can be asked again, and what cannot is not offered", () => {
  assert.equal(adviceFor(refused(429, "rate_limited")).remedy.kind, "again");
  assert.equal(adviceFor(refused(502, "provider_error")).remedy.kind, "again");
  assert.equal(adviceFor(refused(408, "provider_timeout", { retryable: true })).remedy.kind, "again");
  assert.equal(adviceFor(refused(400, "invalid_request")).remedy.kind, "none");
  assert.equal(adviceFor(refused(403, "content_moderated")).remedy.kind, "none");
  assert.deepEqual(adviceFor(new ConsoleFault("It broke.", "Do this.")), {
    what: "It broke.",
    next: "Do this.",
    remedy: { kind: "again" },
  });
});

test("a code that is the name of something else has no advice of its own", () => {
  for (const code of ["__proto__", "constructor", "toString"]) {
    assert.deepEqual(adviceFor(refused(400, code)), { what: `The router said ${code}.`, remedy: { kind: "none" } });
  }
});
