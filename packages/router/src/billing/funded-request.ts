// A request whose greatest cost is locked: what it may ask of providers, and how its lock ends.
import { assert } from "@aimo-network/protocol/assert";
import type { Clock } from "@aimo-network/protocol/clock";
import { within } from "@aimo-network/protocol/clock";
import { AimoError } from "@aimo-network/protocol/errors";
import type { NanoUsdc } from "@aimo-network/protocol/money";
import type { Logger } from "pino";
import type { ChargeCommand } from "../ledger/commands.ts";
import { RECEIPT_FLAGS } from "@aimo-network/protocol/receipt-cost";
import type { Ledger } from "../ledger/ledger.ts";
import { NO_USAGE } from "@aimo-network/protocol/usage";
import { CHARGE_WAIT_MS } from "./limits.ts";
import type { RequestSize } from "./ceiling.ts";
import { affordableTokens, maxOutput, mediaTokens, promptBound } from "./ceiling.ts";
import type { Charge, ChargeTerms, Ending } from "./charge.ts";
import { chargeOf } from "./charge.ts";
import type { Checkpoints, Running } from "./checkpoints.ts";
import type { BillableOffer, OfferNumbers } from "./offer-numbers.ts";
import { numbersOf } from "./offer-numbers.ts";
import { hiddenReasoningTokens } from "./hidden-reasoning.ts";

/** What was locked. */
export interface LockedRequest<Offer extends BillableOffer> {
  readonly id: string;
  readonly user: number;
  /** The payer's. */
  readonly wallet: string;
  readonly offers: readonly Offer[];
  /** Of the first. */
  readonly numbers: OfferNumbers;
  readonly size: RequestSize;
  readonly stream: boolean;
  /** The app that asks, by its number. */
  readonly app: number;
  readonly granted: NanoUsdc;
}

/** How the lock ended, as far as the client is told. */
export interface Charged {
  readonly charge: Charge;
  /** What was charged; undefined while the ledger cannot be reached. */
  readonly cost: NanoUsdc | undefined;
}

/** What billing needs. */
export interface BillingDeps {
  readonly clock: Clock;
  /** The time that input and output take. */
  readonly ioClock: Clock;
  readonly log: Logger;
  readonly ledger: Ledger;
  readonly checkpoints: Checkpoints;
  /** Told the wallets of payer and provider when something of theirs was posted. */
  posted(wallet: string): void;
}

/** What a funded request needs. */
export interface FundedDeps extends BillingDeps {
  /** Told once, when the request's lock has ended. */
  ended(): void;
}

/** A request in flight, from its lock to its charge. */
export class FundedRequest<Offer extends BillableOffer> implements Running {
  readonly id: string;
  readonly delivered = { bytes: 0 };
  checkpointBytes = 0;
  readonly #deps: FundedDeps;
  readonly #locked: LockedRequest<Offer>;
  readonly #admittedMs: number;
  #firstOutputMs: number | undefined;
  /** Of the offers that further attempts are at; undefined where there is none, which is the rule. */
  #retried: Map<Offer, OfferNumbers> | undefined;
  /** Of the offer asked about last: the same is asked before, while and after it is sent the request. */
  #affordable: { readonly offer: Offer; readonly tokens: number } | undefined;

  constructor(deps: FundedDeps, locked: LockedRequest<Offer>) {
    this.id = locked.id;
    this.#deps = deps;
    this.#locked = locked;
    this.#admittedMs = deps.clock.monotonic();
    if (locked.stream) deps.checkpoints.begin(this);
  }

  /** The offers that may be asked, best first. */
  get offers(): readonly Offer[] {
    return this.#locked.offers;
  }

