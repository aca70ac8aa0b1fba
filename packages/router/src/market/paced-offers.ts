// How often a link may change what it sells: each change costs whoever asks next a look at all offers of its models.
import type { Clock, Timer } from "@aimo-network/protocol/clock";
import type { Offer } from "@aimo-network/protocol/wire/offer";
import { ANNOUNCEMENT_EVERY_MS, ANNOUNCEMENTS_SAVED_MAX } from "./limits.ts";

/** The announcements of one link. */
export interface PacedOffers {
  /** Takes a link's offers: at once, or, of a link that announces without end, the latest when its time has come. */
  announce(offers: readonly Offer[]): void;
  /** The link sells nothing any more: what waits is forgotten. */
  close(): void;
}

/** Paces one link's announcements; `apply` is called with those that count. */
export function paceOffers(clock: Clock, apply: (offers: readonly Offer[]) => void): PacedOffers {
  let saved = ANNOUNCEMENTS_SAVED_MAX;
  let sinceMs = clock.monotonic();
  let waiting: { offers: readonly Offer[]; readonly timer: Timer } | undefined;
  let isClosed = false;
  const earn = (): void => {
    const nowMs = clock.monotonic();
    saved = Math.min(ANNOUNCEMENTS_SAVED_MAX, saved + (nowMs - sinceMs) / ANNOUNCEMENT_EVERY_MS);
    sinceMs = nowMs;
  };
  const take = (offers: readonly Offer[]): void => {
    saved -= 1;
    apply(offers);
  };
  return {
    announce(offers) {
      if (isClosed) return;
      if (waiting !== undefined) {
        waiting.offers = offers;
        return;
      }
      earn();
      if (saved >= 1) {
        take(offers);
        return;
      }
      const timer = clock.timer((1 - saved) * ANNOUNCEMENT_EVERY_MS, () => {
        const latest = waiting?.offers;
        waiting = undefined;
        earn();
        if (latest !== undefined) take(latest);
      });
      waiting = { offers, timer };
    },
    close() {
      isClosed = true;
      waiting?.timer.cancel();
      waiting = undefined;
    },
  };
}
