// Follows a router's accounts on chain. Their totals are the truth, so whatever is told may be told again; signatures
// only save reading everything: they say which accounts to read, and a scan finds what no signature told of.
import { assert } from "@aimo-network/protocol/assert";
import type { Clock } from "@aimo-network/protocol/clock";
import { AimoError, isAimoError } from "@aimo-network/protocol/errors";
import type { Address } from "@solana/kit";
import type { Logger } from "pino";
import type { ChainSettings } from "./chain-settings.ts";
import { fetchAllTouched } from "./touched-accounts.ts";
import type { Endpoints } from "./endpoints.ts";
import type { Hints } from "./hints.ts";
import {
  ACCOUNTS_READ_MAX,
  HEAD_MS,
  HINTED_LOOK_MS,
  LOOKS_FAILED_LOGGED,
  LOOKS_WAITING_MAX,
  LOOK_BACKOFF_MAX_MS,
  SCAN_REST_MS,
  TRANSACTIONS_READ_MAX,
  WHOLE_SCAN_MS,
} from "./limits.ts";
import { ACCOUNTS_PER_SIGHT, lookAtAll, lookAtSome, surveyGround } from "./observation.ts";
import type { ChainObservation, Ground, Sight } from "./observation.ts";
import { lookAtTrail } from "./trail.ts";
import type { Trail } from "./trail.ts";

/** What is told an observation; one at a time. One that it rejects is told again, or what has become of it. */
export type Observe = (observation: ChainObservation) => Promise<void>;

/** When the chain was seen to move. */
export interface ChainSeen {
  readonly slot: bigint;
  /** The chain's own clock, in seconds. */
  readonly time: bigint;
  /** By the monotonic clock of this process, when this slot was first asked for: a node that stands still does not count. */
  readonly ms: number;
}

/** Who follows the chain. */
export interface Follower {
  start(observe: Observe): void;
  /** Looks now instead of at the next poll. */
  hint(): void;
  /** Reads everything at once: whoever begins to observe for others has missed what was told before. */
  scan(): void;
  /** Looks now, at these accounts too; resolves when what there is has been observed, rejects where it cannot be seen. */
  look(addresses?: readonly Address[]): Promise<void>;
  /** Undefined until the first observation. */
  readonly lastSeen: ChainSeen | undefined;
  stop(): Promise<void>;
}

/** What following needs. */
export interface FollowerDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly endpoints: Pick<Endpoints, "any">;
  readonly hints?: Hints;
}

interface Waiter {
  resolve(): void;
  reject(error: unknown): void;
}

class ChainFollower implements Follower {
  lastSeen: ChainSeen | undefined;
  readonly #settings: ChainSettings;
  readonly #deps: FollowerDeps;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;
  #ground: Ground | undefined;
  #trail: Trail | undefined;
  /** Accounts that may have changed and were not told yet. */
  readonly #changed = new Set<Address>();
  #waiters: Waiter[] = [];
  /** Nothing older is believed. */
  #floor = 0n;
  /** Whether only a scan can tell what has changed. */
  #isTrailLost = false;
  #scanDueMs = 0;
  #scanBeganMs = -Infinity;
  #headDueMs = 0;
  #lookBeganMs = -Infinity;
  #failures = 0;
  #isHinted = false;
  #wake: () => void = () => undefined;

  constructor(settings: ChainSettings, deps: FollowerDeps) {
    this.#settings = settings;
    this.#deps = deps;
  }

  start(observe: Observe): void {
    assert(this.#running === undefined, "a follower is started once");
    this.#running = this.#run(observe);
    this.#deps.hints?.start(() => this.hint());
  }

  hint(): void {
    this.#isHinted = true;
    this.#wake();
  }

  scan(): void {
    this.#scanDueMs = 0;
    this.hint();
  }

  look(addresses: readonly Address[] = []): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    if (this.#stopping.signal.aborted) {
      reject(new AimoError("draining", {}));
    } else if (this.#waiters.length >= LOOKS_WAITING_MAX || this.#changed.size + addresses.length > ACCOUNTS_READ_MAX) {
      reject(new AimoError("overloaded", { what: "too many look at the chain at once" }));
    } else {
      for (const address of addresses) this.#changed.add(address);
      this.#waiters.push({ resolve, reject });
      this.hint();
    }
    return promise;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake();
    await this.#deps.hints?.stop();
    await this.#running;
    this.#dismiss(this.#waiters, new AimoError("draining", {}));
  }

