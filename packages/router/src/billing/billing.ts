// What happens to a request's money: locked before it is sent, charged when its answer has ended.
import { createHmac, hash } from "node:crypto";
import { within } from "@aimo-network/protocol/clock";
import type { App } from "../ledger/app-numbers.ts";
import type { IdempotencyClaim, RateUse } from "../ledger/commands.ts";
import { INTEGER_MAX } from "../ledger/storable.ts";
import { LOCK_GRACE_MS } from "./limits.ts";
import type { Named, RequestSize } from "./ceiling.ts";
import { maxOutput, planCeiling, promptBound } from "./ceiling.ts";
import type { BillingDeps } from "./funded-request.ts";
import { FundedRequest } from "./funded-request.ts";
import type { BillableOffer } from "./offer-numbers.ts";
import { knownNumbersOf, numbersOf } from "./offer-numbers.ts";
import type { RateRules } from "./rate-rules.ts";
import { secondsLeft } from "./rate-rules.ts";
import { refusalError } from "./refusal-error.ts";

/** The wallet that pays, and the key it pays by. */
export interface Payer {
  readonly wallet: string;
  /** The key's id. */
  readonly id: string;
  readonly keyNumber: number;
  readonly userNumber: number;
}

/** A request that wants to be paid for. */
export interface BillableRequest<Offer extends BillableOffer> {
  /** A UUID version 7 made by this router. */
  readonly id: string;
  readonly payer: Payer;
  /** As the client wrote it. */
  readonly model: string;
  /** The offers that would take it, best first. */
  readonly plan: readonly Offer[];
  /** Whether the client named the provider itself, and so its price; or beside which offer of the plan each is too dear. */
  readonly named: Named<Offer>;
  readonly size: RequestSize;
  readonly stream: boolean;
  /** What the request says it comes from, where it says so. */
  readonly app?: App | undefined;
  /** The client's `Idempotency-Key` and the body it came with. */
  readonly idempotency: { readonly key: string; readonly body: readonly Uint8Array[] } | undefined;
  /** Told what the key has used of its minute, this request included where it was let in. */
  told(use: RateUse): void;
}

/** Locks requests. */
export interface Billing {
  /** Locks a request's greatest cost; throws what to answer where it cannot be paid for. */
  lock<Offer extends BillableOffer>(request: BillableRequest<Offer>): Promise<FundedRequest<Offer>>;
  /** Resolves when every request that was locked has been charged, or `ms` of real time have passed. */
  settled(ms: number): Promise<void>;
}

/** Fixed for the life of a router. */
export interface BillingRules {
  readonly rates: RateRules;
  /** The longest a request may take, in milliseconds. */
  readonly totalMs: number;
  /** What bodies under an idempotency key are hashed with; the same for all instances of a router. */
  readonly idempotencySecret: Uint8Array;
}

function claimOf(secret: Uint8Array, { key, body }: { key: string; body: readonly Uint8Array[] }): IdempotencyClaim {
  const mac = createHmac("sha256", secret);
  for (const piece of body) mac.update(piece);
  return { keyHash: hash("sha256", key, "buffer"), bodyHash: mac.digest() };
}

/** The number of the app of a request that was let in; nobody waits for one that cannot be had, and nobody is refused for it. */
async function appNumber({ ledger, log }: BillingDeps, app: App, user: number): Promise<number> {
  try {
    return await ledger.apps.of(app, user);
  } catch (error) {
    log.warn({ error }, "an app has no number");
    return 0;
  }
}

/** Creates billing on a ledger. */
export function createBilling(deps: BillingDeps, rules: BillingRules): Billing {
  const { clock, ioClock, ledger } = deps;
  let running = 0;
  const waiting: (() => void)[] = [];
  const ended = (): void => {
    running -= 1;
    if (running === 0) for (const tell of waiting.splice(0)) tell();
  };
  const fundedDeps = { ...deps, ended };
  return {
    async settled(ms) {
      if (running === 0) return;
      await within(ioClock, ms, new Promise<void>((resolve) => void waiting.push(resolve)));
    },
    async lock(request) {
      const { id, payer, plan, size, stream, named, model, idempotency } = request;
      const { offers, full, least, leasts, tokens } = planCeiling(plan, size, { named });
      const [first] = offers;
      if (first === undefined) throw new Error("a plan that is to be locked has an offer");
      const numbers = knownNumbersOf(ledger.numbers, first) ?? (await numbersOf(ledger.numbers, first));
      const locked = await ledger.lock({
        id,
        user: payer.userNumber,
        key: payer.keyNumber,
        provider: numbers.provider,
        model: numbers.model,
        price: numbers.price,
        full,
        least,
        // More than a column of tokens holds is no bound that could ever be reached.
        tokens: Math.min(tokens, INTEGER_MAX),
        promptTokensMax: Math.min(promptBound(first.offer, size), INTEGER_MAX),
        outputTokensMax: Math.min(maxOutput(first.offer, size) * size.choices, INTEGER_MAX),
        imageCount: size.media.image,
        stream,
        deadlineMs: clock.now() + rules.totalMs + LOCK_GRACE_MS,
        idempotency: idempotency && claimOf(rules.idempotencySecret, idempotency),
      });
      request.told(locked.rate);
      if (locked.refusal !== undefined) {
        const { wallet, id: keyId } = payer;
        const refused = { least, wallet, keyId, model, secondsLeft: secondsLeft(clock.now()) };
        throw refusalError(locked.refusal, refused, rules.rates);
      }
      const { granted } = locked;
      // Nobody is refused for the sake of a fallback: it is asked only where what was locked pays for it.
      const payable = offers.filter((_offer, index) => (leasts[index] ?? full) <= granted);
      running += 1;
      const app = request.app === undefined ? 0 : await appNumber(deps, request.app, payer.userNumber);
      return new FundedRequest(fundedDeps, {
        id,
        user: payer.userNumber,
        wallet: payer.wallet,
        offers: payable,
        numbers,
        size,
        stream,
        app,
        granted,
      });
    },
  };
}
