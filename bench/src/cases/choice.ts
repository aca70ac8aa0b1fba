// What choosing a provider takes of a request: with 3, 100 and 10,000 offers of one model, of which health is known.
import type { Clock } from "@aimo-network/protocol/clock";
import { choose } from "aimo-router/src/market/choose.ts";
import { createOfferHealth } from "aimo-router/src/market/health/create-offer-health.ts";
import { createMarket } from "aimo-router/src/market/market.ts";
import { bookOf, offersOf, plainNeeds, saidTruth } from "aimo-router/src/test-bed/market-bed.ts";
import type { BenchCase, BenchTools } from "../bench-case.ts";
import type { Figure } from "../results/figures.ts";
import { figure } from "../results/figures.ts";

const SIZES = [
  { offers: 3, requests: 20_000 },
  { offers: 100, requests: 10_000, atMostMicroseconds: 50 },
  { offers: 10_000, requests: 1_000, atMostMicroseconds: 1_000 },
] as const;

const PRICES = 40; // of which no two are equal, so that weights differ as they do in a market
const JUDGED_EACH = 30; // successes of each offer, so that none is new and all are measured
const PAYERS = 10;

/** A market of so many sellers, all of them known. */
function openMarket(clock: Clock, offers: number) {
  const wallets = Array.from({ length: offers }, (_, index) => `wallet-${index}`);
  const health = createOfferHealth({ clock });
  for (const wallet of wallets) {
    for (let judged = 0; judged < JUDGED_EACH; judged += 1) {
      const payerWallet = `payer-${judged % PAYERS}`;
      const speeds = { firstOutputMs: 300 + judged, tokensPerSecond: 50 };
      health.judge({ offerId: `${wallet}/m`, payerWallet, outcome: "succeeded", ...speeds });
    }
  }
  const book = bookOf(wallets.map((wallet, index) => [wallet, String(1 + (index % PRICES) / PRICES)]));
  return createMarket(clock, { book, health, truth: saidTruth({}) });
}

/** Microseconds of each choice, sorted, as requests of distinct wallets make them. */
function measureRound(clock: Clock, market: ReturnType<typeof openMarket>, requests: number): number[] {
  const offers = offersOf(market);
  const needs = Array.from({ length: requests }, (_, request) => plainNeeds(`conversation ${request}`));
  const taken = needs.map((need, request) => {
    const standing = {
      freeSlots: () => 10,
      tier: ({ id }: { id: string }) => market.health.tier(id, `payer ${request}`),
      mayProbe: () => false,
    };
    const begunMs = clock.monotonic();
    choose(market.views.of(offers), need, standing);
    return (clock.monotonic() - begunMs) * 1_000;
  });
  return taken.toSorted((one, other) => one - other);
}

async function measure({ clock, rounds, say }: BenchTools): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const { offers, requests, ...bound } of SIZES) {
    say(`choosing among ${offers} offers`);
    const market = openMarket(clock, offers);
    measureRound(clock, market, requests); // the first one also warms up
    const taken = Array.from({ length: rounds }, () => measureRound(clock, market, requests));
    const at = (share: number): number[] => taken.map((sorted) => sorted[Math.floor(sorted.length * share)] ?? 0);
    const about = { table: "Choosing among the offers of one model", case: `${offers} offers`, digits: 1 };
    const atMost = "atMostMicroseconds" in bound ? { atMost: bound.atMostMicroseconds } : {};
    figures.push(
      figure({ ...about, what: "p50 µs", ...atMost }, at(0.5)),
      figure({ ...about, what: "p99 µs" }, at(0.99)),
    );
  }
  return await Promise.resolve(figures);
}

/** The subject. */
export const CHOICE: BenchCase = { name: "choice", measure };
