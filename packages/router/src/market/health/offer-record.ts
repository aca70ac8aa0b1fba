// All that is known of how one offer serves.
import { HEALTH_PROBE_ANSWER_MS, HEALTH_PROBE_MS } from "../limits.ts";
import type { HealthChanges } from "./health-changes.ts";
import type { StoredOffer } from "./health-store.ts";
import { Newness } from "./newness.ts";
import type { Judgement, Measured, Tier } from "./offer-health.ts";
import { payerNumber } from "./payer-number.ts";
import { Payers } from "./payers.ts";
import { RecentOutputs } from "./recent-outputs.ts";
import { Rest } from "./rest.ts";
import { slotOf, SLOTS_PER_DAY, Uptime } from "./slots.ts";
import type { SpeedKind } from "./speeds.ts";
import { speedBucket, SPEED_SLOTS, Speeds } from "./speeds.ts";
import { Standing } from "./standing.ts";

const SLOTS_5M = 2; // the one that runs may have begun this moment
const SEVERITY: Readonly<Record<Tier, number>> = { good: 0, degraded: 1, resting: 2, outage: 3 };

/** What is measured of an offer that nobody has asked yet. */
export const NOTHING_MEASURED: Measured = {
  uptime5m: undefined,
  uptime30m: undefined,
  uptime1d: undefined,
  firstOutputMs: undefined,
  tokensPerSecond: undefined,
  recentFirstOutputMs: undefined,
  isNew: true,
  firstSuccessMs: undefined,
};

type Sums = Pick<Measured, "uptime5m" | "uptime30m" | "uptime1d" | "firstOutputMs" | "tokensPerSecond">;

/** The health of one offer. */
export class OfferRecord {
  readonly #offerId: string;
  readonly #changes: HealthChanges | undefined;
  readonly #payers = new Payers();
  readonly #standing = new Standing();
  readonly #rest = new Rest();
  readonly #newness = new Newness();
  readonly #uptime = new Uptime();
  readonly #recent = new RecentOutputs();
  readonly #speeds: Partial<Record<SpeedKind, Speeds>> = {};
  #sums: { readonly slot: number; readonly sums: Sums } | undefined;
  #probedMs = -Infinity;
  #isProbeOpen = false;
  /** As everybody was told last. */
  announced: Tier = "good";
  announcedNew = true;

  constructor(offerId: string, changes: HealthChanges | undefined) {
    this.#offerId = offerId;
    this.#changes = changes;
  }

  judge(judgement: Judgement, nowMs: number): void {
    const { payerWallet, outcome, retryAfterMs, firstOutputMs, tokensPerSecond } = judgement;
    const payer = payerNumber(payerWallet);
    this.#noteRecent(payer, judgement, nowMs);
    this.#isProbeOpen = false;
    if (outcome === "limited") {
      this.#rest.limited(payer, retryAfterMs, nowMs);
      return;
    }
    if (outcome === "outrun") return;
    const hasFailed = outcome === "failed";
    const slot = slotOf(nowMs);
    const row = this.#payers.attempt(payer, hasFailed, nowMs);
    if (this.#payers.count(row, slot)) {
      this.#sums = undefined;
      this.#uptime.add(slot, hasFailed);
      this.#changes?.attempted(this.#offerId, slot, hasFailed);
      if (!hasFailed) {
        this.#serve(payer, nowMs);
        this.#measure("first_output", slot, firstOutputMs);
        this.#measure("tokens", slot, tokensPerSecond);
      }
    }
    if (!hasFailed) this.#rest.served(payer, nowMs);
    const hasChanged = hasFailed
      ? this.#standing.failed(this.#payers, row, nowMs)
      : this.#standing.succeeded(this.#payers, row, nowMs);
    if (hasChanged) this.#changes?.stood(this.#offerId, this.#standing.stored());
  }

