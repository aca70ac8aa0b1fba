// What is taken on at once, on both sides of each limit.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isAimoError } from "@aimo-network/protocol/errors";
import { Admission } from "./admission.ts";
import { REQUEST_BODY_BYTES_MAX, REQUEST_BYTES_HELD_MAX } from "../limits.ts";
import type { ServedModel } from "./settings.ts";

function model(name: string, concurrencyMax = Infinity): ServedModel {
  const timeouts = { connectMs: 1, firstByteMs: 1, idleMs: 1, totalMs: 1 };
  return {
    name,
    provider: "p",
    modelJson: '"m"',
    addresses: new Map(),
    headers: [],
    passing: [],
    timeouts,
    concurrencyMax,
  };
}

describe("admission", () => {
  test("requests over all models are bounded, and one that leaves makes room", () => {
    const admission = new Admission();
    admission.enter(model("a"), 0, 2);
    admission.enter(model("b"), 0, 2);
    assert.throws(
      () => admission.enter(model("c"), 0, 2),
      (error) => isAimoError(error, "too_many_concurrent"),
    );
    assert.equal(admission.running, 2);
    admission.leave(model("a"), 0);
    admission.enter(model("c"), 0, 2);
  });

  test("requests of one model are bounded by the model", () => {
    const admission = new Admission();
    admission.enter(model("a", 1), 0, 10);
    assert.throws(
      () => admission.enter(model("a", 1), 0, 10),
      (error) => isAimoError(error, "too_many_concurrent"),
    );
    admission.enter(model("b", 1), 0, 10);
    admission.leave(model("a", 1), 0);
    admission.enter(model("a", 1), 0, 10);
  });

  test("a body of the limit is taken, one byte more is not", () => {
    const admission = new Admission();
    admission.enter(model("a"), REQUEST_BODY_BYTES_MAX, 10);
    assert.throws(
      () => admission.enter(model("a"), REQUEST_BODY_BYTES_MAX + 1, 10),
      (error) => isAimoError(error, "body_too_large"),
    );
  });

  test("bodies together are bounded, and a refused one counts for nothing", () => {
    const admission = new Admission();
    const count = REQUEST_BYTES_HELD_MAX / REQUEST_BODY_BYTES_MAX;
    for (let taken = 0; taken < count; taken += 1) admission.enter(model("a"), REQUEST_BODY_BYTES_MAX, 100);
    assert.throws(
      () => admission.enter(model("a"), 1, 100),
      (error) => isAimoError(error, "overloaded"),
    );
    admission.leave(model("a"), REQUEST_BODY_BYTES_MAX);
    admission.enter(model("a"), REQUEST_BODY_BYTES_MAX, 100);
    assert.equal(admission.running, count);
  });
});
