// A market in virtual time: requests come, are planned by the real choice, and go as the scripted offers behave.
import type { ManualClock } from "@aimo-network/protocol/clock";
import { manualClock } from "@aimo-network/protocol/clock";
import type { Random } from "@aimo-network/protocol/random";
import { seededRandom } from "@aimo-network/protocol/random";
import type { Standing } from "../market/choose.ts";
import { choose } from "../market/choose.ts";
import { createOfferHealth } from "../market/health/create-offer-health.ts";
import type { OfferHealth } from "../market/health/offer-health.ts";
import { YOUNG_MS } from "../market/limits.ts";
import type { Market } from "../market/market.ts";
import { createMarket } from "../market/market.ts";
import type { LiveOffer } from "../market/offer-book.ts";
import type { Seller } from "./market-bed.ts";
import { bookOf, offersOf, plainNeeds, saidTruth } from "./market-bed.ts";

/** How a provider behaves. */
export interface Behaviour {
  /** Milliseconds to the first output of a request that begins at `atMs`, or to its failure. */
  firstOutputMs(random: Random, atMs: number): number;
  fails(random: Random, atMs: number): boolean;
}

/** One request as its client saw it. */
export interface Seen {
  readonly atMs: number;
  /** Whoever was asked first. */
  readonly first: string;
  /** Whoever answered; undefined where nobody did. */
  readonly answered: string | undefined;
  /** From the request to its first output, failures before it included. */
  readonly firstOutputMs: number;
}

/** A provider that begins after 200 to 400 ms and never fails. */
export const HEALTHY: Behaviour = { firstOutputMs: (random) => 200 + 200 * random.fraction(), fails: () => false };

const WEEK_MS = 7 * 24 * 3_600_000;

/** A simulated market. */
export class MarketSimulation {
  readonly clock: ManualClock = manualClock(WEEK_MS);
  readonly health: OfferHealth = createOfferHealth({ clock: this.clock });
  readonly market: Market;
  readonly seen: Seen[] = [];
  readonly #random: Random;
  readonly #behaviours: ReadonlyMap<string, Behaviour>;
  /** What is due, and when; sorted late, by what comes next. */
  readonly #due: { readonly atMs: number; readonly run: () => void }[] = [];
  #requests = 0;

  constructor(seed: number, sellers: readonly (readonly [Seller, Behaviour])[]) {
    this.#random = seededRandom(seed);
    this.#behaviours = new Map(sellers.map(([[wallet], behaviour]) => [wallet, behaviour]));
    const book = bookOf(sellers.map(([seller]) => seller));
    this.market = createMarket(this.clock, { book, health: this.health, truth: saidTruth({}) });
  }

  /** Lets wallets have served this many payers, some requests each, and then a day pass, so that they are proven. */
  prove(wallets: readonly string[], payers = 10, each = 3): void {
    this.serve(wallets, payers, each);
    this.clock.advance(YOUNG_MS);
  }

  /** Lets wallets have served this many payers, some requests each. */
  serve(wallets: readonly string[], payers: number, each: number): void {
    for (const wallet of wallets) {
      for (let payer = 0; payer < payers; payer += 1) {
        for (let request = 0; request < each; request += 1) {
          const judged = { offerId: `${wallet}/m`, payerWallet: `early payer ${payer}`, firstOutputMs: 300 };
          this.health.judge({ ...judged, outcome: "succeeded" });
        }
      }
    }
  }

  /** Sends requests of distinct conversations, `everyMs` apart on average; of distinct wallets, unless one is named. */
  request(count: number, everyMs: number, wallet?: string): readonly Seen[] {
    const from = this.seen.length;
    let atMs = this.clock.monotonic();
    for (let request = 0; request < count; request += 1) {
      atMs += -Math.log(1 - this.#random.fraction()) * everyMs;
      this.#advance(atMs);
      this.#requests += 1;
      this.#ask(wallet ?? `payer ${this.#requests}`);
    }
    this.#advance(Infinity);
    return this.seen.slice(from).toSorted((one, other) => one.atMs - other.atMs);
  }

  /** Lets time pass to what is due next, again and again, at most to `untilMs`. */
  #advance(untilMs: number): void {
    this.#due.sort((one, other) => other.atMs - one.atMs);
    for (let next = this.#due.at(-1); next !== undefined && next.atMs <= untilMs; next = this.#due.at(-1)) {
      this.#due.pop();
      this.clock.advance(Math.max(0, next.atMs - this.clock.monotonic()));
      next.run();
      this.#due.sort((one, other) => other.atMs - one.atMs);
    }
    if (untilMs !== Infinity) this.clock.advance(Math.max(0, untilMs - this.clock.monotonic()));
  }

  #ask(payer: string): void {
    const { market } = this;
    const standing: Standing = {
      freeSlots: () => 1_000,
      tier: ({ id }) => market.health.tier(id, payer),
      mayProbe: (offer) => market.probing.mayProbe(offer, payer),
    };
    const [offer] = offersOf(market);
    if (offer !== undefined) market.probing.asked(offer.modelId);
    const needs = plainNeeds(`conversation ${this.#requests} of ${payer}`, { payerWallet: payer });
    const plan = choose(market.views.of(offersOf(market)), needs, standing);
    if (plan.probing !== undefined) market.probing.probed(plan.probing, payer);
    this.#attempt({ payer, atMs: this.clock.monotonic(), offers: plan.offers }, 0);
  }

  #attempt(asked: { payer: string; atMs: number; offers: readonly LiveOffer[] }, index: number): void {
    const { payer, atMs, offers } = asked;
    const offer = offers[index];
    const first = offers[0]?.wallet ?? "nobody";
    if (offer === undefined) {
      this.seen.push({ atMs, first, answered: undefined, firstOutputMs: this.clock.monotonic() - atMs });
      return;
    }
    const behaviour = this.#behaviours.get(offer.wallet) ?? HEALTHY;
    const begunMs = this.clock.monotonic();
    const fails = behaviour.fails(this.#random, begunMs);
    const tookMs = behaviour.firstOutputMs(this.#random, begunMs);
    const run = (): void => {
      const judged = { offerId: offer.id, payerWallet: payer };
      if (fails) {
        this.health.judge({ ...judged, outcome: "failed" });
        this.#attempt(asked, index + 1);
        return;
      }
      this.health.judge({ ...judged, outcome: "succeeded", firstOutputMs: tookMs, tokensPerSecond: 50 });
      this.seen.push({ atMs, first, answered: offer.wallet, firstOutputMs: this.clock.monotonic() - atMs });
    };
    this.#due.push({ atMs: begunMs + tookMs, run });
  }
}

/** The part of requests that a wallet answered, 0 to 1. */
export function answeredBy(seen: readonly Seen[], isTheirs: (wallet: string) => boolean): number {
  return seen.filter(({ answered }) => answered !== undefined && isTheirs(answered)).length / seen.length;
}

/** A percentile of the time to the first output, in milliseconds. */
export function firstOutputAt(seen: readonly Seen[], percent: number): number {
  const sorted = seen.map(({ firstOutputMs }) => firstOutputMs).toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? 0;
}
