// What a ledger and the chain it follows must agree on once everything was looked at.
import assert from "node:assert/strict";
import type { MoneyWorld } from "./chain-books-world.ts";
import { land, lookAtAll, send } from "./chain-books-world.ts";

const BATCHES_MAX = 1_000;

/** Lets everything that is on its way land, looks at everything, and insists that ledger and chain say the same. */
export async function insistOnAgreement(world: MoneyWorld): Promise<void> {
  await lookAtAll(world, false);
  await insistOnUsers(world);
  for (let turn = 0; (await world.books.settlement.open(1)).length > 0; turn += 1) {
    assert.ok(turn < BATCHES_MAX, "every batch lands");
    await send(world, 0);
    await land(world, 0, false);
    await lookAtAll(world, false);
  }
  await insistOnUsers(world);
  await insistOnTheRest(world);
}

/** A user has what is in the escrow, whatever else is not known yet. */
async function insistOnUsers({ books, chain, users }: MoneyWorld): Promise<void> {
  const found = await books.database.query<{ id: number; total: bigint; settled: bigint }>(
    "SELECT id, available + locked + withdrawing + payable AS total, settled FROM users WHERE id = ANY ($1) ORDER BY id",
    [users.map(({ user }) => user)],
  );
  const expected = users.map(({ user }, place) => {
    const { balance = 0n, settled = 0n } = chain.state.escrows[place] ?? {};
    return { id: user, total: balance * 1000n, settled: settled * 1000n };
  });
  assert.deepEqual(found, expected);
  const events = await books.database.query<{ user_id: number; total: bigint }>(
    `SELECT d.user_id, sum(d.amount)::bigint AS total FROM deposit_events d JOIN escrows e USING (user_id, opened_slot)
     GROUP BY d.user_id ORDER BY d.user_id`,
  );
  const credited = users.flatMap(({ user }, place) => {
    const { deposited = 0n } = chain.state.escrows[place] ?? {};
    return deposited === 0n ? [] : [{ user_id: user, total: deposited * 1000n }];
  });
  assert.deepEqual(events, credited, "nothing was credited twice or not at all");
}

async function insistOnTheRest({ books, chain, providers }: MoneyWorld): Promise<void> {
  const found = await Promise.all(providers.map((provider) => books.earnings(provider)));
  assert.deepEqual(
    found.map(({ claimable, withdrawing }) => claimable + withdrawing),
    chain.state.providers.map(({ earned, withdrawn }) => (earned - withdrawn) * 1000n),
  );
  assert.deepEqual(await books.router(), { vault: chain.vault * 1000n, fees: chain.state.feeAccrued * 1000n });
}