  async #run(observe: Observe): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      this.#isHinted = false;
      this.#lookBeganMs = this.#deps.clock.monotonic();
      const waiters = this.#waiters;
      this.#waiters = [];
      try {
        await this.#round(observe);
        this.#succeed(waiters);
      } catch (error) {
        // The boundary of everything that can go wrong with nodes and with whoever observes: it is tried again.
        this.#fail(waiters, error);
      }
      if (!signal.aborted) await this.#rest();
    }
  }

  #succeed(waiters: readonly Waiter[]): void {
    if (this.#failures >= LOOKS_FAILED_LOGGED) this.#deps.log.info("the chain is seen again");
    this.#failures = 0;
    // Where the trail was lost and the scan has to wait, nobody knows yet what has changed.
    if (this.#isTrailLost) this.#waiters.unshift(...waiters);
    else for (const { resolve } of waiters) resolve();
  }

  #fail(waiters: readonly Waiter[], error: unknown): void {
    if (this.#stopping.signal.aborted) {
      this.#dismiss(waiters, new AimoError("draining", {}));
      return;
    }
    this.#failures += 1;
    if (this.#failures === LOOKS_FAILED_LOGGED) this.#deps.log.error({ error }, "the chain is not seen");
    this.#dismiss(waiters, isAimoError(error) ? error : new AimoError("chain_unavailable", {}, { cause: error }));
  }

  #dismiss(waiters: readonly Waiter[], error: unknown): void {
    for (const { reject } of waiters) reject(error);
  }

  /** Waits for the next look: until a poll is due, or a hint comes; while looks fail, longer each time and for no hint. */
  async #rest(): Promise<void> {
    const { clock } = this.#deps;
    const { pollMs } = this.#settings;
    const sleep = (ms: number, isWoken: () => boolean): Promise<void> => {
      return new Promise((resolve) => {
        const wake = (): void => {
          timer.cancel();
          resolve();
        };
        const timer = clock.timer(ms, wake);
        this.#wake = () => (this.#stopping.signal.aborted || isWoken() ? wake() : undefined);
        this.#wake();
      });
    };
    if (this.#failures > 0) {
      await sleep(Math.min(pollMs * 2 ** (this.#failures - 1), LOOK_BACKOFF_MAX_MS), () => false);
      return;
    }
    await sleep(pollMs, () => this.#isHinted && !this.#isTrailLost);
    const soonestMs = this.#lookBeganMs + HINTED_LOOK_MS - clock.monotonic();
    if (soonestMs > 0) await sleep(soonestMs, () => false);
  }

  async #round(observe: Observe): Promise<void> {
    const { clock } = this.#deps;
    this.#ground ??= await surveyGround(this.#settings);
    const ground = this.#ground;
    await this.#readTrail(ground);
    const nowMs = clock.monotonic();
    if (this.#scanDueMs <= nowMs) {
      const changed = this.#takeChanged(Infinity);
      await this.#tell(observe, changed, (options) => lookAtAll(this.#deps.endpoints.any, ground, options));
      this.#scanBeganMs = nowMs;
      this.#scanDueMs = nowMs + WHOLE_SCAN_MS;
      this.#isTrailLost = false;
    }
    while (this.#changed.size > 0 || this.#headDueMs <= nowMs) {
      const changed = this.#takeChanged(ACCOUNTS_PER_SIGHT);
      await this.#tell(observe, changed, (options) => lookAtSome(this.#deps.endpoints.any, ground, changed, options));
    }
  }

  #loseTrail(): void {
    this.#isTrailLost = true;
    this.#scanDueMs = Math.min(this.#scanDueMs, this.#scanBeganMs + SCAN_REST_MS);
  }

  /** Learns which accounts may have changed; where it cannot, asks for a scan. */
  async #readTrail({ router, commitment }: Ground): Promise<void> {
    const rpc = this.#deps.endpoints.any;
    const abortSignal = this.#stopping.signal;
    const { trail, fresh } = await lookAtTrail(rpc, this.#trail, { address: router.address, commitment, abortSignal });
    const landed = fresh?.filter(({ isFailed }) => !isFailed);
    if (landed === undefined || landed.length > TRANSACTIONS_READ_MAX) {
      this.#loseTrail();
    } else if (!this.#isTrailLost && this.#scanDueMs > this.#deps.clock.monotonic()) {
      const signatures = landed.map(({ signature }) => signature);
      const touched = await fetchAllTouched(rpc, signatures, { commitment, abortSignal });
      if (touched === undefined || this.#changed.size + touched.size > ACCOUNTS_READ_MAX) this.#loseTrail();
      else for (const address of touched) this.#changed.add(address);
    }
    // Only now: what a failure above leaves unread is asked for again. And a node that has not reached these slots yet
    // would show the accounts as they were before.
    this.#trail = trail;
    this.#raiseFloor(trail[0]?.slot ?? 0n);
  }

  #raiseFloor(slot: bigint): void {
    if (slot > this.#floor) this.#floor = slot;
  }

  #takeChanged(most: number): readonly Address[] {
    const taken = [...this.#changed].slice(0, most);
    for (const address of taken) this.#changed.delete(address);
    return taken;
  }

  /** Reads and tells; what could not be told has still changed. */
  async #tell(
    observe: Observe,
    changed: readonly Address[],
    read: (options: { floor: bigint; abortSignal: AbortSignal }) => Promise<Sight>,
  ): Promise<void> {
    const { clock } = this.#deps;
    const askedMs = clock.monotonic();
    try {
      const { observation, floor } = await read({ floor: this.#floor, abortSignal: this.#stopping.signal });
      this.#raiseFloor(floor);
      await observe(observation);
      const { slot, time } = observation;
      if (this.lastSeen === undefined || slot > this.lastSeen.slot) this.lastSeen = { slot, time, ms: askedMs };
      this.#headDueMs = askedMs + HEAD_MS;
    } catch (error) {
      for (const address of changed) this.#changed.add(address);
      throw error;
    }
  }
}

/** Makes a follower of the router's accounts; it begins when it is started. */
export function createFollower(settings: ChainSettings, deps: FollowerDeps): Follower {
  return new ChainFollower(settings, deps);
}
