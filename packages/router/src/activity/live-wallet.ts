// One wallet that is followed live: what its listeners know of it, and what a look at the ledger adds.
import type { Clock } from "@aimo-network/protocol/clock";
import { LIVE_GENERATION_MS, LIVE_KNOWN_MAX } from "./limits.ts";
import type { Balance } from "./balances.ts";
import type { Earnings } from "./earnings.ts";
import { readGenerationId, uuidTimeMs } from "@aimo-network/protocol/ids";
import type { Generation } from "./generation-record.ts";
import type { LiveReader, LiveState } from "./live-reader.ts";
import { endedAtMs } from "./live-reader.ts";

/** Something that changed. */
export type LiveEvent =
  | { readonly kind: "balance"; readonly balance: Balance }
  | { readonly kind: "earnings"; readonly earnings: Earnings }
  | { readonly kind: "generation"; readonly generation: Generation };

/** Who is told. */
export interface LiveListener {
  told(event: LiveEvent): void;
  /** After every look, whatever it found and also when it failed. */
  looked(): void;
}

/** A wallet with listeners. */
export interface LiveWallet {
  readonly listeners: number;
  /** The listener is told how things stand with the next look, and then what changes; `afterId` is the last generation it saw. */
  add(listener: LiveListener, afterId: string | undefined): void;
  remove(listener: LiveListener): void;
  /** Reads the ledger and tells everybody what is new to them. */
  look(): Promise<void>;
}

interface Following {
  readonly sinceMs: number;
  readonly afterId: string | undefined;
  isNew: boolean;
}

function isSame<Amounts extends object>(one: Amounts | undefined, other: Amounts): boolean {
  if (one === undefined) return false;
  return (Object.keys(other) as (keyof Amounts)[]).every((name) => one[name] === other[name]);
}

function admittedAtMs(id: string): number {
  return uuidTimeMs(readGenerationId(id) ?? "");
}

/** The newest generations that were told already, and the moment before which none is looked for any more. */
function createTold(clock: Clock) {
  let known: ReadonlySet<string> = new Set();
  let floorMs = 0;
  const fromMs = (): number => Math.max(floorMs, clock.now() - LIVE_GENERATION_MS);
  return {
    fromMs,
    known: () => known,
    add(generations: readonly Generation[]): void {
      const all = [...known, ...generations.map(({ id }) => id)].filter((id) => admittedAtMs(id) >= fromMs());
      const kept = all.toSorted().slice(-LIVE_KNOWN_MAX);
      // A millisecond of which some are forgotten is not looked at again.
      if (kept.length < all.length) floorMs = admittedAtMs(kept[0] ?? "") + 1;
      known = new Set(kept);
    },
  };
}

/** Creates it without listeners. */
export function createLiveWallet(wallet: string, reader: LiveReader, clock: Clock): LiveWallet {
  const listeners = new Map<LiveListener, Following>();
  const told = createTold(clock);
  let state: LiveState | undefined;

  const tell = (
    [listener, { isNew, sinceMs }]: readonly [LiveListener, Following],
    before: LiveState | undefined,
    now: LiveState,
    generations: { readonly missed: readonly Generation[]; readonly ended: readonly Generation[] },
  ): void => {
    const { missed, ended } = generations;
    const replayed = new Set(missed.map(({ id }) => id));
    // The first look also finds what had ended before anybody listened.
    const isNews = (one: Generation): boolean => before !== undefined || endedAtMs(one) >= sinceMs;
    const news = ended.filter((one) => !replayed.has(one.id) && isNews(one));
    for (const generation of [...missed, ...news]) listener.told({ kind: "generation", generation });
    if (isNew || !isSame(before?.balance, now.balance)) listener.told({ kind: "balance", balance: now.balance });
    if (isNew || !isSame(before?.earnings, now.earnings)) listener.told({ kind: "earnings", earnings: now.earnings });
  };

  const read = async (): Promise<void> => {
    const present = [...listeners]; // who comes meanwhile asks for the next look
    const missed = new Map<LiveListener, readonly Generation[]>();
    for (const [listener, { isNew, afterId }] of present) {
      if (isNew && afterId !== undefined) missed.set(listener, await reader.endedAfter(wallet, afterId));
    }
    const now = await reader.state(wallet);
    const hasMore = state?.answered !== now.answered;
    const ended = hasMore ? await reader.ended(wallet, told.fromMs(), told.known()) : [];
    // Nothing fails from here on, so nobody is told half of it.
    told.add(ended);
    const before = state;
    state = now;
    for (const one of present) {
      const [listener, following] = one;
      if (listeners.has(listener)) tell(one, before, now, { missed: missed.get(listener) ?? [], ended });
      following.isNew = false;
    }
  };

  return {
    get listeners() {
      return listeners.size;
    },
    add(listener, afterId) {
      listeners.set(listener, { sinceMs: clock.now(), afterId, isNew: true });
    },
    remove: (listener) => void listeners.delete(listener),
    async look() {
      try {
        await read();
      } finally {
        for (const listener of listeners.keys()) listener.looked();
      }
    },
  };
}