  #noteRecent(payer: number, { firstOutputMs, isComparable = true }: Judgement, nowMs: number): void {
    if (isComparable && firstOutputMs !== undefined && firstOutputMs >= 0)
      this.#recent.add(payer, firstOutputMs, nowMs);
  }

  #serve(payer: number, nowMs: number): void {
    const isNewHere = this.#newness.served(payer, nowMs);
    this.#changes?.served(this.#offerId, isNewHere ? payer : undefined, nowMs);
  }

  #measure(kind: SpeedKind, slot: number, value: number | undefined): void {
    const bucket = speedBucket(kind, value);
    if (bucket === undefined) return;
    (this.#speeds[kind] ??= new Speeds(kind)).add(slot, bucket);
    this.#changes?.measured(this.#offerId, slot, kind, bucket);
  }

  /** How it stands with everybody. */
  tier(nowMs: number): Tier {
    if (this.#standing.isOut(nowMs)) return "outage";
    if (this.#rest.isResting(nowMs)) return "resting";
    return this.#standing.mode === "good" ? "good" : "degraded";
  }

  /** How it stands with one payer, which is never better than with everybody. */
  tierFor(payer: number, nowMs: number): Tier {
    const tier = this.tier(nowMs);
    const own = this.#payers.tier(payer, nowMs);
    const worse = SEVERITY[own] > SEVERITY[tier] ? own : tier;
    return worse !== "outage" && this.#rest.isRestingFor(payer, nowMs) ? "resting" : worse;
  }

  /** The next moment at which its tier changes by itself; Infinity where none does. */
  nextChangeMs(nowMs: number): number {
    const ends = [this.#standing.outageUntilMs, this.#rest.untilMs].filter((endMs) => endMs > nowMs);
    return Math.min(Infinity, ...ends);
  }

  /** Whether its outage, for everybody or for this payer alone, has passed and a few tries are to prove it. */
  isProving(payer: number, nowMs: number): boolean {
    if (this.#standing.mode === "outage") return !this.#standing.isOut(nowMs);
    return this.#payers.isProving(payer, nowMs);
  }

  mayProbe(payer: number, nowMs: number): boolean {
    const tier = this.tier(nowMs);
    if (tier === "outage" || tier === "resting") return false;
    const sinceMs = Math.abs(nowMs - this.#probedMs);
    if (this.isProving(payer, nowMs)) return !this.#isProbeOpen || sinceMs >= HEALTH_PROBE_ANSWER_MS;
    return sinceMs >= HEALTH_PROBE_MS;
  }

  probed(nowMs: number): void {
    this.#probedMs = nowMs;
    this.#isProbeOpen = true;
  }

  unprobed(): void {
    this.#probedMs = -Infinity;
    this.#isProbeOpen = false;
  }

  /** What its slots say: asked again and again of offers of which nothing new is known. */
  #sum(slot: number): Sums {
    if (this.#sums?.slot === slot) return this.#sums.sums;
    const sums = {
      uptime5m: this.#uptime.percent(slot, SLOTS_5M),
      uptime30m: this.#uptime.percent(slot, SPEED_SLOTS),
      uptime1d: this.#uptime.percent(slot, SLOTS_PER_DAY),
      firstOutputMs: this.#speeds.first_output?.percentiles(slot),
      tokensPerSecond: this.#speeds.tokens?.percentiles(slot),
    };
    this.#sums = { slot, sums };
    return sums;
  }

  measured(nowMs: number): Measured {
    return {
      ...this.#sum(slotOf(nowMs)),
      recentFirstOutputMs: this.#recent.median(nowMs),
      isNew: this.isNew,
      firstSuccessMs: this.#newness.firstSuccessMs,
    };
  }

  get isNew(): boolean {
    return this.#newness.isNew;
  }

  /** Takes over what the books say of it as a whole; what waits to be written is not in there. */
  learn({ payers, successes, firstSuccessMs, standing }: StoredOffer): void {
    const waiting = this.#changes?.successes(this.#offerId) ?? 0;
    this.#newness.learn(payers, successes + waiting, firstSuccessMs);
    if (standing !== undefined) this.#standing.learn(standing, this.#payers);
  }

  learnSlot(slot: number, succeeded: number, failed: number): void {
    const waiting = this.#changes?.attempts(this.#offerId, slot);
    this.#sums = undefined;
    this.#uptime.set(slot, succeeded + (waiting?.succeeded ?? 0), failed + (waiting?.failed ?? 0));
  }

  learnSpeed(slot: number, kind: SpeedKind, bucket: number, count: number): void {
    const waiting = this.#changes?.speeds(this.#offerId, slot, kind, bucket) ?? 0;
    this.#sums = undefined;
    (this.#speeds[kind] ??= new Speeds(kind)).set(slot, bucket, count + waiting);
  }
}
