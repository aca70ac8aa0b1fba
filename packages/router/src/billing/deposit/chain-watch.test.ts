import assert from "node:assert/strict";
import { test } from "node:test";
import { AimoError, isAimoError } from "@aimo-network/protocol/errors";
import { hasLostLeadership } from "../../ledger/database/database-error.ts";
import { WatchBed } from "../../test-bed/watch-bed.ts";
import { LOG_PATIENCE_MS } from "../limits.ts";

const HOUR = 3_600n;
const DAY = 24n * HOUR;
const NOTICE = 12n * HOUR;

test("what is seen first is posted whole, and everybody is told", async (t) => {
  const bed = await WatchBed.open(t);
  const { ann, ben, pat, quinn } = bed.people;
  assert.deepEqual(await bed.tell(await bed.whole()), [
    "escrow ann posted",
    "escrow ben posted",
    "provider pat posted",
    "provider quinn posted",
  ]);
  assert.equal((await bed.balances(ann)).available, 100_000_000_000n);
  assert.deepEqual(bed.told.toSorted(), [ann, ben, pat, quinn].toSorted());
  const { opened_slot: opened } = await bed.books.row(
    "SELECT opened_slot FROM provider_accounts WHERE provider_id = $1",
    [await bed.numberOf(pat)],
  );
  assert.equal(opened, bed.scene.bed.readProvider(pat).openedSlot);
  assert.deepEqual(await bed.books.faults(), []);
});

test("what has not changed is not posted again, what has is, and nobody else is told", async (t) => {
  const bed = await WatchBed.open(t);
  const { ann, ben } = bed.people;
  await bed.tell(await bed.whole());
  bed.told.length = 0;
  assert.deepEqual(await bed.tell(await bed.whole()), []);
  assert.deepEqual(await bed.tell(await bed.some(ann, ben, bed.people.pat)), []);
  bed.scene.land(bed.scene.ask.deposit(ann, 7n * bed.usdc));
  assert.deepEqual(await bed.tell(await bed.some(ann, ben)), ["escrow ann posted"]);
  assert.deepEqual(await bed.tell(await bed.some(ann, ben)), []);
  assert.deepEqual(bed.told, [ann]);
  assert.equal((await bed.balances(ann)).available, 107_000_000_000n);
});

const CHANGES: Readonly<Record<string, (bed: WatchBed) => unknown>> = {
  "a lower allowance": ({ scene, people, usdc }) =>
    scene.land(scene.ask.setAllowance(people.ann, 60n * usdc, scene.chain.time + 365n * DAY)),
  "a higher allowance": ({ scene, people, usdc }) =>
    scene.land(scene.ask.setAllowance(people.ann, 2_000n * usdc, scene.chain.time + 365n * DAY)),
  "an earlier end of an allowance": ({ scene, people, usdc }) =>
    scene.land(scene.ask.setAllowance(people.ann, 1_000n * usdc, scene.chain.time + 300n * DAY)),
  "an exit": ({ scene, people }) => scene.land(scene.ask.requestExit(people.ann)),
  "a withdrawal": ({ scene, people }) => scene.land(scene.ask.withdrawUser(people.ann, 1n)),
};
for (const [what, change] of Object.entries(CHANGES)) {
  test(`${what} is posted`, async (t) => {
    const bed = await WatchBed.open(t);
    await bed.tell(await bed.whole());
    change(bed);
    assert.deepEqual(await bed.tell(await bed.some(bed.people.ann)), ["escrow ann posted"]);
    assert.deepEqual(await bed.tell(await bed.some(bed.people.ann)), []);
  });
}

test("a lower allowance counts from when it is announced, and what whoever leaves owes is urgent", async (t) => {
  const bed = await WatchBed.open(t);
  const { ann, ben } = bed.people;
  await bed.tell(await bed.whole());
  const users = await Promise.all([ann, ben].map((person) => bed.numberOf(person)));
  const urgent = (): Promise<unknown> =>
    bed.books.database.query(
      "SELECT allowance, is_exiting, is_urgent, exit_due_at IS NOT NULL AS is_due FROM users u JOIN escrows e ON e.user_id = u.id WHERE u.id = ANY ($1) ORDER BY u.id",
      [users],
    );
  const plain = { allowance: 1_000_000_000_000n, is_exiting: false, is_urgent: false, is_due: false };
  assert.deepEqual(await urgent(), [plain, plain]);
  bed.scene.land(bed.scene.ask.setAllowance(ann, 60n * bed.usdc, bed.scene.chain.time + 365n * DAY));
  bed.scene.land(bed.scene.ask.requestExit(ben));
  await bed.tell(await bed.some(ann, ben));
  assert.deepEqual(await urgent(), [
    { ...plain, allowance: 60_000_000_000n, is_urgent: true },
    { ...plain, is_exiting: true, is_urgent: true, is_due: true },
  ]);
});

