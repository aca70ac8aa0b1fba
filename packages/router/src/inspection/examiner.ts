// Looks for offers that are due, runs their rounds, and keeps what they have shown.
import type { Clock } from "@aimo-network/protocol/clock";
import { isAimoError } from "@aimo-network/protocol/errors";
import type { NanoUsdc } from "@aimo-network/protocol/money";
import { nanoUsdc } from "@aimo-network/protocol/money";
import type { Random } from "@aimo-network/protocol/random";
import type { Logger } from "pino";
import type { LiveOffer, OfferBook } from "../market/offer-book.ts";
import type { Check } from "../market/truth/checks.ts";
import type { Evidence } from "../market/truth/evidence.ts";
import { afterRound } from "../market/truth/evidence.ts";
import type { TruthBoard } from "../market/truth/truth-board.ts";
import type { Links } from "../providers/links.ts";
import type { Agenda } from "./agenda.ts";
import { createAgenda } from "./agenda.ts";
import type { AskDeps } from "./ask-offer.ts";
import { readQuestion } from "./ask-offer.ts";
import type { Gate } from "./gate.ts";
import { createGate } from "./gate.ts";
import type { InspectionBooks, InspectionBounds } from "./inspection-books.ts";
import {
  INSPECTION_ASKS_AT_ONCE_MAX,
  INSPECTION_OFFERS_PER_LOOK_MAX,
  INSPECTION_ROUNDS_AT_ONCE_MAX,
} from "./limits.ts";
import { askPaid, boundsOf } from "./paid-asking.ts";
import { newPersona } from "./persona.ts";
import type { RoundDeps, Target, TargetSeen } from "./round.ts";
import { runRound } from "./round.ts";
import type { InspectionSchedule } from "./schedule.ts";
import { chooseTargets } from "./targets.ts";
import type { Notice } from "./tell-provider.ts";
import { noticesBetween, tellProvider } from "./tell-provider.ts";

/** What examining needs of the other rooms. */
export interface ExaminerDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly board: TruthBoard;
  readonly book: OfferBook;
  readonly links: Links;
  readonly books: InspectionBooks;
  readonly asks: AskDeps;
  /** Who examines for all instances: this one while it has a fence. */
  readonly leadership: { readonly fence: bigint | undefined };
}

/** How a router examines. */
export interface InspectionRules {
  /** What a day may cost; zero examines nothing. */
  readonly usdcPerDay: NanoUsdc;
  /** The wallet that pays: its own offers are not examined. */
  readonly wallet: string;
  readonly schedule: InspectionSchedule;
}

const NOTHING = nanoUsdc(0n);
const DAY_MS = 24 * 3_600_000;

/** Whether a round has shown something that it was to show. */
function hasDecided({ target, results, comparison }: TargetSeen): boolean {
  const isDecided = (check: Check): boolean => (results.get(check) ?? "unknown") !== "unknown";
  // Two that go on disagreeing are no step forward: they would be asked every few minutes for ever.
  return target.checks.some(isDecided) || comparison === "agrees" || comparison === "outlier";
}

/** Examines offers as long as it is not closed. */
export class Examiner {
  readonly #deps: ExaminerDeps;
  readonly #rules: InspectionRules;
  readonly #agenda: Agenda;
  readonly #bounds: InspectionBounds;
  readonly #gate: Gate = createGate(INSPECTION_ASKS_AT_ONCE_MAX);
  /** By model. */
  readonly #running = new Map<string, Promise<void>>();
  readonly #ending = new AbortController();
  readonly #warnedMs = new Map<string, number>();
  #pausedUntilMs = 0;
  /** Where the next look goes on; undefined where it begins anew. */
  #turn: MapIterator<[string, readonly LiveOffer[]]> | undefined;

  constructor(deps: ExaminerDeps, rules: InspectionRules) {
    this.#deps = deps;
    this.#rules = rules;
    this.#agenda = createAgenda(deps.random, rules.schedule, (offerId) => deps.board.evidence(offerId));
    this.#bounds = boundsOf(rules.usdcPerDay);
  }

