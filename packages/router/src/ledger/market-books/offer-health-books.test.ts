// What the books of health keep, add up, tell and forget.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { openTestDatabase } from "../../test-bed/test-database.ts";
import { HEALTH_OFFERS_PER_READ_MAX } from "./limits.ts";
import type { BookedHealth, BookedOffer, BookedStanding } from "./offer-health-books.ts";
import { createOfferHealthBooks } from "./offer-health-books.ts";

const NOW = Date.UTC(2026, 10, 25, 8);
const SLOT = NOW / 300_000;
const DAY_MS = 86_400_000;

const NOTHING: BookedHealth = { offers: [], slots: [], speeds: [] };

function offerOf(offerId: string, more: Partial<BookedOffer> = {}): BookedOffer {
  return { offerId, successes: 0, payers: [], firstSuccessMs: undefined, standing: undefined, ...more };
}

async function openBooks(t: TestContext) {
  const database = await openTestDatabase();
  t.after(() => database.close());
  const books = (instance: number) => createOfferHealthBooks(database, instance);
  /** Everything that is told. */
  const read = async (since?: Date, nowMs = NOW): Promise<BookedHealth & { readonly since: Date }> => {
    const told: BookedHealth[] = [];
    const next = await books(99).load(since, nowMs, (piece) => void told.push(piece));
    return {
      offers: told.flatMap(({ offers }) => offers),
      slots: told.flatMap(({ slots }) => slots).toSorted((first, second) => first.slot - second.slot),
      speeds: told.flatMap(({ speeds }) => speeds).toSorted((first, second) => (first.kind < second.kind ? -1 : 1)),
      since: next,
    };
  };
  return { database, books, read };
}

test("what instances bring is added up, and told as they brought it", async (t) => {
  const { books, read } = await openBooks(t);
  const [one, other] = [books(1), books(2)];
  const slot = { offerId: "b/m", slot: SLOT, succeeded: 3, failed: 1 };
  const speed = { offerId: "b/m", slot: SLOT, kind: "tokens", bucket: 63, count: 2 } as const;
  const offer = offerOf("b/m", { successes: 3, payers: [2 ** 52 + 1, 7], firstSuccessMs: NOW + 5 });
  await one.add(1, { offers: [offer, offerOf("a/m")], slots: [slot], speeds: [speed] }, NOW);
  await other.add(
    1,
    {
      offers: [offerOf("b/m", { successes: 4, payers: [7, 8], firstSuccessMs: NOW })],
      slots: [slot, { ...slot, slot: SLOT - 1 }],
      speeds: [speed, { ...speed, kind: "first_output" }],
    },
    NOW,
  );
  const { offers, slots, speeds } = await read();
  assert.deepEqual(offers, [
    offerOf("a/m"),
    offerOf("b/m", { successes: 7, payers: [7, 8, 2 ** 52 + 1], firstSuccessMs: NOW }),
  ]);
  assert.deepEqual(slots, [
    { ...slot, slot: SLOT - 1 },
    { ...slot, succeeded: 6, failed: 2 },
  ]);
  assert.deepEqual(speeds, [
    { ...speed, kind: "first_output" },
    { ...speed, count: 4 },
  ]);
});

test("a batch that is brought twice is added once, each instance counting its own", async (t) => {
  const { books, read } = await openBooks(t);
  const health = { ...NOTHING, offers: [offerOf("a/m", { successes: 1 })] };
  await books(1).add(1, health, NOW);
  await books(1).add(1, health, NOW);
  await books(2).add(1, health, NOW);
  await books(1).add(2, health, NOW);
  assert.equal((await read()).offers[0]?.successes, 3);
});

test("of standings the latest holds, whoever brings it first", async (t) => {
  const { books, read } = await openBooks(t);
  const standing: BookedStanding = {
    mode: "outage",
    outageUntilMs: NOW + 30_000,
    proofNeeded: 6,
    relapses: 1,
    returnedMs: NOW - 1_000,
    changedMs: NOW,
  };
  const bring = (batch: number, brought: BookedStanding | undefined): Promise<void> =>
    books(1).add(batch, { ...NOTHING, offers: [offerOf("a/m", { standing: brought })] }, NOW);
  await bring(1, standing);
  await bring(2, { ...standing, mode: "good", changedMs: NOW });
  await bring(3, { ...standing, mode: "good", changedMs: NOW - 1 });
  await bring(4, undefined);
  assert.deepEqual((await read()).offers[0]?.standing, standing);
  const later: BookedStanding = { ...standing, mode: "degraded", outageUntilMs: 0, changedMs: NOW + 1 };
  await bring(5, later);
  assert.deepEqual((await read()).offers[0]?.standing, later);
});

test("no more than five payers are remembered", async (t) => {
  const { books, read } = await openBooks(t);
  await books(1).add(1, { ...NOTHING, offers: [offerOf("a/m", { payers: [1, 2, 3, 4] })] }, NOW);
  await books(1).add(2, { ...NOTHING, offers: [offerOf("a/m", { payers: [4, 5, 6, 7] })] }, NOW);
  await books(1).add(3, { ...NOTHING, offers: [offerOf("a/m", { payers: [8] })] }, NOW);
  const payers = (await read()).offers[0]?.payers ?? [];
  assert.equal(payers.length, 5);
  assert.equal(new Set(payers).size, 5);
});

