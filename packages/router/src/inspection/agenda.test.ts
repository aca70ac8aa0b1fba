import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { seededRandom } from "@aimo-network/protocol/random";
import type { Offer } from "@aimo-network/protocol/wire/offer";
import type { LiveOffer } from "../market/offer-book.ts";
import { createOfferBook } from "../market/offer-book.ts";
import type { Check, CheckResult } from "../market/truth/checks.ts";
import type { Evidence } from "../market/truth/evidence.ts";
import { afterRound, NO_EVIDENCE } from "../market/truth/evidence.ts";
import { plainOffer } from "../test-bed/scripted-provider.ts";
import type { Agenda } from "./agenda.ts";
import { createAgenda } from "./agenda.ts";
import { inspectionSchedule } from "./schedule.ts";
import { chooseTargets } from "./targets.ts";

const SCHEDULE = inspectionSchedule(600_000);
const DAY_MS = 24 * 3_600_000;
const NOW_MS = 10 * DAY_MS;

function offersOf(
  ...sellers: readonly { wallet: string; links?: number; offer?: Offer; network?: string }[]
): readonly LiveOffer[] {
  const book = createOfferBook();
  for (const { wallet, links = 1, offer = plainOffer("m", { provider_name: "acme" }), network } of sellers) {
    for (let index = 0; index < links; index += 1) {
      book.replace({ id: `${wallet}${index}`, wallet, network }, [offer], NOW_MS);
    }
  }
  return book.models().get("acme/m") ?? [];
}

const GOOD = new Map<Check, CheckResult>([
  ["chat", "passed"],
  ["stream", "passed"],
]);

function verified(atMs: number): Evidence {
  return afterRound(NO_EVIDENCE, { declared: ["chat", "stream"], results: GOOD, comparison: "agrees" }, atMs, 1);
}

/** The first moment at which an agenda says that the offer is due, looking every second for at most `most` seconds. */
function firstDueMs(agenda: Agenda, offers: readonly LiveOffer[], fromMs = NOW_MS, most = 2_000): number | undefined {
  for (let atMs = fromMs; atMs <= fromMs + most * 1_000; atMs += 1_000) {
    const due = agenda.due(offers, atMs);
    agenda.turned(atMs);
    if (due.length > 0) return atMs - fromMs;
  }
  return undefined;
}