test("the chain's moments are kept by this machine's clock, however far it is ahead or behind", async (t) => {
  for (const driftMs of [-30_000, 0, 47_123]) {
    const bed = await WatchBed.open(t, { driftMs });
    const { ann } = bed.people;
    const { chain, ask } = bed.scene;
    bed.scene.land(ask.setAllowance(ann, 1_000n * bed.usdc, chain.time + 2n * DAY));
    chain.advance(DAY); // the lowering is in force
    bed.books.clock.advance(86_400_000);
    bed.scene.land(ask.requestExit(ann));
    await bed.tell(await bed.whole());
    const { allowance_stops_at: stops, exit_due_at: due } = await bed.books.row(
      "SELECT allowance_stops_at, exit_due_at FROM users u JOIN escrows e ON e.user_id = u.id WHERE u.id = $1",
      [await bed.numberOf(ann)],
    );
    const nowMs = bed.books.clock.now();
    assert.equal((stops as Date).getTime(), nowMs + Number(DAY - NOTICE) * 1_000);
    assert.equal((due as Date).getTime(), nowMs + Number(DAY) * 1_000);
  }
});

test("moments are kept anew when the clocks have drifted by seconds, not while they waver", async (t) => {
  const bed = await WatchBed.open(t, { driftMs: 2_499 });
  await bed.tell(await bed.whole());
  const stopsAt = async (): Promise<number> => (await bed.last(bed.people.ann)).escrow!.stopsAt.getTime();
  const first = await stopsAt();
  // To and fro around where the drift would be rounded.
  for (const driftMs of [2, -2, 900, -900, 4_997, -4_997]) {
    bed.pass(1n, { driftMs });
    assert.deepEqual(await bed.tell(await bed.whole()), [], `${driftMs}`);
  }
  bed.pass(1n, { driftMs: 4_999 });
  assert.deepEqual(await bed.tell(await bed.whole()), []);
  bed.pass(1n, { driftMs: 1 });
  assert.deepEqual(await bed.tell(await bed.whole()), ["escrow ann posted", "escrow ben posted"]);
  assert.equal((await stopsAt()) - first, 5_000);
  bed.pass(1n, { driftMs: -4_999 });
  assert.deepEqual(await bed.tell(await bed.whole()), []);
  bed.pass(1n, { driftMs: -1 });
  assert.deepEqual(await bed.tell(await bed.whole()), ["escrow ann posted", "escrow ben posted"]);
});

test("an allowance for ever is a moment that a ledger can hold", async (t) => {
  const bed = await WatchBed.open(t);
  const { ann } = bed.people;
  bed.scene.land(bed.scene.ask.setAllowance(ann, 1_000n * bed.usdc, 2n ** 53n));
  await bed.tell(await bed.whole());
  const { escrow, outcome } = await bed.last(ann);
  assert.equal(outcome, "posted");
  assert.ok(escrow!.stopsAt.getTime() > 4_000 * 365 * 86_400_000 * 0.7);
});

test("a settlement whose amounts do not follow waits for its log, and is posted when it is there", async (t) => {
  const bed = await WatchBed.open(t);
  const { ann, pat, quinn } = bed.people;
  await bed.tell(await bed.whole());
  await bed.tell(await bed.whole());
  const batch = await bed.bill(ann, 50_000_000n, pat, quinn);
  bed.scene.land(bed.scene.ask.withdrawUser(ann, 40_000_000n));
  await bed.land(batch);
  assert.deepEqual(await bed.tell(await bed.some(ann)), ["escrow ann waiting"]);
  assert.equal(await bed.earnings(pat), 0n);
  assert.deepEqual(await bed.tell(await bed.some(ann)), ["escrow ann waiting"]);
  const { entries } = await bed.books.batch(batch);
  const amounts = [
    { applied: 50_000_000n, fee: 1_250_000n },
    { applied: 10_000_000n, fee: 250_000n },
  ];
  await bed.books.settlement.logged(
    bed.books.settler,
    batch,
    bed.scene.chain.slot,
    entries.map(({ id }, place) => ({ id, ...amounts[place]! })) as never,
  );
  assert.deepEqual(await bed.tell(await bed.some(ann)), ["escrow ann posted"]);
  assert.deepEqual(await bed.tell(await bed.some(ann)), []);
  assert.deepEqual([await bed.earnings(pat), await bed.earnings(quinn)], [48_750_000_000n, 9_750_000_000n]);
  assert.deepEqual(await bed.books.faults(), []);
});