test("who has read once is told only what was brought since, and once more what came just before", async (t) => {
  const { database, books, read } = await openBooks(t);
  const slotsOf = (offerId: string, slot: number) => [{ offerId, slot, succeeded: 1, failed: 0 }];
  const offers = [offerOf("a/m"), offerOf("b/m")];
  await books(1).add(1, { offers, slots: [...slotsOf("a/m", SLOT), ...slotsOf("b/m", SLOT)], speeds: [] }, NOW);
  const { since: soon } = await read();
  assert.equal((await read(soon)).slots.length, 2, "a batch may have been under way");
  for (const table of ["offer_health", "offer_health_slots"]) {
    await database.query(`UPDATE ${table} SET changed_at = changed_at - interval '1 hour'`);
  }
  const { since } = await read();
  assert.deepEqual((await read(since)).offers, []);
  await books(1).add(2, { offers: [offerOf("a/m")], slots: slotsOf("a/m", SLOT + 1), speeds: [] }, NOW);
  const told = await read(since);
  assert.deepEqual([told.offers, told.slots], [[offerOf("a/m")], slotsOf("a/m", SLOT + 1)]);
});

test("more offers than one piece has are told in pieces, each with what belongs to it", async (t) => {
  const { books } = await openBooks(t);
  const names = Array.from({ length: HEALTH_OFFERS_PER_READ_MAX * 2 + 1 }, (_, index) => `offer${index}/m`);
  await books(1).add(
    1,
    {
      offers: names.map((name) => offerOf(name)),
      slots: names.map((offerId, index) => ({ offerId, slot: SLOT, succeeded: index, failed: 0 })),
      speeds: [],
    },
    NOW,
  );
  const sizes: number[] = [];
  const told = new Map<string, number>();
  await books(2).load(undefined, NOW, ({ offers, slots }) => {
    sizes.push(offers.length);
    for (const { offerId, succeeded } of slots) {
      assert.ok(offers.some((offer) => offer.offerId === offerId));
      told.set(offerId, succeeded);
    }
  });
  assert.deepEqual(sizes, [HEALTH_OFFERS_PER_READ_MAX, HEALTH_OFFERS_PER_READ_MAX, 1]);
  assert.deepEqual(told, new Map(names.map((name, index) => [name, index])));
});

test("instances that bring the same offers at once, in whatever order, wait for each other and lose nothing", async (t) => {
  const { books, read } = await openBooks(t);
  const names = Array.from({ length: 40 }, (_, index) => `offer${index}/m`);
  const ROUNDS = 15;
  const bringAll = async (instance: number): Promise<void> => {
    const order = instance % 2 === 0 ? names : names.toReversed();
    for (let batch = 1; batch <= ROUNDS; batch += 1) {
      const slots = order.map((offerId) => ({ offerId, slot: SLOT, succeeded: 1, failed: 2 }));
      const speeds = order.map((offerId) => ({ offerId, slot: SLOT, kind: "tokens" as const, bucket: 1, count: 1 }));
      await books(instance).add(
        batch,
        { offers: order.map((name) => offerOf(name, { successes: 1 })), slots, speeds },
        NOW,
      );
    }
  };
  await Promise.all([1, 2, 3, 4].map((instance) => bringAll(instance)));
  const { offers, slots, speeds } = await read();
  const total = 4 * ROUNDS;
  assert.ok(offers.length === 40 && offers.every(({ successes }) => successes === total));
  assert.ok(slots.length === 40 && slots.every(({ succeeded, failed }) => succeeded === total && failed === 2 * total));
  assert.ok(speeds.length === 40 && speeds.every(({ count }) => count === total));
});

test("measurements are deleted after forty minutes, attempts after 25 hours, offers after thirty days, and no sooner", async (t) => {
  const { database, books } = await openBooks(t);
  const [one] = [books(1)];
  const offers = [offerOf("a/m")];
  await one.add(
    1,
    {
      offers,
      slots: [SLOT, SLOT - 299, SLOT - 301].map((slot) => ({ offerId: "a/m", slot, succeeded: 1, failed: 0 })),
      speeds: [SLOT, SLOT - 8, SLOT - 9].map((slot) => ({ offerId: "a/m", slot, kind: "tokens", bucket: 1, count: 1 })),
    },
    NOW,
  );
  const counts = async (): Promise<unknown> => {
    const [row] = await database.query(`SELECT (SELECT count(*)::integer FROM offer_health) AS offers,
      (SELECT count(*)::integer FROM offer_health_slots) AS slots, (SELECT count(*)::integer FROM offer_health_speeds) AS speeds,
      (SELECT count(*)::integer FROM offer_health_writers) AS writers`);
    return row;
  };
  await one.tidy(NOW);
  assert.deepEqual(await counts(), { offers: 1, slots: 2, speeds: 2, writers: 1 });
  await one.tidy(NOW + 30 * DAY_MS);
  assert.deepEqual(await counts(), { offers: 1, slots: 0, speeds: 0, writers: 1 });
  await one.tidy(NOW + 31 * DAY_MS);
  assert.deepEqual(await counts(), { offers: 0, slots: 0, speeds: 0, writers: 0 });
});

test("an offer that is seen again and again does not use up numbers", async (t) => {
  const { database, books } = await openBooks(t);
  for (let batch = 1; batch <= 50; batch += 1) await books(1).add(batch, { ...NOTHING, offers: [offerOf("a/m")] }, NOW);
  await books(1).add(51, { ...NOTHING, offers: [offerOf("b/m")] }, NOW);
  const [row] = await database.query("SELECT max(id) AS last FROM offer_health");
  assert.deepEqual(row, { last: 2 });
});
