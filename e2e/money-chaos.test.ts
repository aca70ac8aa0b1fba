// No loss, no invention on the way to the chain: wherever routers die and whatever nodes do, ledger and chain agree afterwards.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Lanes } from "./money-chaos/lanes.ts";
import { startLanes } from "./money-chaos/lanes.ts";
import { FAULT_KINDS, planRuns } from "./money-chaos/money-plan.ts";
import { planWords } from "./money-chaos/plan-words.ts";
import { POINTS, STAGES, pointName } from "./money-chaos/points.ts";

const SEED = 1; // `npm run chaos:money` draws others
const RUNS = 48;
const EACH_MIN = 3;

describe("chain and ledger agree after", () => {
  const plans = planRuns(SEED, RUNS);
  const struck = new Map<string, number>();
  let lanes: Lanes;

  before(() => {
    lanes = startLanes(plans);
  });
  after(() => lanes.ended);

  for (const plan of plans) {
    test(`run ${plan.number} of seed ${SEED}: ${planWords(plan)}`, async () => {
      const { points } = await lanes.report(plan.number);
      for (const point of points) struck.set(point, (struck.get(point) ?? 0) + 1);
    });
  }

  test("a router was struck at every point, and every fault of a node came, at least three times", () => {
    for (const point of STAGES.flatMap((stage) => POINTS[stage])) {
      const times = struck.get(pointName(point)) ?? 0;
      assert.ok(times >= EACH_MIN, `a router was ${pointName(point)} ${times} times`);
    }
    for (const kind of FAULT_KINDS) {
      const times = plans.filter(({ fault }) => fault.kind === kind).length;
      assert.ok(times >= EACH_MIN, `nodes were ${kind} ${times} times`);
    }
  });
});
