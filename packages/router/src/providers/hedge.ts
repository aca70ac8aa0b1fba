// A provider that shows nothing for long has the next asked beside it: who has output first is shown, the other is cancelled and not paid.
import { assert } from "@aimo-network/protocol/assert";
import { AimoError, isAimoError } from "@aimo-network/protocol/errors";
import { ATTEMPT_MS_MIN } from "../limits.ts";
import type { Candidate, RelayClient, RelayDeps, RelayRequest } from "./relay.ts";
import type { RunningTry, Tried, Try } from "./try-candidate.ts";
import { beginTry } from "./try-candidate.ts";

/** How one try, or two beside each other, ended. */
export interface Raced<Offer> {
  /** The try that the lock names: what is charged, and paid, is its. */
  readonly decided: Tried<Offer>;
  /** The other, where there was one. */
  readonly beside: Tried<Offer> | undefined;
}

/** A try that is in the race. */
interface Entrant<Offer> {
  readonly one: Try<Offer>;
  readonly running: RunningTry<Offer>;
}

const OUTRUN = new AimoError("client_left", {}); // for the log: no client sees it

/**
 * Two tries of one request. Its lock names one attempt, whose replay alone is ever charged after a crash: so nothing is
 * shown of a try before the lock names it. That of the first it does from the beginning; the other is recorded when it has output.
 */
class Race<Offer> {
  readonly #request: RelayRequest<Offer>;
  readonly #entrants: Entrant<Offer>[] = [];
  /** The index that the lock names. */
  #named: number;
  #winner: number | undefined;
  /** One at a time asks for the lock's name. */
  #claims: Promise<unknown> = Promise.resolve();
  #claimsOpen = 0;
  /** What went wrong in billing itself. */
  #broke: Error | undefined;

  constructor(request: RelayRequest<Offer>, named: number) {
    this.#request = request;
    this.#named = named;
  }

  /** How it came out, once every try has ended. */
  async ended(): Promise<Raced<Offer>> {
    const tried: Tried<Offer>[] = [];
    for (const { running } of this.#entrants) tried.push(await running.ended); // the second begins before the first has ended
    await this.#claims; // or what is asked of billing next could overtake it
    if (this.#broke !== undefined) throw this.#broke;
    const decided = tried.find(({ index }) => index === this.#named);
    assert(decided !== undefined, "the lock names a try of the race");
    return { decided, beside: tried.find(({ index }) => index !== this.#named) };
  }

  enter(entrant: Entrant<Offer>): void {
    this.#entrants.push(entrant);
    // A link that breaks while it is opened, or answers at once, has asked for its turn before it was entered.
    if (this.#winner !== undefined && this.#winner !== entrant.one.index) entrant.running.outrun();
  }

  leave(): void {
    for (const { running } of this.#entrants) running.leave();
  }

  turn(index: number): true | Promise<AimoError | undefined> {
    if (this.#winner === index) return true;
    if (this.#winner === undefined && this.#named === index && this.#claimsOpen === 0) {
      this.#win(index);
      return true;
    }
    this.#claimsOpen += 1;
    const claim = this.#claims.then(() => this.#claim(index));
    this.#claims = claim;
    return claim;
  }

  /** Undefined where the try may be shown now; else what it ends with. */
  async #claim(index: number): Promise<AimoError | undefined> {
    try {
      if (this.#winner !== undefined && this.#winner !== index) return OUTRUN;
      const entrant = this.#entrants.find(({ one }) => one.index === index);
      if (entrant === undefined || entrant.running.hasFailed()) return OUTRUN;
      if (this.#named !== index) {
        await this.#request.retry(entrant.one.candidate, index);
        this.#named = index;
      }
      // It may have failed meanwhile: then the other, if it has output, has its turn next.
      if (entrant.running.hasFailed()) return OUTRUN;
      this.#win(index);
      return undefined;
    } catch (error) {
      // The other goes on: what the lock names is as it was, as far as anybody knows.
      if (isAimoError(error)) return error;
      this.#broke = error instanceof Error ? error : new Error("billing broke", { cause: error });
      return new AimoError("internal", {});
    } finally {
      this.#claimsOpen -= 1;
    }
  }

  #win(index: number): void {
    this.#winner = index;
    for (const { one, running } of this.#entrants) if (one.index !== index) running.outrun();
  }
}

/** A provider that may be asked beside another, and when. */
export interface Hedge<Offer> {
  readonly next: Candidate<Offer>;
  readonly afterMs: number;
}

/** Whom a request may be asked of beside its first provider; undefined where nobody, which is the rule. */
export function hedgeOf<Offer>(
  request: RelayRequest<Offer>,
  one: Candidate<Offer>,
  next: Candidate<Offer> | undefined,
): Hedge<Offer> | undefined {
  const { hedges, hedgeAfterMs: afterMs } = one;
  // A JSON answer comes whole: that it is not here yet says nothing of who writes it.
  if (!request.stream || afterMs === undefined || hedges !== true || next?.hedges !== true) return undefined;
  return request.mayHedge(one, next) ? { next, afterMs } : undefined;
}

/** Asks `one`, and the next beside it when it is silent for too long; resolves when all that were asked have ended. */
export async function tryHedged<Offer>(
  deps: RelayDeps<Offer>,
  one: Try<Offer>,
  { next, afterMs }: Hedge<Offer>,
  request: RelayRequest<Offer>,
  client: RelayClient<Offer>,
): Promise<Raced<Offer>> {
  const race = new Race(request, one.index);
  const begin = (which: Try<Offer>): RunningTry<Offer> => {
    const running = beginTry(deps, which, request, client, () => race.turn(which.index));
    race.enter({ one: which, running });
    return running;
  };
  client.presence.whenLeft(() => race.leave());
  const first = begin(one);
  const mayAsk = (): boolean =>
    first.isSilent() &&
    !client.presence.hasLeft() &&
    one.dueMs - deps.clock.monotonic() >= ATTEMPT_MS_MIN &&
    next.link.freeSlots(next.offerName) > 0 &&
    deps.hedgeBudget?.take() === true;
  const timer = deps.clock.timer(afterMs, () => {
    if (mayAsk()) begin({ candidate: next, index: one.index + 1, dueMs: one.dueMs });
  });
  try {
    await first.ended;
    timer.cancel();
    return await race.ended();
  } finally {
    client.presence.whenLeft(undefined);
  }
}
