// Whatever is told of whatever offer in whatever order.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { manualClock } from "@aimo-network/protocol/clock";
import { createOfferHealth } from "./create-offer-health.ts";
import { HealthChanges } from "./health-changes.ts";
import type { Judgement } from "./offer-health.ts";

const measurement = fc.option(fc.oneof(fc.double(), fc.integer({ min: -5, max: 1e9 })), { nil: undefined });

const judgement = fc.record<Judgement>(
  {
    offerId: fc.constantFrom("a/m", "b/m", "c/m"),
    payerWallet: fc.oneof(fc.constantFrom("ann", "ben", "carl", ""), fc.string()),
    outcome: fc.constantFrom("succeeded", "failed", "limited"),
    retryAfterMs: measurement,
    firstOutputMs: measurement,
    tokensPerSecond: measurement,
  },
  { requiredKeys: ["offerId", "payerWallet", "outcome"] },
);

const step = fc.tuple(
  judgement,
  fc.oneof(fc.integer({ min: 0, max: 40_000 }), fc.integer({ min: 0, max: 90_000_000 })),
);

test("any judgements in any order leave tiers, shares and times that can be", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 150 }), fc.boolean(), (steps, probes) => {
      const clock = manualClock();
      const changes = new HealthChanges();
      const health = createOfferHealth({ clock, changes });
      let version = health.version;
      for (const [told, passedMs] of steps) {
        const { offerId, payerWallet } = told;
        if (probes && health.mayProbe(offerId, "")) health.probed(offerId);
        health.judge(told);
        assert.ok(["good", "degraded", "resting", "outage"].includes(health.tier(offerId, payerWallet)));
        if (health.isProving(offerId, "")) assert.ok(["degraded", "resting"].includes(health.tier(offerId, "")));
        const { uptime5m, uptime30m, uptime1d, firstOutputMs, tokensPerSecond, recentFirstOutputMs } =
          health.measured(offerId);
        for (const percent of [uptime5m, uptime30m, uptime1d])
          assert.ok(percent === undefined || (percent >= 0 && percent <= 100));
        if (firstOutputMs !== undefined) assert.ok(firstOutputMs.p50 <= firstOutputMs.p99 && firstOutputMs.p50 > 0);
        if (tokensPerSecond !== undefined)
          assert.ok(tokensPerSecond.p50 >= tokensPerSecond.p99 && tokensPerSecond.p99 > 0);
        assert.ok(recentFirstOutputMs === undefined || recentFirstOutputMs >= 0);
        clock.advance(passedMs);
        assert.ok(health.version >= version);
        version = health.version;
      }
      clock.advance(1_000_000);
      for (const offerId of ["a/m", "b/m", "c/m"]) {
        assert.ok(["good", "degraded"].includes(health.tier(offerId, "")), "neither an outage nor a rest is for ever");
        assert.equal(health.mayProbe(offerId, ""), true, "and what is not good is tried again");
      }
      const written = changes.take();
      for (const { succeeded, failed } of written?.slots ?? [])
        assert.ok(succeeded >= 0 && failed >= 0 && succeeded + failed > 0);
    }),
    { numRuns: 300 },
  );
});