  /** Output tokens of each choice that are paid for at an offer: always sent upstream. */
  maxTokens(offer: Offer): number {
    const { granted, size } = this.#locked;
    if (this.#affordable?.offer !== offer) this.#affordable = { offer, tokens: affordableTokens(offer, size, granted) };
    return this.#affordable.tokens;
  }

  /** What the client's open maximum was lowered to, since its wallet could pay for no more; undefined where it was not. */
  loweredMaxTokens(offer: Offer): number | undefined {
    const affordable = this.maxTokens(offer);
    return affordable < maxOutput(offer.offer, this.#locked.size) ? affordable : undefined;
  }

  /** The answer begins to be shown. */
  firstOutput(): void {
    this.#firstOutputMs ??= Math.round(this.#deps.clock.monotonic() - this.#admittedMs);
  }

  /**
   * Records the attempt that may be charged from now on, before anything of it is shown: a replay of any other is worth
   * nothing. Of two that run beside each other it is the one that is shown, which may be the earlier one again.
   */
  async retry(offer: Offer, attempt: number): Promise<void> {
    const { ledger } = this.#deps;
    const numbers = await numbersOf(ledger.numbers, offer);
    (this.#retried ??= new Map()).set(offer, numbers);
    const isOpen = await ledger.retry({ id: this.id, attempt, ...numbers });
    if (!isOpen) throw new AimoError("ledger_unavailable", {}); // its lock expired: nothing could be charged
  }

  /**
   * Ends the lock. `offer` is the one that decided the outcome, undefined where none was asked; `committed` is told when the
   * charge is in the books, which may be long after this has resolved.
   */
  async end(ending: Ending, offer: Offer | undefined, committed: (charged: boolean) => void): Promise<Charged> {
    const [first] = this.offers;
    const decided = offer ?? first;
    if (decided === undefined) throw new Error("a lock is made for at least one offer");
    const charge = chargeOf(this.#terms(decided), ending);
    const posted = this.#post(decided, charge, ending, committed);
    return { charge, cost: await within(this.#deps.ioClock, CHARGE_WAIT_MS, posted) };
  }

  /** Known since the lock or the retry: a charge never has to ask a database that may be away by then. */
  #numbersOf(offer: Offer): OfferNumbers {
    const retried = this.#retried?.get(offer);
    if (retried !== undefined) return retried;
    assert(offer === this.offers[0], "billing heard of every offer before it was asked");
    return this.#locked.numbers;
  }

  #terms(offer: Offer): ChargeTerms {
    const { granted, size } = this.#locked;
    return {
      price: offer.price,
      granted,
      imageCount: size.media.image,
      textBytes: size.textBytes,
      mediaTokens: mediaTokens(offer.offer, size.media),
      promptBound: promptBound(offer.offer, size),
      maxOutput: this.maxTokens(offer),
      choices: size.choices,
      hiddenReasoningTokens: hiddenReasoningTokens(offer.modelId),
    };
  }

  async #post(
    offer: Offer,
    charge: Charge,
    ending: Ending,
    committed: (charged: boolean) => void,
  ): Promise<NanoUsdc | undefined> {
    const { ledger, checkpoints, log, posted } = this.#deps;
    try {
      const command = this.#command(offer, charge, ending);
      const { outcome, cost } = await ledger.charge(command);
      if (outcome === "unknown" || outcome === "conflict") {
        log.error({ requestId: this.id, outcome }, "a charge met a lock that is not its own");
      }
      committed(cost > 0n);
      posted(this.#locked.wallet);
      posted(offer.wallet);
      return cost;
    } catch (error) {
      log.error({ error, requestId: this.id }, "a charge could not be posted");
      return undefined;
    } finally {
      checkpoints.end(this);
      this.#deps.ended();
    }
  }

  #command(offer: Offer, charge: Charge, ending: Ending): ChargeCommand {
    const { user, size, stream, app } = this.#locked;
    const usage = charge.usage ?? NO_USAGE;
    const { provider, model, price } = this.#numbersOf(offer);
    const isShown = ending.deliveredBytes > 0 || ending.ended === "answered";
    const isCharged = charge.unpaid === undefined ? charge.usage !== undefined : charge.unpaid === "no_usage";
    return {
      id: this.id,
      user,
      kind: isCharged ? "charged" : isShown ? "shown" : "released",
      amount: charge.amount,
      provider,
      model,
      price,
      usage,
      firstOutputMs: this.#firstOutputMs,
      durationMs: Math.round(this.#deps.clock.monotonic() - this.#admittedMs),
      imageCount: size.media.image,
      flags: flagsOf(charge, stream),
      finishReason: finishReasonOf(ending),
      app,
      unpaid: unpaidOf(charge),
    };
  }
}

function flagsOf(charge: Charge, stream: boolean): number {
  return (
    (stream ? RECEIPT_FLAGS.streamed : 0) |
    (charge.cancelled ? RECEIPT_FLAGS.cancelled : 0) |
    (charge.adjusted ? RECEIPT_FLAGS.usageAdjusted : 0) |
    (charge.estimated ? RECEIPT_FLAGS.usageEstimated : 0) |
    (charge.unpaid === "interrupted" || charge.unpaid === "router_ended" ? RECEIPT_FLAGS.interrupted : 0) |
    (charge.unpaid === "no_usage" ? RECEIPT_FLAGS.noUsage : 0)
  );
}

function finishReasonOf(ending: Ending): string {
  if (ending.ended === "failed") return "error";
  return ending.finishReason ?? "";
}

/** What is kept for the provider to see: an attempt that failed before it showed anything is none of it. */
function unpaidOf({ unpaid, unpaidAmount }: Charge): ChargeCommand["unpaid"] {
  if (unpaid === undefined || unpaid === "failed") return undefined;
  return { reason: unpaid, amount: unpaidAmount };
}
