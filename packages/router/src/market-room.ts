// The market of a running router: what it knows is in the books, shared by all instances and kept over restarts. rooms.ts opens it.
import type { Clock } from "@aimo-network/protocol/clock";
import type { Logger } from "pino";
import { shareTruth } from "./inspection/truth-sharing.ts";
import { createOfferHealthBooks } from "./ledger/market-books/offer-health-books.ts";
import { createOfferTruthBooks } from "./ledger/offer-truth-books.ts";
import type { Books } from "./ledger/open-books.ts";
import { openPriceHistory } from "./ledger/price-history-books.ts";
import { openSharedHealth } from "./market/health/health-sharing.ts";
import { PRICE_EVERY_MS, PRICES_KEPT_MS, PRICES_PER_OFFER_MAX, PRICES_PER_WALLET_MAX } from "./market/limits.ts";
import type { Market } from "./market/market.ts";
import { createMarket } from "./market/market.ts";
import { createOfferBook } from "./market/offer-book.ts";
import type { PriceHistory } from "./market/price-history.ts";
import { createPriceHistory } from "./market/price-history.ts";
import type { TruthBoard } from "./market/truth/truth-board.ts";
import { createTruthBoard } from "./market/truth/truth-board.ts";

/** The market and what keeps it. */
export interface MarketRoom {
  readonly market: Market;
  readonly truth: TruthBoard;
  readonly prices: PriceHistory;
  /** Writes down what is not yet, as far as the database answers, and ends. */
  close(): Promise<void>;
}

/** Opens the market with what is known of it; a database that is away meanwhile is waited for later. */
export async function openMarketRoom(
  { clock, log: rootLog }: { clock: Clock; log: Logger },
  { database, instance }: Books,
): Promise<MarketRoom> {
  const log = rootLog.child({ room: "market" });
  const book = createOfferBook();
  const opening = openSharedHealth({ clock, log, store: createOfferHealthBooks(database, instance) });
  const truth = createTruthBoard();
  const findings = shareTruth({
    ...{ clock, log, board: truth },
    books: createOfferTruthBooks(database),
    *offerIds() {
      for (const offers of book.models().values()) for (const { id } of offers) yield id;
    },
  });
  const [shared] = await Promise.all([opening, findings.ready]);
  const prices = createPriceHistory({
    clock,
    log,
    store: openPriceHistory(database, {
      everyMs: PRICE_EVERY_MS,
      perOfferMax: PRICES_PER_OFFER_MAX,
      perWalletMax: PRICES_PER_WALLET_MAX,
      keptMs: PRICES_KEPT_MS,
    }),
  });
  return {
    market: createMarket(clock, { book, health: shared.health, truth }),
    truth,
    prices,
    async close() {
      await Promise.all([shared.close(), findings.close(), prices.close()]);
    },
  };
}
