// A lock and then its charge, as often as so many at once can: what the ledger does for every request, and nothing else.
import type { Clock } from "@aimo-network/protocol/clock";
import { uuidV7 } from "@aimo-network/protocol/ids";
import { nanoUsdc } from "@aimo-network/protocol/money";
import type { Random } from "@aimo-network/protocol/random";
import type { Ledger } from "aimo-router/src/ledger/ledger.ts";
import { NO_USAGE } from "@aimo-network/protocol/usage";
import type { Times } from "../load/burst.ts";
import { timesOf } from "../load/burst.ts";
import type { Cast } from "./cast.ts";

/** How many at once, and for how long. */
export interface PairsOrder {
  readonly atOnce: number;
  readonly seconds: number;
}

/** What a burst of pairs showed. */
export interface Pairs {
  readonly count: number;
  readonly perSecond: number;
  /** Of the first half of a pair. */
  readonly first: Times;
}

/** Makes a pair of steps; `half` is called between the two. */
export type MakePair = (half: () => void) => Promise<void>;

/** Makes pairs, each worker one after the other, until the time is over. */
export async function makePairs(clock: Clock, { atOnce, seconds }: PairsOrder, make: MakePair): Promise<Pairs> {
  const startMs = clock.monotonic();
  const firstMs: number[] = [];
  let count = 0;
  const work = async (): Promise<void> => {
    while (clock.monotonic() < startMs + seconds * 1_000) {
      const beganMs = clock.monotonic();
      await make(() => firstMs.push(clock.monotonic() - beganMs));
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  const tookMs = clock.monotonic() - startMs;
  return { count, perSecond: (count * 1_000) / tookMs, first: timesOf(firstMs) };
}

const CEILING = nanoUsdc(100_000n);
const COST = nanoUsdc(5_000n);
const LOCKED_MS = 660_000;
const USAGE = { ...NO_USAGE, promptTokens: 10, completionTokens: 20 };

/** Locks for one of the users, whichever, and charges; throws where the ledger does anything but that. */
export function ledgerPair(ledger: Ledger, cast: Cast, clock: Clock, random: Random): MakePair {
  const { model, price } = cast;
  return async (half) => {
    const id = uuidV7(clock, random);
    const user = 1 + Math.floor(random.fraction() * cast.users);
    const provider = 1 + (user % cast.providers);
    const terms = { id, user, provider, model, price, imageCount: 0 };
    const { refusal } = await ledger.lock({
      ...terms,
      key: user,
      full: CEILING,
      least: CEILING,
      tokens: 1_000,
      promptTokensMax: 100,
      outputTokensMax: 900,
      stream: true,
      deadlineMs: clock.now() + LOCKED_MS,
      idempotency: undefined,
    });
    if (refusal !== undefined) throw new Error(`the ledger refused a lock: ${refusal.reason}`);
    half();
    const { outcome, cost } = await ledger.charge({
      ...terms,
      kind: "charged",
      amount: COST,
      usage: USAGE,
      firstOutputMs: 10,
      durationMs: 20,
      flags: 1,
      finishReason: "stop",
      unpaid: undefined,
    });
    if (outcome !== "posted" || cost !== COST)
      throw new Error(`the ledger's answer to a charge was ${outcome}, ${cost}`);
  };
}
