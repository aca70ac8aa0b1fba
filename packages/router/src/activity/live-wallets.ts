// The wallets that are followed live: each is looked at once a second, however many listen, and at once when told to.
import type { Clock, Timer } from "@aimo-network/protocol/clock";
import { AimoError, isAimoError } from "@aimo-network/protocol/errors";
import type { Logger } from "pino";
import {
  LIVE_HINT_MS,
  LIVE_LISTENERS_MAX,
  LIVE_LISTENERS_PER_WALLET_MAX,
  LIVE_LOOK_MS,
  LIVE_LOOKS_AT_ONCE_MAX,
  LIVE_REST_FACTOR,
} from "./limits.ts";
import type { LiveReader } from "./live-reader.ts";
import type { LiveListener, LiveWallet } from "./live-wallet.ts";
import { createLiveWallet } from "./live-wallet.ts";

/** Follows wallets, whichever instance changes them. */
export interface LiveWallets {
  /** Tells `listener` of a wallet until the function it returns is called; throws where there are as many as may be. */
  follow(wallet: string, listener: LiveListener, afterId?: string): () => void;
  /** Something of this wallet has just been posted here: whoever follows it need not wait. */
  hint(wallet: string): void;
  /** Tells nobody anything any more. */
  close(): void;
}

/** What following needs. */
export interface LiveWalletsDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly reader: LiveReader;
}

/** A wallet and when it is looked at next. */
interface Feed {
  readonly name: string;
  readonly wallet: LiveWallet;
  timer: Timer | undefined;
  /** When the next look may begin at the earliest, on the monotonic clock. */
  restUntilMs: number;
  isLooking: boolean;
  isHinted: boolean;
}

/** Looks at wallets, a few at once, in the order they were asked for. */
function createLooks({ clock, log }: LiveWalletsDeps, done: (feed: Feed, tookMs: number) => void) {
  const waiting = new Set<Feed>();
  let running = 0;
  const run = async (feed: Feed): Promise<void> => {
    const startMs = clock.monotonic();
    feed.isLooking = true;
    try {
      await feed.wallet.look();
    } catch (error) {
      // The next look finds what this one did not; whoever needs the database is told by their own requests.
      if (!isAimoError(error, "ledger_unavailable")) log.error({ error }, "a look for live listeners failed");
    }
    feed.isLooking = false;
    running -= 1;
    done(feed, clock.monotonic() - startMs);
    next();
  };
  const next = (): void => {
    for (const feed of waiting) {
      if (running >= LIVE_LOOKS_AT_ONCE_MAX) return;
      waiting.delete(feed);
      running += 1;
      void run(feed);
    }
  };
  return {
    ask(feed: Feed): void {
      waiting.add(feed);
      next();
    },
    forget: (feed: Feed) => void waiting.delete(feed),
  };
}

function refuse(all: number, ofWallet: number): void {
  if (ofWallet >= LIVE_LISTENERS_PER_WALLET_MAX) {
    const walletHas = `${LIVE_LISTENERS_PER_WALLET_MAX} live listeners, all it may have at once`;
    throw new AimoError("too_many_concurrent", { walletHas });
  }
  if (all >= LIVE_LISTENERS_MAX) throw new AimoError("overloaded", { what: "too many live listeners at once" });
}

/** Creates it; nobody is followed yet. */
export function createLiveWallets(deps: LiveWalletsDeps): LiveWallets {
  const { clock, reader } = deps;
  const feeds = new Map<string, Feed>();
  let listenersCount = 0;

  const schedule = (feed: Feed, delayMs: number): void => {
    feed.timer?.cancel();
    feed.isHinted = false;
    const restMs = feed.restUntilMs - clock.monotonic();
    if (Math.max(delayMs, restMs) <= 0) looks.ask(feed);
    else feed.timer = clock.timer(Math.max(delayMs, restMs), () => looks.ask(feed));
  };
  const looks = createLooks(deps, (feed, tookMs) => {
    if (feeds.get(feed.name) !== feed) return; // nobody listens any more
    feed.restUntilMs = clock.monotonic() + Math.max(LIVE_HINT_MS, tookMs * LIVE_REST_FACTOR);
    schedule(feed, feed.isHinted ? 0 : LIVE_LOOK_MS);
  });
  const hint = (feed: Feed): void => {
    if (feed.isLooking) feed.isHinted = true;
    else schedule(feed, 0);
  };
  const drop = (feed: Feed): void => {
    feed.timer?.cancel();
    looks.forget(feed);
    feeds.delete(feed.name);
  };

  return {
    follow(name, listener, afterId) {
      const known = feeds.get(name);
      refuse(listenersCount, known?.wallet.listeners ?? 0);
      const wallet = known?.wallet ?? createLiveWallet(name, reader, clock);
      const feed = known ?? { name, wallet, timer: undefined, restUntilMs: 0, isLooking: false, isHinted: false };
      feeds.set(name, feed);
      wallet.add(listener, afterId);
      listenersCount += 1;
      hint(feed);
      let isOver = false;
      return () => {
        if (isOver) return;
        isOver = true;
        listenersCount -= 1;
        wallet.remove(listener);
        if (wallet.listeners === 0) drop(feed);
      };
    },
    hint(name) {
      const feed = feeds.get(name);
      if (feed !== undefined) hint(feed);
    },
    close() {
      for (const feed of feeds.values()) drop(feed);
    },
  };
}
