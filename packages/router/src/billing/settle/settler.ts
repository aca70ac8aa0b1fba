// Settles what users owe: cuts batches from what is due, and brings every batch on until it has landed (docs/accounting.md).
import { isAimoError } from "@aimo-network/protocol/errors";
import type { Clock } from "@aimo-network/protocol/clock";
import { firstUuidAt, uuidV7 } from "@aimo-network/protocol/ids";
import { microUsdc } from "@aimo-network/protocol/money";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import type { Random } from "@aimo-network/protocol/random";
import type { Logger } from "pino";
import { LRUCache } from "lru-cache";
import { hasLostLeadership } from "../../ledger/database/database-error.ts";
import type { Leadership } from "../../ledger/chain-books/leadership.ts";
import type { DuePair, OpenBatch, Settlement } from "../../ledger/chain-books/settlement.ts";
import { inTurns } from "../deposit/in-turns.ts";
import {
  BATCHES_AT_ONCE_MAX,
  BATCHES_OPEN_MAX,
  BATCHES_READ_MAX,
  CAP_SHARE,
  DUE_PAIRS_MAX,
  LOCK_GRACE_MS,
  LOCK_SWEEP_LAG_MS,
  PROVIDERS_PER_REGISTRATION_MAX,
  REGISTRATION_RETRY_MS,
} from "../limits.ts";
import type { BatchCourse } from "./batch-course.ts";
import type { SettleChain, SettleRoom } from "../../chain/settle-chain.ts";
import type { SettleSigner } from "./settle-signer.ts";

/** What settling needs. */
export interface SettlerDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly settlement: Settlement;
  readonly leadership: Leadership;
  readonly chain: SettleChain;
  readonly signer: Pick<SettleSigner, "signRegistration">;
  readonly course: BatchCourse;
}

/** When what is owed is settled. */
export interface SettleRules {
  readonly ageMs: number;
  /** Owed by one user to one provider: settled at once. */
  readonly least: MicroUsdc;
  /** Owed to a provider before its account is opened at this router's expense. */
  readonly sponsorMin: MicroUsdc;
  /** The longest a request may take. */
  readonly totalMs: number;
}

/** Settles, turn by turn. */
export interface Settler {
  /** One turn, where this instance leads; gives how many batches are open after it. */
  turn(): Promise<number>;
}

class SettleTurns implements Settler {
  readonly #deps: SettlerDeps;
  readonly #rules: SettleRules;
  /** Providers whose accounts were asked for lately, and when. */
  readonly #registering = new LRUCache<string, number>({ max: DUE_PAIRS_MAX });

  constructor(deps: SettlerDeps, rules: SettleRules) {
    this.#deps = deps;
    this.#rules = rules;
  }

