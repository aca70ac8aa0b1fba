// What offers have cost since when: noticed as they are announced, written down off the path of requests.
import type { Clock, Timer } from "@aimo-network/protocol/clock";
import { isAimoError } from "@aimo-network/protocol/errors";
import type { Price } from "@aimo-network/protocol/price";
import { parsePricing } from "@aimo-network/protocol/price";
import type { Offer } from "@aimo-network/protocol/wire/offer";
import { LRUCache } from "lru-cache";
import type { Logger } from "pino";
import {
  PRICE_EVERY_MS,
  PRICES_KNOWN_MAX,
  PRICES_READ_MAX,
  PRICES_WAITING_MAX,
  PRICES_WRITE_REST_MS,
  PRICES_WRITTEN_AT_ONCE_MAX,
} from "./limits.ts";
import { modelId } from "./model-name.ts";

/** A price that a provider asks for a model from a moment on. */
export interface PriceEntry {
  readonly wallet: string;
  readonly modelId: string;
  readonly price: Price;
  /** Milliseconds since 1970. */
  readonly sinceMs: number;
}

/** What became of an entry: it is `known` where the last one has the same price, `too_soon` where that one is too young. */
export type PriceOutcome = "recorded" | "known" | "too_soon";

/** Where the history is kept, for all instances. */
export interface PriceStore {
  /** Takes at most one entry of each offer, and tells of each what became of it. */
  record(entries: readonly PriceEntry[], nowMs: number): Promise<readonly PriceOutcome[]>;
  /** The newest entries of a model, or of one provider's, newest first. */
  newest(modelId: string, most: number, wallet?: string): Promise<readonly PriceEntry[]>;
}

/** The history of prices. */
export interface PriceHistory {
  /** A link has announced offers. */
  noticed(wallet: string, offers: readonly Offer[]): void;
  /** A model's newest entries, newest first; throws `ledger_unavailable` where the database is away. */
  newest(modelId: string, wallet?: string): Promise<readonly PriceEntry[]>;
  /** Writes what waits, once, and ends. */
  close(): Promise<void>;
}

/** What a history needs. */
export interface PriceHistoryDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly store: PriceStore;
}

interface Known {
  readonly text: string;
  readonly writtenMs: number;
}

interface Waiting {
  readonly entry: PriceEntry;
  readonly text: string;
  readonly notBeforeMs: number;
}

const LONG_AGO = 0; // milliseconds since 1970

/** Equal for equal prices. */
function textOf({ prompt, completion, inputCacheRead, image, request }: Price): string {
  return `${prompt} ${completion} ${inputCacheRead ?? ""} ${image ?? 0n} ${request ?? 0n}`;
}

/** What has been noticed and is not written yet. */
class PriceQueue {
  readonly #known = new LRUCache<string, Known>({ max: PRICES_KNOWN_MAX });
  readonly #waiting = new Map<string, Waiting>();

  get size(): number {
    return this.#waiting.size;
  }

  /** Takes a price in, unless it is the latest anyway; false where there is no room for it. */
  add(entry: PriceEntry): boolean {
    const key = `${entry.wallet} ${entry.modelId}`;
    const text = textOf(entry.price);
    const known = this.#known.get(key);
    const waiting = this.#waiting.get(key);
    if (text === (waiting ?? known)?.text) return true;
    if (waiting === undefined && this.#waiting.size >= PRICES_WAITING_MAX) return false;
    this.#waiting.set(key, { entry, text, notBeforeMs: (known?.writtenMs ?? LONG_AGO) + PRICE_EVERY_MS });
    return true;
  }

  /** What may be written now, those first that wait longest. */
  due(nowMs: number): [string, Waiting][] {
    const due: [string, Waiting][] = [];
    for (const one of this.#waiting) {
      if (due.length === PRICES_WRITTEN_AT_ONCE_MAX) break;
      if (one[1].notBeforeMs <= nowMs) due.push(one);
    }
    return due;
  }

  settle(key: string, written: Waiting, outcome: PriceOutcome, nowMs: number): void {
    const isSame = this.#waiting.get(key) === written; // another price may have come meanwhile
    if (outcome === "too_soon") {
      if (isSame) this.#waiting.set(key, { ...written, notBeforeMs: nowMs + PRICES_WRITE_REST_MS });
      return;
    }
    this.#known.set(key, { text: written.text, writtenMs: outcome === "recorded" ? nowMs : LONG_AGO });
    if (isSame) this.#waiting.delete(key);
  }
}

/** Creates a history; nothing runs while nothing waits. */
export function createPriceHistory({ clock, log, store }: PriceHistoryDeps): PriceHistory {
  const queue = new PriceQueue();
  let timer: Timer | undefined;
  let running: Promise<void> | undefined;
  let isFull = false;
  let isClosed = false;

  const write = async (): Promise<void> => {
    const due = queue.due(clock.now());
    if (due.length === 0) return;
    const outcomes = await store.record(
      due.map(([, { entry }]) => entry),
      clock.now(),
    );
    for (const [index, [key, written]] of due.entries()) {
      queue.settle(key, written, outcomes[index] ?? "too_soon", clock.now());
    }
    isFull = false;
  };

  const turn = async (): Promise<void> => {
    try {
      await write();
    } catch (error) {
      // What was not written waits on: a price that is written later still says since when it is asked.
      if (isAimoError(error, "ledger_unavailable")) log.debug({ error }, "price history: the database is away");
      else log.error({ error }, "price history could not be written");
    }
    running = undefined;
    wake();
  };

  const wake = (): void => {
    if (isClosed || running !== undefined || timer !== undefined || queue.size === 0) return;
    timer = clock.timer(PRICES_WRITE_REST_MS, () => {
      timer = undefined;
      running = turn();
    });
  };

  return {
    noticed(wallet, offers) {
      const sinceMs = clock.now();
      for (const { provider_name: author, name, pricing } of offers) {
        const entry = { wallet, modelId: modelId(author, name), price: parsePricing(pricing), sinceMs };
        if (queue.add(entry) || isFull) continue;
        isFull = true; // whatever is left out is noticed again with its link's next announcement
        log.warn({ waiting: queue.size }, "price history: too many prices wait to be written");
      }
      wake();
    },
    newest: (id, wallet) => store.newest(id, PRICES_READ_MAX, wallet),
    async close() {
      isClosed = true;
      timer?.cancel();
      await running;
      await turn();
    },
  };
}