test("a log that does not come is waited for so long, and no longer", async (t) => {
  const bed = await WatchBed.open(t);
  const { ann, pat, quinn } = bed.people;
  await bed.tell(await bed.whole());
  await bed.tell(await bed.whole());
  const batch = await bed.bill(ann, 50_000_000n, pat, quinn);
  bed.scene.land(bed.scene.ask.withdrawUser(ann, 40_000_000n));
  await bed.land(batch);
  assert.deepEqual(await bed.tell(await bed.some(ann)), ["escrow ann waiting"]);
  bed.books.clock.advance(LOG_PATIENCE_MS - 1);
  await bed.tell(await bed.whole());
  assert.equal((await bed.last(ann)).outcome, "waiting");
  bed.books.clock.advance(1);
  assert.deepEqual(await bed.tell(await bed.some(ann)), ["escrow ann posted"]);
  assert.deepEqual([await bed.earnings(pat), await bed.earnings(quinn)], [48_750_000_000n, 9_750_000_000n]);
});

test("whatever waits later waits as long again", async (t) => {
  const bed = await WatchBed.open(t);
  const { ann, pat, quinn } = bed.people;
  await bed.tell(await bed.whole());
  await bed.tell(await bed.whole());
  for (let times = 0; times < 2; times++) {
    const batch = await bed.bill(ann, 50_000_000n, pat, quinn);
    bed.scene.land(bed.scene.ask.withdrawUser(ann, 40_000_000n));
    await bed.land(batch);
    assert.deepEqual(await bed.tell(await bed.some(ann)), ["escrow ann waiting"]);
    bed.books.clock.advance(LOG_PATIENCE_MS - 1);
    assert.deepEqual(await bed.tell(await bed.some(ann)), ["escrow ann waiting"]);
    bed.books.clock.advance(1);
    assert.deepEqual(await bed.tell(await bed.some(ann)), ["escrow ann posted"]);
    bed.scene.land(bed.scene.ask.deposit(ann, 100_000_000n));
    await bed.tell(await bed.some(ann));
  }
  assert.deepEqual(await bed.books.faults(), []);
});

test("the fee of what was settled is told where it was the same since the last look, and not where it may not have been", async (t) => {
  const bed = await WatchBed.open(t);
  const { ann, ben } = bed.people;
  const feeOf = async (person: typeof ann): Promise<number | undefined> => (await bed.last(person)).escrow!.feeBps;
  const deposit = (person: typeof ann): unknown => bed.scene.land(bed.scene.ask.deposit(person, bed.usdc));
  await bed.tell(await bed.whole());
  assert.equal(await feeOf(ann), undefined, "nobody looked before");
  deposit(ann);
  await bed.tell(await bed.some(ann));
  assert.equal(await feeOf(ann), 250);
  bed.scene.land(bed.scene.ask.scheduleParams({ feeBps: 100n }));
  deposit(ann);
  await bed.tell(await bed.some(ann));
  assert.equal(await feeOf(ann), undefined, "it has changed since");
  deposit(ben);
  await bed.tell(await bed.some(ben));
  assert.equal(await feeOf(ben), 100);
  bed.watch = bed.newWatch();
  deposit(ben);
  await bed.tell(await bed.some(ben));
  assert.equal(await feeOf(ben), undefined, "who has just started looked at nothing before");
});

