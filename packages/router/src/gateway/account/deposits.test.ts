// The history of what came in: newest first, page by page, to the nano, and only the caller's own.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { ManualClock } from "@aimo-network/protocol/clock";
import { manualClock } from "@aimo-network/protocol/clock";
import { uuidV7 } from "@aimo-network/protocol/ids";
import { systemRandom } from "@aimo-network/protocol/random";
import type { ActivityServer } from "../../test-bed/activity-server.ts";
import { startActivityServer } from "../../test-bed/activity-server.ts";

const NOW = Date.UTC(2026, 10, 25, 8);

interface Deposit {
  readonly id: string;
  readonly amount: string;
  readonly at: string;
  readonly seen_slot: number | null;
}

describe("deposits", () => {
  let bed: ActivityServer;
  let clock: ManualClock;
  before(async () => void (bed = await startActivityServer((clock = manualClock(NOW)))));
  after(() => bed.close());
  const deposit = async (user: { readonly number: number }, total: bigint, source: string): Promise<void> => {
    clock.advance(1_000);
    const values = [new Date(clock.now()), uuidV7(clock, systemRandom), user.number, 1n, total, source];
    await bed.database.query("SELECT ledger_deposit($1, $2, $3, $4, $5, $6)", values);
  };
  const list = async (query: string, session: string): Promise<{ data: Deposit[]; next: string | null }> => {
    const { json, text, status } = await bed.get(`/account/deposits${query}`, { session });
    assert.equal(status, 200, text);
    const { data, next_cursor: next } = json as { data: Deposit[]; next_cursor: string | null };
    return { data, next };
  };

  test("are listed newest first with what each brought in, and go on where a page ended", async () => {
    const user = await bed.posted.party();
    await deposit(user, 5_000_000_000n, "slot 41");
    await deposit(user, 5_000_000_000n, "slot 42"); // nothing new
    await deposit(user, 9_007_199_254_740_993n, "slot 43");
    await deposit(user, 9_007_199_254_740_994n, "given");
    const { data, next } = await list("", user.wallet);
    assert.equal(next, null);
    assert.deepEqual(
      data.map(({ amount, seen_slot: slot, at }) => [amount, slot, at]),
      [
        ["0.000000001", null, "2026-11-25T08:00:04.000Z"],
        ["9007194.254740993", 43, "2026-11-25T08:00:03.000Z"],
        ["5", 41, "2026-11-25T08:00:01.000Z"],
      ],
    );
    const first = await list("?limit=2", user.wallet);
    assert.deepEqual([first.data.length, first.next], [2, data[1]?.id]);
    const rest = await list(`?limit=2&cursor=${first.next}`, user.wallet);
    assert.deepEqual([rest.data, rest.next], [data.slice(2), null]);
  });

  test("are the caller's own, and need a session or the scope", async () => {
    const stranger = await bed.payer();
    clock.advance(1_000); // so that the stranger's deposit is before the other's, whose id is a cursor below
    const { user, key } = await bed.payer();
    assert.equal((await list("", stranger.user.wallet)).data.length, 1);
    const [own] = (await list("", user.wallet)).data;
    assert.deepEqual((await list(`?cursor=${own?.id}`, stranger.user.wallet)).data.length, 1);
    assert.deepEqual(await bed.data("/account/deposits", { session: "1".repeat(32) }), []);
    assert.equal(await bed.code("/account/deposits", { key, may: "completion_model" }), "scope_missing");
    assert.equal(await bed.code("/account/deposits"), "missing_key");
    assert.equal((await bed.data<Deposit[]>("/account/deposits", { key, may: "account" })).length, 1);
  });

  test("refuse hostile parameters", async () => {
    for (const query of ["limit=0", "limit=1000", "limit=-1", "cursor=x", "cursor=gen-1", `cursor=${"0".repeat(36)}`]) {
      assert.equal(await bed.code(`/account/deposits?${query}`, { session: "1".repeat(32) }), "invalid_request", query);
    }
  });
});
