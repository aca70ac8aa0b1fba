// The metrics of the money path: how far the chain was seen, what is on its way, and what does not add up.
import type { Registry } from "prom-client";
import { declareCounter, declareGauge } from "./metric-declaring.ts";

/** What the money path tells. */
export interface MoneyTally {
  /** The slot that was seen last, and how old that look is when somebody asks. */
  seen(slot: bigint, ageMs: () => number): void;
  /** Two nodes contradict each other, or one itself. */
  disagreement(): void;
  /** How much less than the ledger owes is on chain, in nano-USDC. */
  short(nanoUsdc: bigint): void;
  openBatches(count: number): void;
  admission(isStopped: boolean): void;
}

/** Declares them. */
export function declareMoney(registry: Registry): MoneyTally {
  let slot = 0n;
  let age = (): number => 0;
  let disagreements = 0;
  let short = 0n;
  let batches = 0;
  let isStopped = false;
  const gauge = (name: string, help: string, read: () => number): void => declareGauge(registry, name, help, read);
  gauge("aimo_chain_slot", "The slot of the chain that was seen last; 0 before, and without a chain.", () =>
    Number(slot),
  );
  gauge(
    "aimo_chain_seen_age_seconds",
    "Since then; nothing new is promised when it gets too long.",
    () => age() / 1000,
  );
  gauge("aimo_chain_short_nano_usdc", "How much less than the ledger owes is on chain; 0, always.", () =>
    Number(short),
  );
  gauge("aimo_settle_batches_open", "Settlement batches that have not landed.", () => batches);
  gauge("aimo_admission_stopped", "1 while nothing is promised: the log says why.", () => (isStopped ? 1 : 0));
  declareCounter(
    registry,
    {
      name: "aimo_chain_disagreements_total",
      help: "Chain nodes found to contradict each other or themselves.",
      labels: [],
    },
    () => [["", disagreements]],
  );
  return {
    seen(seenSlot, ageMs) {
      [slot, age] = [seenSlot, ageMs];
    },
    disagreement: () => void (disagreements += 1),
    short: (nanoUsdc) => void (short = nanoUsdc),
    openBatches: (count) => void (batches = count),
    admission: (stopped) => void (isStopped = stopped),
  };
}