test("of an account that waits the fee is told only if it was the same all the time", async (t) => {
  const bed = await WatchBed.open(t);
  const { ann, ben, pat, quinn } = bed.people;
  await bed.tell(await bed.whole());
  await bed.tell(await bed.whole());
  const batch = await bed.bill(ann, 50_000_000n, pat, quinn);
  bed.scene.land(bed.scene.ask.withdrawUser(ann, 40_000_000n));
  await bed.land(batch);
  await bed.tell(await bed.some(ann));
  await bed.tell(await bed.some(ann));
  assert.equal((await bed.last(ann)).escrow!.feeBps, 250);
  bed.scene.land(bed.scene.ask.scheduleParams({ feeBps: 100n }));
  await bed.tell(await bed.some(ben)); // she is not among what is looked at when it changes
  await bed.tell(await bed.some(ben));
  await bed.tell(await bed.some(ann));
  assert.deepEqual([(await bed.last(ann)).escrow!.feeBps, (await bed.last(ann)).outcome], [undefined, "waiting"]);
  bed.scene.land(bed.scene.ask.scheduleParams({ feeBps: 90n }));
  await bed.tell(await bed.some(ann));
  bed.books.clock.advance(LOG_PATIENCE_MS);
  // Nobody will ever know: the fee of now is a better guess than none.
  await bed.tell(await bed.some(ann));
  assert.deepEqual([(await bed.last(ann)).escrow!.feeBps, (await bed.last(ann)).outcome], [90, "posted"]);
});

test("an escrow that was looked at and is gone has ended", async (t) => {
  const bed = await WatchBed.open(t);
  const { ann } = bed.people;
  await bed.tell(await bed.whole());
  const { ask, chain } = bed.scene;
  bed.scene.land(ask.requestExit(ann));
  chain.advance(DAY);
  bed.scene.land(ask.finalizeExit(ann));
  await bed.tell(await bed.some(ann));
  assert.equal((await bed.balances(ann)).available, 0n);
  chain.advance(601n);
  bed.scene.land(ask.closeEscrow(ann));
  bed.told.length = 0;
  assert.deepEqual(await bed.tell(await bed.some(ann)), ["gone ann posted"]);
  assert.deepEqual(bed.told, [ann]);
  assert.deepEqual(await bed.tell(await bed.some(ann)), []);
  // And when it is opened again it begins anew.
  bed.scene.land(ask.openEscrow(ann), ask.deposit(ann, 5n * bed.usdc));
  assert.deepEqual(await bed.tell(await bed.some(ann)), ["escrow ann posted"]);
  assert.equal((await bed.balances(ann)).available, 5_000_000_000n);
  assert.deepEqual(await bed.books.faults(), []);
});

test("an escrow that a whole scan does not have any more has ended, also for who has just started", async (t) => {
  const bed = await WatchBed.open(t);
  const { ann } = bed.people;
  await bed.tell(await bed.whole());
  const { ask, chain } = bed.scene;
  bed.scene.land(ask.requestExit(ann));
  chain.advance(DAY);
  bed.scene.land(ask.finalizeExit(ann));
  chain.advance(601n);
  bed.scene.land(ask.closeEscrow(ann));
  bed.watch = bed.newWatch();
  // Whoever is not in it is not gone, where not everything was looked at.
  assert.deepEqual(await bed.tell(await bed.some(bed.people.ben)), ["escrow ben posted"]);
  assert.equal((await bed.balances(ann)).available, 100_000_000_000n);
  assert.deepEqual(
    (await bed.tell(await bed.whole())).filter((line) => line.includes("ann")),
    ["gone ann posted"],
  );
  assert.equal((await bed.balances(ann)).available, 0n);
  assert.deepEqual(await bed.tell(await bed.whole()), []);
  assert.deepEqual(await bed.books.faults(), []);
});

test("earnings that no entry here brought are taken over only after everything was looked at", async (t) => {
  const bed = await WatchBed.open(t);
  const { ann, pat } = bed.people;
  await bed.tell(await bed.whole());
  bed.scene.collect(ann, 10_000_000n); // by somebody with the settler's key
  assert.deepEqual(await bed.tell(await bed.some(pat)), ["provider pat posted"]);
  assert.equal(await bed.earnings(pat), 0n);
  assert.deepEqual(await bed.tell(await bed.some(pat)), []);
  assert.deepEqual(await bed.tell(await bed.whole()), ["escrow ann posted", "provider pat posted"]);
  assert.equal((await bed.last(pat)).adopts, true);
  assert.equal(await bed.earnings(pat), 9_750_000_000n);
  assert.deepEqual(await bed.tell(await bed.whole()), []);
  assert.deepEqual(await bed.tell(await bed.some(pat)), []);
  assert.deepEqual(await bed.books.faults(), []);
});