  /** Begins rounds of models that have an offer which is due; of a large market the rest has its turn with the next looks. */
  look(): void {
    const { clock, book, leadership } = this.#deps;
    const { fence } = leadership;
    const nowMs = clock.now();
    if (fence === undefined || nowMs < this.#pausedUntilMs) return;
    this.#turn ??= book.models().entries();
    for (let left = INSPECTION_OFFERS_PER_LOOK_MAX; left > 0;) {
      const next = this.#turn.next();
      if (next.done === true) {
        this.#turn = undefined;
        this.#agenda.turned(nowMs);
        return;
      }
      const [modelId, offers] = next.value;
      this.#lookAt(modelId, offers, fence, nowMs);
      left -= offers.length;
    }
  }

  #lookAt(modelId: string, offers: readonly LiveOffer[], fence: bigint, nowMs: number): void {
    const due = this.#agenda.due(offers, nowMs).filter(({ offer }) => offer.wallet !== this.#rules.wallet);
    const hasRoom = this.#running.size < INSPECTION_ROUNDS_AT_ONCE_MAX;
    if (due.length === 0 || this.#running.has(modelId) || !hasRoom) return;
    this.#running.set(modelId, this.#round(modelId, fence, chooseTargets(this.#choosing(), offers, due)));
  }

  /** Breaks off what runs: answers under way are charged as those of clients that leave. */
  async close(): Promise<void> {
    this.#ending.abort();
    await Promise.all(this.#running.values());
  }

  #choosing(): Parameters<typeof chooseTargets>[0] {
    const { clock, random, board } = this.#deps;
    const { schedule, wallet } = this.#rules;
    return { nowMs: clock.now(), random, schedule, ownWallet: wallet, evidenceOf: (id) => board.evidence(id) };
  }

  async #round(modelId: string, fence: bigint, targets: readonly Target[]): Promise<void> {
    const { clock, log } = this.#deps;
    try {
      const seen = await runRound(this.#roundDeps(fence), targets);
      this.#heedStops(seen);
      await this.#learn(fence, seen);
    } catch (error) {
      const laterMs = clock.now() + this.#rules.schedule.againMs;
      for (const { offer } of targets) this.#agenda.postpone(offer.id, laterMs);
      if (isAimoError(error, "ledger_unavailable")) log.debug({ error }, "examining: the database is away");
      else log.error({ error, model: modelId }, "examining a model broke");
    } finally {
      this.#running.delete(modelId);
    }
  }

  #roundDeps(fence: bigint): RoundDeps {
    const { clock, random, links, books, asks } = this.#deps;
    return {
      ...{ clock, random, spreadMs: this.#rules.schedule.spreadMs, signal: this.#ending.signal },
      linkOf(offer) {
        const link = links.get(offer.linkId);
        return link !== undefined && link.freeSlots(offer.offer.name) > 0 ? link : undefined;
      },
      persona: () => newPersona(random),
      ask: (question) =>
        this.#gate(async () => {
          if (this.#ending.signal.aborted) return { kind: "nothing", cost: NOTHING };
          const body = readQuestion(asks, question.offer, question.probe, question.persona);
          return await askPaid({ clock, books, asks }, fence, this.#bounds, { ...question, body });
        }),
    };
  }

  async #learn(fence: bigint, seen: readonly TargetSeen[]): Promise<void> {
    const { clock, board, books } = this.#deps;
    const nowMs = clock.now();
    const changed = new Map<string, Evidence>();
    for (const one of seen) {
      const { target, unasked, comparison, results } = one;
      const { id } = target.offer;
      const isShown = comparison !== undefined || [...results.values()].some((result) => result !== "unknown");
      if (isShown) changed.set(id, this.#after(one, nowMs));
      if (!target.isDue || (unasked !== undefined && !isShown)) continue;
      // Where nothing was to be asked nobody has failed to answer; and where one thing stays open, what is known anyway is no step.
      const isIdle = target.checks.length > 0 && !hasDecided(one);
      this.#agenda.examined(id, nowMs, changed.get(id) ?? board.evidence(id), isIdle);
    }
    if (changed.size === 0) return;
    await books.save(fence, nowMs, changed);
    const before = new Map([...changed.keys()].map((id) => [id, board.finding(id)]));
    board.put([...changed].map(([offerId, evidence]) => ({ offerId, evidence, seenAtMs: nowMs })));
    for (const { target } of seen) {
      const was = before.get(target.offer.id);
      if (was !== undefined) this.#tell(target.offer, noticesBetween(was, board.finding(target.offer.id)));
    }
  }

  #after({ target, results, comparison }: TargetSeen, nowMs: number): Evidence {
    const { offer, declared } = target;
    const { apartMs } = this.#rules.schedule;
    return afterRound(this.#deps.board.evidence(offer.id), { declared, results, comparison }, nowMs, apartMs);
  }

  #tell({ id, modelId, offer }: LiveOffer, notices: readonly Notice[]): void {
    const { log, book, links } = this.#deps;
    if (notices.length === 0) return;
    log.info({ offer: id, notices: notices.map(({ code }) => code) }, "found out about an offer");
    const selling = (book.models().get(modelId) ?? []).filter((one) => one.id === id);
    const told = selling.flatMap(({ linkId }) => links.get(linkId) ?? []);
    tellProvider(told, offer.name, notices);
  }

  /** Stops for what was not asked: until there is money, or room within what a day may cost, which soon may be but for what is reserved. */
  #heedStops(seen: readonly TargetSeen[]): void {
    const { clock, random } = this.#deps;
    const { schedule, wallet } = this.#rules;
    const nowMs = clock.now();
    const tomorrowMs = (Math.floor(nowMs / DAY_MS) + 1) * DAY_MS + random.fraction() * schedule.spreadMs;
    const laterMs = Math.min(tomorrowMs, nowMs + schedule.againMs);
    for (const { target, unasked } of seen) {
      if (unasked === "no_funds") {
        this.#pausedUntilMs = Math.max(this.#pausedUntilMs, nowMs + schedule.fundsMs);
        this.#warnDaily("offers are not examined: the inspector's wallet cannot pay, deposit for it", { wallet });
      } else if (unasked === "day") {
        this.#pausedUntilMs = Math.max(this.#pausedUntilMs, laterMs);
        this.#warnDaily("offers wait to be examined: the day's USDC or requests are used up, or reserved", {});
      } else if (unasked === "wallet") {
        this.#agenda.postpone(target.offer.id, laterMs);
      } else if (unasked !== undefined) {
        this.#agenda.postpone(target.offer.id, tomorrowMs);
      }
    }
  }

  #warnDaily(what: string, about: object): void {
    const nowMs = this.#deps.clock.now();
    if (nowMs < (this.#warnedMs.get(what) ?? -Infinity) + DAY_MS) return;
    this.#warnedMs.set(what, nowMs);
    this.#deps.log.warn(about, what);
  }
}
