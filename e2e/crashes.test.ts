// No loss, no invention: whichever process is killed, wherever in a request's life, the books say afterwards what clients saw.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { systemClock } from "@aimo-network/protocol/clock";
import { firstUuidAt } from "@aimo-network/protocol/ids";
import type { AnswerJudge, Fate } from "./crash/answer-rules.ts";
import { createAnswerJudge } from "./crash/answer-rules.ts";
import { brokenRules } from "./crash/book-rules.ts";
import type { CrashNetwork } from "./crash/crash-network.ts";
import { startCrashNetwork } from "./crash/crash-network.ts";
import { planRuns, POINTS, VICTIMS } from "./crash/crash-plan.ts";
import { crashRun } from "./crash/crash-run.ts";
import type { SeenAnswer } from "./crash/plain-client.ts";

const SEED = 1; // `npm run chaos` draws others
const RUNS = 60;
const EACH_MIN = 3;

describe("the books agree with what clients saw after", () => {
  let network: CrashNetwork;
  let judge: AnswerJudge;
  const first = firstUuidAt(systemClock.now());
  const reached = new Map<string, number>();
  const fates = new Map<Fate, number>();
  const seen: SeenAnswer[] = [];
  let failed: string | undefined;

  before(async () => {
    network = await startCrashNetwork();
    judge = createAnswerJudge(network);
  });
  after(() => network.stop());

  for (const plan of planRuns(SEED, RUNS)) {
    const { number, victim, point } = plan;
    test(`a kill of ${victim} at ${point} (run ${number} of seed ${SEED})`, async () => {
      assert.equal(failed, undefined, "an earlier run left the network broken");
      failed = `run ${number}`;
      const report = await crashRun(network, judge, plan);
      failed = undefined;
      const cell = `${victim} at ${point}`;
      reached.set(cell, (reached.get(cell) ?? 0) + 1);
      for (const fate of report.fates) fates.set(fate, (fates.get(fate) ?? 0) + 1);
      seen.push(...report.seen);
    });
  }

  test("all kills together, once everything is at rest", async () => {
    const all = await judge.judge(first, seen);
    assert.equal(
      all.size,
      [...fates.values()].reduce((sum, count) => sum + count, 0),
    );
    assert.deepEqual(await brokenRules(network.query), []);
    assert.deepEqual(network.spooled(), []);
    assert.equal(await network.checkLedger(), "0");
  });

  test("every kill at every point at least three times, and after every fate that a kill can bring", (t) => {
    for (const victim of VICTIMS) {
      for (const point of POINTS) {
        const times = reached.get(`${victim} at ${point}`) ?? 0;
        assert.ok(times >= EACH_MIN, `${victim} was killed at ${point} ${times} times`);
      }
    }
    for (const fate of ["charged", "charged unseen", "charged from a replay", "free"] as const) {
      assert.ok((fates.get(fate) ?? 0) > 0, `no answer was ${fate}`);
    }
    t.diagnostic([...fates].map(([fate, count]) => `${count} ${fate}`).join(", "));
  });
});