test("a whole scan posts earnings again that the books have lost since", async (t) => {
  const bed = await WatchBed.open(t);
  const { ann, pat } = bed.people;
  bed.scene.collect(ann, 10_000_000n);
  await bed.tell(await bed.whole());
  assert.equal(await bed.earnings(pat), 9_750_000_000n);
  await bed.books.row("UPDATE provider_accounts SET earned = earned - 50000 WHERE earned > 0");
  assert.deepEqual(await bed.tell(await bed.some(pat)), [], "not before everything was looked at");
  assert.deepEqual(await bed.tell(await bed.whole()), ["provider pat posted"]);
  assert.equal(await bed.earnings(pat), 9_800_000_000n);
});

test("fees are taken over only after everything was looked at, and what is collected is posted at once", async (t) => {
  const bed = await WatchBed.open(t);
  const { ann, pat } = bed.people;
  await bed.tell(await bed.whole());
  bed.scene.collect(ann, 10_000_000n);
  await bed.tell(await bed.some(ann, pat));
  assert.equal((await bed.books.router()).fees, 0n);
  await bed.tell(await bed.whole());
  assert.equal((await bed.books.router()).fees, 250_000_000n);
  bed.scene.bed.giveTokens(bed.scene.bed.keys.feeOwner, 0n);
  bed.scene.land(bed.scene.ask.collectFees(100_000n));
  await bed.tell(await bed.some());
  assert.equal((await bed.books.router()).fees, 150_000_000n);
  assert.match(bed.logged.join(""), /fees were collected/);
  assert.deepEqual(await bed.books.faults(), []);
});

test("an account that cannot be posted stops no other, and is tried again", async (t) => {
  const bed = await WatchBed.open(t);
  const { ann } = bed.people;
  const number = await bed.numberOf(ann);
  bed.before = (_, wallet) => {
    if (wallet === number) throw new RangeError("broken");
  };
  assert.deepEqual(await bed.tell(await bed.whole()), [
    "escrow ben posted",
    "provider pat posted",
    "provider quinn posted",
  ]);
  assert.match(bed.logged.join(""), /an account could not be posted/);
  bed.before = () => undefined;
  assert.deepEqual(await bed.tell(await bed.whole()), ["escrow ann posted"]);
});

test("a database that is away makes the whole observation be told again", async (t) => {
  const bed = await WatchBed.open(t);
  for (const kind of ["escrow", "provider", "fees"] as const) {
    bed.before = (posted) => {
      if (posted === kind) throw new AimoError("ledger_unavailable", {});
    };
    await assert.rejects(bed.tell(await bed.whole()), (error) => isAimoError(error, "ledger_unavailable"));
  }
  bed.before = () => undefined;
  await bed.tell(await bed.whole());
  assert.equal((await bed.balances(bed.people.ann)).available, 100_000_000_000n);
  assert.deepEqual(await bed.books.faults(), []);
});

test("whoever does not lead posts nothing, and whoever has lost the lead finds out", async (t) => {
  const bed = await WatchBed.open(t);
  const { fence } = bed.leadership;
  bed.leadership.fence = undefined;
  assert.deepEqual(await bed.tell(await bed.whole()), []);
  assert.equal(bed.noted.length, 0);
  bed.leadership.fence = fence;
  await bed.books.lead("watcher");
  const tried = new Set<string>();
  bed.before = (kind) => void tried.add(kind);
  await assert.rejects(bed.tell(await bed.whole()), hasLostLeadership);
  assert.deepEqual([bed.noted.length, [...tried]], [0, ["escrow"]], "it ends with the first that is refused");
});

test("whoever leads again posts everything again: another may have posted what is older", async (t) => {
  const bed = await WatchBed.open(t);
  const { ann } = bed.people;
  await bed.tell(await bed.whole());
  await bed.tell(await bed.whole());
  bed.leadership.fence = await bed.books.lead("watcher");
  assert.equal((await bed.tell(await bed.whole())).length, 4);
  assert.equal((await bed.last(ann)).escrow!.feeBps, undefined);
});
