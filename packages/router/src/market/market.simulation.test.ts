// What users and providers get of the market over time: the real choice and the real health, in virtual time, from seeds.
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { describe, test } from "node:test";
import type { Seller } from "../test-bed/market-bed.ts";
import type { Behaviour } from "../test-bed/market-simulation.ts";
import { answeredBy, firstOutputAt, HEALTHY, MarketSimulation } from "../test-bed/market-simulation.ts";

const MINUTE_MS = 60_000;
const FIRST_COLUMN = 12; // characters of the printed tables
const COLUMN = 14;
const FAILING: Behaviour = { ...HEALTHY, fails: (random) => random.fraction() < 0.5 };
const SLOW: Behaviour = { firstOutputMs: (random) => 2_000 + 1_000 * random.fraction(), fails: () => false };
/** Half a minute there, half a minute not: then it refuses at once, as a dead upstream's proxy does. */
const FLAPPING: Behaviour = {
  firstOutputMs: (random, atMs) => (isDown(atMs) ? 20 : HEALTHY.firstOutputMs(random, atMs)),
  fails: (_random, atMs) => isDown(atMs),
};

function isDown(atMs: number): boolean {
  return Math.floor(atMs / 30_000) % 2 === 1;
}

function percent(part: number): string {
  return `${(part * 100).toFixed(2)} %`;
}

/** Prints a small table. */
function print(t: TestContext, rows: readonly (readonly string[])[]): void {
  for (const [first = "", ...rest] of rows) {
    t.diagnostic(first.padEnd(FIRST_COLUMN) + rest.map((cell) => cell.padStart(COLUMN)).join(""));
  }
}

describe("four offers, one failing half the time, one slow, one flapping, one healthy", () => {
  const FOUR: (readonly [Seller, Behaviour])[] = [
    [["failing", "1"], FAILING],
    [["slow", "1"], SLOW],
    [["flapping", "1"], FLAPPING],
    [["healthy", "1"], HEALTHY],
  ];

  for (const { name, everyMs } of [
    { name: "50 requests a second", everyMs: 20 },
    { name: "5 requests a second", everyMs: 200 },
  ]) {
    for (const seed of [1, 2, 3]) {
      test(`with ${name} no user sees a failure, nor the slow one, from seed ${seed}`, (t) => {
        const simulation = new MarketSimulation(seed, FOUR);
        const all = simulation.request(20_000, everyMs);
        const later = all.slice(100);
        const failed = all.filter(({ answered }) => answered === undefined).length / all.length;
        const alone = new MarketSimulation(seed, [[["healthy", "1"], HEALTHY]]).request(20_000, everyMs);
        const ratio = firstOutputAt(later, 99) / firstOutputAt(alone, 99);
        const rows = FOUR.map(([[wallet]]) => [
          wallet,
          percent(later.filter(({ first }) => first === wallet).length / later.length),
          percent(answeredBy(later, (other) => other === wallet)),
        ]);
        print(t, [["offer", "asked first", "answered"], ...rows]);
        t.diagnostic(`failed for the user: ${percent(failed)}; p99 of the first output: ${ratio.toFixed(2)} × healthy`);
        assert.ok(failed <= 0.001, `${percent(failed)} failed`);
        assert.ok(ratio <= 1.3, `p99 is ${ratio} × the healthy one's`);
      });
    }
  }
});

describe("a provider that returns", () => {
  for (const [everyMs, wallet] of [
    [100, undefined],
    [1_000, undefined],
    [1_000, "the only user"],
  ] as const) {
    const whose = wallet === undefined ? "" : ", all of one user";
    test(`has its share again within a minute, at one request each ${everyMs} ms${whose}`, (t) => {
      const outageMs = 5 * MINUTE_MS;
      let downFromMs = Infinity;
      const returning: Behaviour = {
        ...HEALTHY,
        fails: (_random, atMs) => atMs >= downFromMs && atMs < downFromMs + outageMs,
      };
      const simulation = new MarketSimulation(5, [
        [["a", "1"], HEALTHY],
        [["b", "1"], HEALTHY],
        [["returning", "1"], returning],
      ]);
      simulation.prove(["a", "b", "returning"]);
      const share = (minutes: number): number =>
        answeredBy(
          simulation.request((minutes * MINUTE_MS) / everyMs, everyMs, wallet),
          (answered) => answered === "returning",
        );
      const before = share(5);
      downFromMs = simulation.clock.monotonic();
      const during = share(5);
      share(1); // the minute it has
      const after = share(5);
      t.diagnostic(`its share: ${percent(before)} before, ${percent(during)} in its outage, ${percent(after)} after`);
      assert.ok(during < 0.01, `${during} while it was down`);
      assert.ok(Math.abs(after - before) < 0.08, `${after} after, ${before} before`);
    });
  }
});

describe("the traffic", () => {
  test("follows 1/price² within 5 % over 100,000 requests of distinct wallets and prompts", (t) => {
    const prices = { "0.5": 4, "1": 1, "1.5": 4 / 9, "2": 1 / 4, "3": 1 / 9 };
    const sellers = Object.keys(prices).map((price): readonly [Seller, Behaviour] => [[price, price], HEALTHY]);
    const simulation = new MarketSimulation(7, sellers);
    simulation.prove(Object.keys(prices));
    const seen = simulation.request(100_000, 5);
    const total = Object.values(prices).reduce((sum, weight) => sum + weight, 0);
    print(t, [["price", "share", "1/price²"]]);
    for (const [price, weight] of Object.entries(prices)) {
      const found = answeredBy(seen, (wallet) => wallet === price);
      print(t, [[price, percent(found), percent(weight / total)]]);
      assert.ok(Math.abs(found / (weight / total) - 1) < 0.05, `${price}: ${found} for ${weight / total}`);
    }
  });
});

describe("a hundred wallets of one seller", () => {
  const HONEST = ["a", "b", "c", "d"];
  const SYBILS = Array.from({ length: 100 }, (_, index) => `sybil ${index}`);
  const isSybil = (wallet: string): boolean => wallet.startsWith("sybil");

  const crowd = (seed: number, network?: string): MarketSimulation => {
    const more = network === undefined ? {} : { network };
    const simulation = new MarketSimulation(seed, [
      ...HONEST.map((wallet): readonly [Seller, Behaviour] => [[wallet, "1"], HEALTHY]),
      ...SYBILS.map((wallet): readonly [Seller, Behaviour] => [[wallet, "1", more], HEALTHY]),
    ]);
    simulation.prove(HONEST);
    return simulation;
  };

  test("gain less than a tenth as newcomers, and after a thousand requests each", (t) => {
    const simulation = crowd(11);
    const asNewcomers = answeredBy(simulation.request(10_000, 10), isSybil);
    simulation.serve(SYBILS, 50, 20);
    const known = answeredBy(simulation.request(10_000, 10), isSybil);
    t.diagnostic(`their share: ${percent(asNewcomers)} as newcomers, ${percent(known)} after 1,000 requests each`);
    assert.ok(asNewcomers < 0.1, `${asNewcomers}`);
    assert.ok(known < 0.1, `${known}`);
  });

  test("gain what one of them would for ever, where they come from one network", (t) => {
    const simulation = crowd(12, "203.0.113");
    simulation.prove(SYBILS, 50, 20);
    const proven = answeredBy(simulation.request(10_000, 10), isSybil);
    t.diagnostic(`their share after a day: ${percent(proven)}; one wallet alone would have ${percent(1 / 5)}`);
    assert.ok(Math.abs(proven - 1 / 5) < 0.02, `${proven}`);
  });
});