describe("an offer is due", () => {
  test("at a random moment between one and ten minutes after it came", () => {
    const times = Array.from({ length: 200 }, (_, seed) => {
      const agenda = createAgenda(seededRandom(seed), SCHEDULE, () => NO_EVIDENCE);
      return firstDueMs(agenda, offersOf({ wallet: "a" })) ?? 0;
    });
    assert.ok(Math.min(...times) >= 60_000 && Math.max(...times) <= 601_000);
    assert.ok(Math.min(...times) < 120_000 && Math.max(...times) > 540_000);
  });

  test("a day after it was examined, a little earlier, and never with its coming", () => {
    for (let seed = 0; seed < 50; seed += 1) {
      const fresh = createAgenda(seededRandom(seed), SCHEDULE, () => verified(NOW_MS - 1_000));
      assert.equal(firstDueMs(fresh, offersOf({ wallet: "a" })), undefined);
      const old = createAgenda(seededRandom(seed), SCHEDULE, () => verified(NOW_MS - 5 * DAY_MS));
      assert.ok((firstDueMs(old, offersOf({ wallet: "a" })) ?? 0) >= 60_000);
      const agenda = createAgenda(seededRandom(seed), SCHEDULE, () => verified(NOW_MS));
      const offers = offersOf({ wallet: "a" });
      agenda.due(offers, NOW_MS);
      agenda.examined("a/m", NOW_MS, verified(NOW_MS), false);
      assert.equal(agenda.due(offers, NOW_MS + 0.84 * DAY_MS).length, 0);
      assert.equal(agenda.due(offers, NOW_MS + DAY_MS).length, 1);
    }
  });

  test("although it comes and goes all the time", () => {
    for (let seed = 0; seed < 30; seed += 1) {
      const agenda = createAgenda(seededRandom(seed), SCHEDULE, () => NO_EVIDENCE);
      const offers = offersOf({ wallet: "a" });
      let wasDue = false;
      for (let atMs = NOW_MS; atMs < NOW_MS + 900_000; atMs += 5_000) {
        const isHere = Math.floor((atMs - NOW_MS) / 120_000) % 2 === 0; // two minutes here, two minutes gone
        wasDue ||= agenda.due(isHere ? offers : [], atMs).length > 0;
        agenda.turned(atMs);
      }
      assert.ok(wasDue);
    }
  });

  test("not before the moment to which it was put off", () => {
    const agenda = createAgenda(seededRandom(1), SCHEDULE, () => NO_EVIDENCE);
    const offers = offersOf({ wallet: "a" });
    agenda.due(offers, NOW_MS);
    agenda.postpone("a/m", NOW_MS + 1_000_000);
    assert.equal(agenda.due(offers, NOW_MS + 999_999).length, 0);
    assert.equal(agenda.due(offers, NOW_MS + 1_000_000).length, 1);
  });

  test("soon where it declares more than it did", () => {
    const agenda = createAgenda(seededRandom(1), SCHEDULE, () => verified(NOW_MS));
    agenda.due(offersOf({ wallet: "a" }), NOW_MS);
    const more = plainOffer("m", { provider_name: "acme", capabilities: ["tools"] });
    assert.ok(firstDueMs(agenda, offersOf({ wallet: "a", offer: more })) !== undefined);
  });

  test("once, however many links sell it", () => {
    const agenda = createAgenda(seededRandom(1), SCHEDULE, () => NO_EVIDENCE);
    const offers = offersOf({ wallet: "a", links: 5 }, { wallet: "b" });
    agenda.due(offers, NOW_MS);
    const due = agenda.due(offers, NOW_MS + 600_000);
    assert.deepEqual(due.map(({ offer }) => offer.wallet).toSorted(), ["a", "b"]);
  });

  test("never, where there is nothing to examine", () => {
    const agenda = createAgenda(seededRandom(1), SCHEDULE, () => NO_EVIDENCE);
    const silent = plainOffer("m", { provider_name: "acme", output_modalities: ["image"] });
    assert.equal(firstDueMs(agenda, offersOf({ wallet: "a", offer: silent })), undefined);
  });
});

describe("a round", () => {
  const choose = (offers: readonly LiveOffer[], dueWallets: readonly string[], evidence = NO_EVIDENCE) =>
    chooseTargets(
      { nowMs: NOW_MS, random: seededRandom(3), schedule: SCHEDULE, ownWallet: "own", evidenceOf: () => evidence },
      offers,
      offers
        .filter(({ wallet }) => dueWallets.includes(wallet))
        .map((offer) => ({ offer, declared: ["chat", "stream"] })),
    );
  const crowd = (count: number, more: { network?: string } = {}) =>
    Array.from({ length: count }, (_, index) => ({ wallet: `w${index}`, ...more }));

  test("has at most 16 offers, those first that are due", () => {
    const offers = offersOf({ wallet: "due" }, ...crowd(40));
    const targets = choose(offers, ["due"]);
    assert.equal(targets.length, 16);
    assert.deepEqual(targets[0]?.checks, ["chat", "stream"]);
    assert.ok(targets.every(({ isCompared }) => isCompared));
    assert.ok(targets.slice(1).every(({ checks }) => checks.length === 0));
    const all = choose(
      offersOf(...crowd(40)),
      crowd(40).map(({ wallet }) => wallet),
    );
    assert.equal(all.length, 16);
  });

  test("compares with as many sellers as there are, and links of one network are one seller's", () => {
    const offers = offersOf({ wallet: "due" }, ...crowd(100, { network: "sybil" }), { wallet: "x" }, { wallet: "y" });
    for (const wallet of ["x", "y"]) {
      assert.ok(choose(offers, ["due"]).some(({ offer }) => offer.wallet === wallet));
    }
    assert.equal(new Set(choose(offers, ["due"]).map(({ seller }) => seller)).size, 4);
  });

  test("asks nobody else where there is nothing to compare", () => {
    const offers = offersOf({ wallet: "due" }, ...crowd(5));
    assert.equal(choose(offers, ["due"], verified(NOW_MS)).length, 1);
  });

  test("never asks the wallet that pays", () => {
    const targets = choose(offersOf({ wallet: "due" }, { wallet: "own" }), ["due"]);
    assert.deepEqual(
      targets.map(({ offer }) => offer.wallet),
      ["due"],
    );
  });
});
