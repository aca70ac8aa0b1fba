import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import type { RouterMetrics } from "./metrics.ts";
import { createMetrics } from "./metrics.ts";

const SAMPLE = /^(aimo_(?:chain|settle|admission)\w*) (\S+)$/gm;

function start(t: TestContext): RouterMetrics {
  const metrics = createMetrics(manualClock(), { links: () => 0, bodiesHeldBytes: () => 0, answersHeldBytes: () => 0 });
  t.after(() => metrics.close());
  return metrics;
}

/** What the page says of money. */
async function samples({ page }: RouterMetrics): Promise<Record<string, string>> {
  return Object.fromEntries([...(await page()).matchAll(SAMPLE)].map(([, name = "", value = ""]) => [name, value]));
}

test("before anything is told, and without a chain, everything is 0", async (t) => {
  assert.deepEqual(await samples(start(t)), {
    aimo_chain_slot: "0",
    aimo_chain_seen_age_seconds: "0",
    aimo_chain_short_nano_usdc: "0",
    aimo_settle_batches_open: "0",
    aimo_admission_stopped: "0",
    aimo_chain_disagreements_total: "0",
  });
});

test("the page says what was told last, and how old it is when somebody asks", async (t) => {
  const metrics = start(t);
  const { money } = metrics.counts;
  let ageMs = 1_500;
  money.seen(7n, () => 1);
  money.seen(123_456_789n, () => ageMs);
  money.short(42n);
  money.openBatches(3);
  money.admission(true);
  money.disagreement();
  money.disagreement();
  const expected = {
    aimo_chain_slot: "123456789",
    aimo_chain_seen_age_seconds: "1.5",
    aimo_chain_short_nano_usdc: "42",
    aimo_settle_batches_open: "3",
    aimo_admission_stopped: "1",
    aimo_chain_disagreements_total: "2",
  };
  assert.deepEqual(await samples(metrics), expected);
  ageMs = 4_000;
  money.admission(false);
  assert.deepEqual(await samples(metrics), {
    ...expected,
    aimo_chain_seen_age_seconds: "4",
    aimo_admission_stopped: "0",
  });
});
