// What a provider earned, to the last digit, and what was not paid and why.
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { describe, test } from "node:test";
import { EARNINGS_DAYS_MAX } from "../limits.ts";
import { openProviderScene } from "../test-bed/provider-scene.ts";
import { providerEarnings } from "./earnings.ts";

describe("provider earnings", () => {
  const day = (date: string): object => ({ date, model: "a/m", requests: 2, earned: "0.1" });
  const answer = (more: object = {}): object => ({
    data: { claimable: "1.5", withdrawing: "0", payable: "0.000000001", by_day: [], unpaid: [], ...more },
  });
  const earnings = async (t: TestContext, body: object, days?: string) => {
    const { context } = await openProviderScene(t, { "/api/v1/provider/earnings": body });
    const outcome = await providerEarnings(context, { arguments: [], options: days === undefined ? {} : { days } });
    return { text: outcome?.text ?? "", data: (outcome?.data ?? {}) as Record<string, unknown> };
  };

  test("shows what is claimable and unsettled to the last digit, by day, and what was not paid", async (t) => {
    const unpaid = [
      { reason: "no_usage", count: 3, amount: "0.2" },
      { reason: "new_reason", count: 1, amount: "0" },
    ];
    const { text } = await earnings(t, answer({ by_day: [day("2026-11-25"), day("2026-11-26")], unpaid }));
    assert.match(text, /Claimable +1\.5 USDC \(aimo provider withdraw/);
    assert.match(text, /Unsettled +0\.000000001 USDC/);
    assert.ok(text.indexOf("2026-11-26") < text.indexOf("2026-11-25"), "the newest day first");
    assert.match(text, /the upstream reported no usage +3 +0\.2\n/);
    assert.match(text, /new_reason +1 +0/);
  });

  test("lists as many days as are wanted", async (t) => {
    const rows = ["2026-11-24", "2026-11-25", "2026-11-26"].map(day);
    const { data } = await earnings(t, answer({ by_day: rows }), "2");
    assert.deepEqual(
      (data["by_day"] as { date: string }[]).map(({ date }) => date),
      ["2026-11-26", "2026-11-25"],
    );
    for (const days of ["0", "many", String(EARNINGS_DAYS_MAX + 1)]) {
      await assert.rejects(earnings(t, answer(), days), /--days: expected whole days from 1 to/);
    }
  });

  test("an amount that is none is refused rather than shown", async (t) => {
    for (const claimable of ["lots", -1, "1.0000000001", null]) {
      await assert.rejects(earnings(t, answer({ claimable })), /answer about earnings is none/);
    }
  });
});