  async turn(): Promise<number> {
    const { leadership, settlement, course, log, chain } = this.#deps;
    const { fence } = leadership;
    if (fence === undefined) return 0;
    const open = await settlement.open(BATCHES_READ_MAX);
    // After them: what is not posted counts as on its way, even where the window has it already.
    const room = chain.room();
    if (room === undefined) return open.length;
    await inTurns(
      open.map((batch) => async () => {
        try {
          await course.advance(fence, batch);
        } catch (error) {
          if (hasLostLeadership(error) || isAimoError(error, "ledger_unavailable")) throw error;
          log.warn({ batch: String(batch.id), error }, "a batch could not be brought on"); // the others can
        }
      }),
      BATCHES_AT_ONCE_MAX,
    );
    if (room.isPaused) return open.length;
    return open.length + (await this.#cutDue(fence, open, room));
  }

  async #cutDue(fence: bigint, open: readonly OpenBatch[], room: SettleRoom): Promise<number> {
    const { clock, settlement, chain } = this.#deps;
    const at = new Date(clock.now());
    const most = microUsdc(room.windowCap / CAP_SHARE);
    const resting = open.filter(({ notBefore }) => notBefore > at).length;
    const places = Math.min(BATCHES_OPEN_MAX + resting, BATCHES_READ_MAX) - open.length;
    if (places <= 0 || most === 0n) return 0;
    const { ageMs, least, sponsorMin } = this.#rules;
    const since = new Date(clock.now() - ageMs);
    const found = await settlement.due({ at, since, least, sponsorMin, most: DUE_PAIRS_MAX });
    await this.#register(found.filter((pair) => pair.providerOpenedSlot === 0n));
    const due = found.filter((pair) => pair.providerOpenedSlot > 0n);
    if (due.length === 0) return 0;
    let left = room.windowRoom - flying(open);
    const taken = new Set<number>();
    let cut = 0;
    for (const batchPlaces of await chain.pack(due)) {
      if (cut >= places) break;
      // An escrow's numbers land in their order: all of a user's go into one batch, or wait for the next turn.
      const pairs = batchPlaces.flatMap((place) => due[place] ?? []).filter(({ user }) => !taken.has(user));
      const fitting = fit(pairs, most, left);
      if (fitting.pairs.length === 0) continue;
      for (const { user } of pairs) taken.add(user);
      left -= fitting.sum;
      if (await this.#cut(fence, fitting.pairs, most, at)) cut += 1;
    }
    return cut;
  }

  async #cut(fence: bigint, pairs: readonly DuePair[], most: MicroUsdc, at: Date): Promise<boolean> {
    const { clock, random, settlement, log } = this.#deps;
    const ref = uuidV7(clock, random);
    // A request's id is as old as its lock: whatever has no receipt now, and is not charged late, is younger.
    const lockMs = this.#rules.totalMs + LOCK_GRACE_MS + LOCK_SWEEP_LAG_MS;
    const receiptsFrom = firstUuidAt(clock.now() - lockMs);
    const batch = await settlement.cut(fence, { at, ref, pairs, most, receiptsFrom });
    if (batch !== undefined) log.debug({ batch: String(batch), pairs: pairs.length }, "a batch was cut");
    return batch !== undefined;
  }

  /** Opens the accounts of providers, who are owed enough for it; they are seen on chain when they are there. */
  async #register(pairs: readonly DuePair[]): Promise<void> {
    const { chain, signer, clock, log } = this.#deps;
    const nowMs = clock.monotonic();
    const wanted = new Set<string>();
    for (const { providerWallet } of pairs) {
      const askedMs = this.#registering.get(providerWallet) ?? -Infinity;
      if (nowMs >= askedMs + REGISTRATION_RETRY_MS) wanted.add(providerWallet);
    }
    const providers = [...wanted].slice(0, PROVIDERS_PER_REGISTRATION_MAX);
    if (providers.length === 0) return;
    for (const provider of providers) this.#registering.set(provider, nowMs);
    try {
      const { wire } = await signer.signRegistration(providers);
      await chain.submit(wire);
    } catch (error) {
      if (!isAimoError(error)) throw error;
      log.warn({ providers: providers.length, error }, "providers' accounts could not be opened");
    }
  }
}

/** What is on its way and not yet seen in the window, in micro-USDC: whole amounts, since nobody can rely on shortfalls. */
function flying(open: readonly OpenBatch[]): bigint {
  let sum = 0n;
  for (const { entries } of open) for (const { amount, isPosted } of entries) if (!isPosted) sum += amount;
  return sum;
}

function fit(pairs: readonly DuePair[], most: bigint, room: bigint): { pairs: DuePair[]; sum: bigint } {
  const fitting: DuePair[] = [];
  let sum = 0n;
  for (const pair of pairs) {
    const amount = pair.amount < most ? pair.amount : most;
    if (sum + amount > room) continue;
    fitting.push(pair);
    sum += amount;
  }
  return { pairs: fitting, sum };
}

/** Creates the settler. */
export function createSettler(deps: SettlerDeps, rules: SettleRules): Settler {
  return new SettleTurns(deps, rules);
}
