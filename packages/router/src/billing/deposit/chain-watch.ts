// Follows the chain into the books: deposits are credited, settlements posted, exits honoured, withdrawals ended.
import { base58 } from "@scure/base";
import { LRUCache } from "lru-cache";
import type { Logger } from "pino";
import type { Clock } from "@aimo-network/protocol/clock";
import { isAimoError } from "@aimo-network/protocol/errors";
import { uuidV7 } from "@aimo-network/protocol/ids";
import { microToNanoAtMost, microUsdc } from "@aimo-network/protocol/money";
import type { Random } from "@aimo-network/protocol/random";
import { bpsOf, chainMs } from "../../chain/chain-time.ts";
import type { ChainObservation } from "../../chain/observation.ts";
import type { EscrowStanding, ProviderStanding } from "../../chain/standing.ts";
import { escrowStanding, providerStanding } from "../../chain/standing.ts";
import type { ChainPosting, Posting, PostingOutcome } from "../../ledger/chain-books/chain-posting.ts";
import type { Leadership } from "../../ledger/chain-books/leadership.ts";
import { hasLostLeadership } from "../../ledger/database/database-error.ts";
import type { Numbers } from "../../ledger/numbers.ts";
import { LOG_PATIENCE_MS, POSTINGS_AT_ONCE_MAX, POSTINGS_REMEMBERED_MAX } from "../limits.ts";
import { inTurns } from "./in-turns.ts";

/** What watching needs. */
export interface ChainWatchDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly posting: ChainPosting;
  readonly numbers: Numbers;
  readonly leadership: Leadership;
  /** Told whose balances have changed. */
  posted(wallet: string): void;
}

/** Posts observations of the chain. */
export interface ChainWatch {
  /** Posts one; rejects where something could not be posted, which is to be told again then. */
  observe(observation: ChainObservation): Promise<void>;
}

const OFFSET_STEP_MS = 5_000; // the chain's clock drifts: times that are kept for it are kept anew when it has

/** One observation while it is posted. */
interface Round {
  readonly fence: bigint;
  readonly observation: ChainObservation;
  /** The fee now. */
  readonly feeBps: number;
  /** Whether it was so since the last look. */
  readonly isSameFee: boolean;
  readonly offset: string;
  hostTime(chainSeconds: bigint): Date;
}

/** An account of which something could not be posted yet. */
interface Waiting {
  readonly sinceMs: number;
  /** The fee at all looks since then; undefined where it may have been another in between. */
  feeBps: number | undefined;
}

class Watch implements ChainWatch {
  readonly #deps: ChainWatchDeps;
  /** What was posted last of each account: an account that has not changed needs no statement. */
  readonly #known = new LRUCache<string, string>({ max: POSTINGS_REMEMBERED_MAX });
  readonly #waiting = new LRUCache<string, Waiting>({ max: POSTINGS_REMEMBERED_MAX });
  /** Whose escrow is at an address; of one that is not here, a whole scan tells that it is gone. */
  readonly #walletAt = new LRUCache<string, string>({ max: POSTINGS_REMEMBERED_MAX });
  #fence: bigint | undefined;
  #feeBps: bigint | undefined;
  /** How far the host's clock was ahead of the chain's when times were last kept anew. */
  #offsetMs: number | undefined;

  constructor(deps: ChainWatchDeps) {
    this.#deps = deps;
  }

