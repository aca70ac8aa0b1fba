// The count of what keys use: both sides of its bounds, and nothing left when requests have ended.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isAimoError } from "@aimo-network/protocol/errors";
import fc from "fast-check";
import type { KeyVisit } from "./key-use.ts";
import { createKeyUse } from "./key-use.ts";

const ofKey = (error: unknown): boolean =>
  isAimoError(error, "too_many_concurrent") && error.status === 429 && error.message.startsWith("This API key has ");
const ofRouter = (error: unknown): boolean => isAimoError(error, "overloaded") && error.status === 503;

const BOUNDS = { requestsPerKeyMax: 3, bodyBytesPerKeyMax: 10, bodyBytesMax: 15 };

describe("a key", () => {
  test("has as many requests as it may, not one more, and again one when one has left", () => {
    const use = createKeyUse(BOUNDS);
    const visits = [use.enter("a"), use.enter("a"), use.enter("a")];
    assert.throws(() => use.enter("a"), ofKey);
    visits[1]?.leave();
    use.enter("a");
    assert.throws(() => use.enter("a"), ofKey);
  });

  test("holds as many body bytes as it may over all its requests, not one more, and again when one has left", () => {
    const use = createKeyUse(BOUNDS);
    const [first, second] = [use.enter("a"), use.enter("a")];
    first.hold(4);
    second.checkRoom(6);
    second.hold(6);
    assert.throws(() => first.checkRoom(1), ofKey);
    assert.throws(() => first.hold(1), ofKey);
    second.leave();
    first.hold(6);
    assert.throws(() => first.hold(1), ofKey);
  });

  test("takes from others only what the process holds of all together", () => {
    const use = createKeyUse(BOUNDS);
    use.enter("a").hold(10);
    const other = use.enter("b");
    assert.throws(() => other.hold(6), ofRouter);
    assert.equal(use.bodyBytes, 10);
    other.hold(5);
    assert.throws(() => other.checkRoom(1), ofRouter);
    assert.equal(use.keys, 2);
  });

  test("that leaves twice, or is counted after it left, has left once", () => {
    const use = createKeyUse(BOUNDS);
    const [first, second] = [use.enter("a"), use.enter("a")];
    first.hold(5);
    first.leave();
    first.leave();
    first.hold(10);
    second.hold(10);
    second.leave();
    assert.deepEqual([use.keys, use.bodyBytes], [0, 0]);
  });
});

function passes(act: () => void): boolean {
  try {
    act();
    return true;
  } catch (error) {
    assert.ok(ofKey(error) || ofRouter(error));
    return false;
  }
}

test("however visits overlap, each passes exactly where it fits, and nothing is left in the end", () => {
  const step = fc.record({ key: fc.constantFrom("a", "b"), what: fc.nat(2), which: fc.nat(9), bytes: fc.nat(6) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const use = createKeyUse(BOUNDS);
      const running: { key: string; visit: KeyVisit; bytes: number }[] = [];
      const sum = (of: typeof running): number => of.reduce((bytes, one) => bytes + one.bytes, 0);
      for (const { key, what, which, bytes } of steps) {
        const own = running.filter((one) => one.key === key);
        const one = own[which % Math.max(1, own.length)];
        if (what === 0) {
          const enters = passes(() => void running.push({ key, visit: use.enter(key), bytes: 0 }));
          assert.equal(enters, own.length < 3);
        } else if (what === 1 && one !== undefined) {
          const fits = sum(own) + bytes <= 10 && sum(running) + bytes <= 15;
          assert.equal(
            passes(() => one.visit.hold(bytes)),
            fits,
          );
          if (fits) one.bytes += bytes;
        } else if (one !== undefined) {
          one.visit.leave();
          running.splice(running.indexOf(one), 1);
        }
        assert.equal(use.bodyBytes, sum(running));
      }
      for (const { visit } of running) visit.leave();
      assert.deepEqual([use.keys, use.bodyBytes], [0, 0]);
    }),
  );
});
