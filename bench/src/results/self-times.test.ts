import assert from "node:assert/strict";
import { test } from "node:test";
import { selfTimes } from "./self-times.ts";

const frame = (functionName: string, url: string, lineNumber: number) => ({ functionName, url, lineNumber });
const nodes = [
  { id: 1, callFrame: frame("(idle)", "", -1) },
  { id: 2, callFrame: frame("parse", "file:///somewhere/project/packages/router/src/a.ts", 9) },
  { id: 3, callFrame: frame("", "file:///somewhere/project/node_modules/ws/lib/b.js", 0) },
  { id: 4, callFrame: frame("parse", "file:///somewhere/project/packages/router/src/a.ts", 9) },
];

test("a function's own time is what passed until the next sample, idle time apart, from wherever it was called", () => {
  const profile = { nodes, samples: [2, 1, 3, 4, 2], timeDeltas: [0, 10, 500, 25, 5] };
  assert.deepEqual(selfTimes(profile), [
    { where: "(anonymous) node_modules/ws/lib/b.js:1", share: 25 / 40 },
    { where: "parse packages/router/src/a.ts:10", share: 15 / 40 },
  ]);
});