  async observe(observation: ChainObservation): Promise<void> {
    const { fence } = this.#deps.leadership;
    if (fence === undefined) return;
    if (fence !== this.#fence) {
      this.#known.clear();
      [this.#fence, this.#feeBps] = [fence, undefined];
    }
    const round = this.#roundOf(fence, observation);
    if (!round.isSameFee) for (const waiting of this.#waiting.values()) waiting.feeBps = undefined;
    const { escrows, providers, gone, config, time } = observation;
    for (const { address, data } of escrows) this.#walletAt.set(address, data.user);
    const standings = escrows.map(({ data }) => escrowStanding(data, config.data, time));
    const left = gone.flatMap((address) => this.#walletAt.get(address) ?? []);
    const jobs = [
      ...standings.map((standing) => () => this.#postEscrow(round, standing)),
      ...left.map((wallet) => () => this.#postGone(round, wallet)),
    ];
    await inTurns(jobs, POSTINGS_AT_ONCE_MAX);
    if (observation.isWhole) await this.#postMissing(round, new Set(standings.map(({ wallet }) => wallet)));
    const accounts = providers.map(({ data }) => providerStanding(data, time));
    if (observation.isWhole) await this.#doubt(accounts);
    await inTurns(
      accounts.map((standing) => () => this.#postProvider(round, standing)),
      POSTINGS_AT_ONCE_MAX,
    );
    await this.#postFees(round);
    this.#feeBps = config.data.params.feeBps;
  }

  #roundOf(fence: bigint, observation: ChainObservation): Round {
    const { clock } = this.#deps;
    const { time, config } = observation;
    const { feeBps } = config.data.params;
    const nowMs = clock.now();
    const offsetMs = nowMs - chainMs(time);
    if (this.#offsetMs === undefined || Math.abs(offsetMs - this.#offsetMs) >= OFFSET_STEP_MS)
      this.#offsetMs = offsetMs;
    return {
      fence,
      observation,
      feeBps: bpsOf(feeBps),
      isSameFee: this.#feeBps === feeBps,
      offset: String(this.#offsetMs),
      hostTime: (chainSeconds) => new Date(nowMs + chainMs(chainSeconds - time)),
    };
  }

  #postingOf({ fence, observation }: Round, place: string): Posting {
    const { clock, random } = this.#deps;
    const sinceMs = this.#waiting.get(place)?.sinceMs;
    const isPatient = sinceMs === undefined || clock.monotonic() < sinceMs + LOG_PATIENCE_MS;
    return { at: new Date(clock.now()), fence, ref: uuidV7(clock, random), slot: observation.slot, isPatient };
  }

  /** The fee of what was settled since an account was posted, where nobody has to guess. */
  #feeOf({ feeBps, isSameFee }: Round, place: string): number | undefined {
    const waiting = this.#waiting.get(place);
    return waiting === undefined ? (isSameFee ? feeBps : undefined) : waiting.feeBps;
  }

  /** Posts an account where it is not as it was posted last. */
  async #post(
    { wallet, place, content, feeBps }: { wallet: string; place: string; content: string; feeBps?: number | undefined },
    post: () => Promise<PostingOutcome>,
  ): Promise<void> {
    if (this.#known.get(place) === content) return;
    const outcome = await post().catch((error: unknown): PostingOutcome => {
      if (isAimoError(error, "ledger_unavailable") || hasLostLeadership(error)) throw error;
      this.#deps.log.error({ place, error }, "an account could not be posted"); // the others can: it is tried again
      return "waiting";
    });
    if (outcome === "waiting") {
      if (!this.#waiting.has(place)) this.#waiting.set(place, { sinceMs: this.#deps.clock.monotonic(), feeBps });
      return;
    }
    this.#waiting.delete(place);
    this.#known.set(place, content);
    if (outcome === "posted") this.#deps.posted(wallet);
  }

  async #postEscrow(round: Round, standing: EscrowStanding): Promise<void> {
    const { wallet, stopsAt, exitDueAt, allowance, ...totals } = standing;
    const place = `user ${wallet}`;
    const content = `${Object.values(totals).join()} ${allowance} ${stopsAt} ${exitDueAt} ${round.offset}`;
    const feeBps = this.#feeOf(round, place);
    await this.#post({ wallet, place, content, feeBps }, async () => {
      const user = await this.#deps.numbers.wallet(wallet);
      const posting = this.#postingOf(round, place);
      return await this.#deps.posting.escrow(posting, {
        ...totals,
        user,
        allowance: microToNanoAtMost(allowance),
        stopsAt: round.hostTime(stopsAt),
        exitDueAt: exitDueAt === undefined ? undefined : round.hostTime(exitDueAt),
        feeBps: posting.isPatient ? feeBps : round.feeBps, // a fee of now is a better guess than none
        source: `slot ${round.observation.slot}`,
      });
    });
  }

  async #postGone(round: Round, wallet: string): Promise<void> {
    const place = `user ${wallet}`;
    await this.#post({ wallet, place, content: "gone" }, async () =>
      this.#deps.posting.escrowGone(this.#postingOf(round, place), await this.#deps.numbers.wallet(wallet)),
    );
  }

  /** Escrows that were open when they were seen last, and are not among all of a whole scan. */
  async #postMissing(round: Round, found: ReadonlySet<string>): Promise<void> {
    for (const { address } of await this.#deps.posting.openEscrows()) {
      const wallet = base58.encode(address);
      if (!found.has(wallet)) await this.#postGone(round, wallet);
    }
  }

  /** Earnings that are not as the books have them, whatever has changed there since they were posted, are posted again. */
  async #doubt(accounts: readonly ProviderStanding[]): Promise<void> {
    const books = await this.#deps.posting.earned();
    for (const { wallet, earned } of accounts)
      if (books.get(wallet) !== earned) this.#known.delete(`provider ${wallet}`);
  }

  async #postProvider(round: Round, standing: ProviderStanding): Promise<void> {
    const { wallet, exitDueAt, ...account } = standing;
    const place = `provider ${wallet}`;
    const { isWhole } = round.observation;
    const state = `${Object.values(account).join()} ${exitDueAt}`;
    // Whether it brings more than its entries did shows only where everything up to its slot was looked at.
    if (!isWhole && this.#known.get(place)?.startsWith(`${state};`) === true) return;
    const content = `${state};${isWhole ? "whole" : ""}`;
    await this.#post({ wallet, place, content }, async () => {
      const provider = await this.#deps.numbers.wallet(wallet);
      const due = exitDueAt === undefined ? undefined : round.hostTime(exitDueAt);
      const posting = this.#postingOf(round, place);
      return await this.#deps.posting.provider(posting, { ...account, provider, exitDueAt: due }, isWhole);
    });
  }

  async #postFees(round: Round): Promise<void> {
    const { config, isWhole } = round.observation;
    const posting = this.#postingOf(round, "fees");
    const difference = await this.#deps.posting.fees(posting, microUsdc(config.data.feeAccrued), isWhole);
    // Less than nothing: of settlements that are posted with the next look.
    if (difference > 0n) this.#deps.log.info({ microUsdc: String(difference) }, "fees were collected");
  }
}

/** Creates the watch over a chain. */
export function createChainWatch(deps: ChainWatchDeps): ChainWatch {
  return new Watch(deps);
}
