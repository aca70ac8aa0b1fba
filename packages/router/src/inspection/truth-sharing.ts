// Brings what any instance has found out to this one, and says which offers are still on sale.
import type { Clock, Timer } from "@aimo-network/protocol/clock";
import { isAimoError } from "@aimo-network/protocol/errors";
import type { Logger } from "pino";
import { FINDING_UNSEEN_MS } from "../market/limits.ts";
import { readEvidence } from "../market/truth/evidence.ts";
import type { OfferRecord, TruthBoard } from "../market/truth/truth-board.ts";
import type { InspectionBooks, StoredTruth } from "./inspection-books.ts";
import { TRUTH_READ_MS, TRUTH_SEEN_AT_ONCE_MAX, TRUTH_SEEN_MS } from "./limits.ts";

/** What sharing needs. */
export interface TruthSharingDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly board: TruthBoard;
  readonly books: Pick<InspectionBooks, "read" | "seen" | "forget">;
  /** The ids of all offers that are on sale here. */
  offerIds(): Iterable<string>;
}

/** The sharing of findings. */
export interface TruthSharing {
  /** Resolves when what was known before is known again, or the database cannot be reached. */
  readonly ready: Promise<void>;
  close(): Promise<void>;
}

function recordOf({ offerId, evidence, seenAtMs }: StoredTruth): OfferRecord[] {
  const read = readEvidence(evidence);
  return read === undefined ? [] : [{ offerId, evidence: read, seenAtMs }];
}

/** Starts it; it goes on until it is closed. */
export function shareTruth({ clock, log, board, books, offerIds }: TruthSharingDeps): TruthSharing {
  let change = 0n;
  let notedMs = -Infinity;
  let timer: Timer | undefined;
  let isClosed = false;

  const read = async (): Promise<void> => {
    for (let isAll = false; !isAll;) {
      const page = await books.read(change);
      board.put(page.stored.flatMap(recordOf));
      ({ change, isAll } = page);
      if (isClosed) return;
    }
  };
  const note = async (): Promise<void> => {
    if (clock.monotonic() < notedMs + TRUTH_SEEN_MS) return;
    const nowMs = clock.now();
    const ids = [...new Set(offerIds())];
    board.seen(ids, nowMs);
    for (let start = 0; start < ids.length; start += TRUTH_SEEN_AT_ONCE_MAX) {
      await books.seen(ids.slice(start, start + TRUTH_SEEN_AT_ONCE_MAX), nowMs);
    }
    // Only now: offers that were on sale all the time must not be forgotten because this router was not there to see them.
    if (notedMs > -Infinity) {
      await books.forget(nowMs - FINDING_UNSEEN_MS, nowMs);
      board.forget(nowMs - FINDING_UNSEEN_MS);
    }
    notedMs = clock.monotonic();
  };
  const turn = async (): Promise<void> => {
    try {
      await read();
      await note();
    } catch (error) {
      if (isAimoError(error, "ledger_unavailable")) log.debug({ error }, "findings: the database is away");
      else log.error({ error }, "findings could not be shared");
    }
    if (!isClosed) timer = clock.timer(TRUTH_READ_MS, () => void (running = turn()));
  };

  let running = turn();
  return {
    ready: running,
    async close() {
      isClosed = true;
      timer?.cancel();
      await running;
    },
  };
}
