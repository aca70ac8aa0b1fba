// What a wallet has, as it is told over HTTP: to the nano, and only to its own.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import type { ActivityServer } from "../../test-bed/activity-server.ts";
import { startActivityServer } from "../../test-bed/activity-server.ts";

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 10, 25, 8);

describe("credits and balance", () => {
  let bed: ActivityServer;
  before(async () => void (bed = await startActivityServer(manualClock(NOW))));
  after(() => bed.close());

  test("say to the nano what came in, is locked, was charged and is not settled", async () => {
    const { user, key } = await bed.payer(9_007_199_254_740_993n);
    await bed.posted.deposit(user, 1_000_000_007n, 2n);
    const [one, other] = [await bed.posted.party(), await bed.posted.party()];
    await bed.posted.answer({ key, provider: one, atMs: NOW - 40 * DAY_MS, cost: 3n });
    await bed.posted.answer({ key, provider: other, atMs: NOW, cost: 1_000_000_000n });
    await bed.posted.lock(key, one, 250n);
    await bed.posted.settle(user, other, 999_000_000n, 10n);
    const { text } = await bed.get("/credits", { session: user.wallet });
    assert.equal(
      text,
      '{"data":{"total_credits":9007200.254741,"total_usage":1.000000003,"deposited":"9007200.254741","charged":"1.000000003"}}',
    );
    assert.deepEqual(await bed.data("/account/balance", { session: user.wallet }), {
      available: "9007199.254740747",
      locked: "0.00000025",
      withdrawing: "0",
      payable: "0.001000003",
      lockable: "9007199.254740747",
      deposited: "9007200.254741",
    });
  });

  test("say what the allowance still lets a request lock", async () => {
    const { user } = await bed.payer(1_000n);
    await bed.database.query("UPDATE users SET allowance = 400 WHERE id = $1", [user.number]);
    const balance = await bed.data<Record<string, string>>("/account/balance", { session: user.wallet });
    assert.deepEqual([balance["available"], balance["lockable"]], ["0.000001", "0.0000004"]);
  });

  test("of a wallet that nobody knows are nothing", async () => {
    const caller = { session: "1".repeat(32) };
    assert.deepEqual(await bed.data("/credits", caller), {
      total_credits: 0,
      total_usage: 0,
      deposited: "0",
      charged: "0",
    });
    const nothing = { available: "0", locked: "0", withdrawing: "0", payable: "0", lockable: "0", deposited: "0" };
    assert.deepEqual(await bed.data("/account/balance", caller), nothing);
  });

  test("are the caller's own, and need a session or the scope", async () => {
    const { key } = await bed.payer();
    const stranger = await bed.payer(7n);
    for (const path of ["/credits", "/account/balance"]) {
      assert.match((await bed.get(path, { key: stranger.key, may: "account" })).text, /0\.000000007/);
      assert.equal(await bed.code(path, { key, may: "completion_model" }), "scope_missing");
      assert.equal(await bed.code(path), "missing_key");
    }
  });
});
