import assert from "node:assert/strict";
import { test } from "node:test";
import { followsAfter } from "./follow-end.ts";

test("an answer that grows below the page is followed on", () => {
  assert.equal(followsAfter(true, { top: 500, below: 0 }, { top: 500, below: 400 }), true);
  assert.equal(followsAfter(true, { top: 500, below: 400 }, { top: 900, below: 60 }), true);
});

test("going up ends it, however little", () => {
  assert.equal(followsAfter(true, { top: 500, below: 0 }, { top: 440, below: 60 }), false);
  assert.equal(followsAfter(false, { top: 440, below: 60 }, { top: 440, below: 300 }), false);
});

test("going down is no following yet, but arriving at the end is", () => {
  assert.equal(followsAfter(false, { top: 100, below: 900 }, { top: 400, below: 600 }), false);
  assert.equal(followsAfter(false, { top: 400, below: 600 }, { top: 980, below: 20 }), true);
});
