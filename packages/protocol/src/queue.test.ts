// A queue gives back what it was given, in order, however pushes and takes interleave.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { Queue } from "./queue.ts";

describe("Queue", () => {
  test("an empty queue has nothing to take", () => {
    const queue = new Queue<string>();
    assert.equal(queue.take(), undefined);
    assert.equal(queue.length, 0);
  });

  test("items come out in the order they went in, however pushes and takes interleave", () => {
    const steps = fc.array(fc.record({ push: fc.nat(1_500), take: fc.nat(1_500) }), { maxLength: 12 });
    fc.assert(
      fc.property(steps, (counts) => {
        const queue = new Queue<number>();
        let pushed = 0;
        let taken = 0;
        for (const { push, take } of counts) {
          for (let left = push; left > 0; left -= 1) queue.push(pushed++);
          for (let left = take; left > 0; left -= 1) {
            const item = queue.take();
            assert.equal(item, taken < pushed ? taken : undefined);
            if (item !== undefined) taken += 1;
          }
          assert.equal(queue.length, pushed - taken);
        }
      }),
    );
  });

  test("a cleared queue is empty and can be used again", () => {
    const queue = new Queue<number>();
    for (const item of [1, 2, 3]) queue.push(item);
    queue.take();
    queue.clear();
    assert.equal(queue.length, 0);
    queue.push(4);
    assert.equal(queue.take(), 4);
    assert.equal(queue.take(), undefined);
  });
});
