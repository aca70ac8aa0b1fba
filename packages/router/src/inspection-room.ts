// The inspector of a running router, on the parts of its own request path. router.ts opens it when they are there.
import { systemClock } from "@aimo-network/protocol/clock";
import type { Config } from "./config.ts";
import { ConfigError } from "./config.ts";
import { chargeOutcome, releaseBroken } from "./gateway/chat/chat-billing.ts";
import { readChatRequest } from "./gateway/chat/chat-request.ts";
import type { Inspection } from "./inspection/inspection.ts";
import { startInspection } from "./inspection/inspection.ts";
import { createInspectorPayer } from "./inspection/inspector-payer.ts";
import type { InspectorWallet } from "./inspection/inspector-wallet.ts";
import { loadInspectorWallet } from "./inspection/inspector-wallet.ts";
import { inspectionSchedule } from "./inspection/schedule.ts";
import { leadJob } from "./ledger/chain-books/leadership.ts";
import { createOfferTruthBooks } from "./ledger/offer-truth-books.ts";
import type { LiveOffer } from "./market/offer-book.ts";
import type { RelayDeps } from "./providers/relay.ts";
import type { Rooms, RouterDeps } from "./rooms.ts";

function readWallet(dataDirectory: string): InspectorWallet {
  try {
    return loadInspectorWallet(dataDirectory);
  } catch (cause) {
    throw new ConfigError([cause instanceof Error ? cause.message : "the inspector's wallet cannot be read"]);
  }
}

/** Starts examining offers as the settings say. */
export function openInspectionRoom(
  { inspection: { usdcPerDay, delayMs }, dataDirectory }: Config,
  { clock, random, log: rootLog }: RouterDeps,
  { books, identity, accounts, billing, marketRoom, links, observation }: Rooms,
  path: { readonly relayDeps: RelayDeps<LiveOffer>; requestId(): string },
): Inspection {
  if (usdcPerDay === 0n) return { close: () => Promise.resolve() };
  const log = rootLog.child({ room: "inspection" });
  const wallet = readWallet(dataDirectory);
  const { database, instance } = books;
  const leadership = leadJob({ clock: systemClock, log, database }, "inspector", instance);
  const inspection = startInspection(
    {
      ...{ clock, random, log, links, leadership, board: marketRoom.truth, book: marketRoom.market.book },
      books: createOfferTruthBooks(database),
      asks: {
        ...{ clock, random, billing, relayDeps: path.relayDeps, requestId: path.requestId },
        read: (body) => readChatRequest(Buffer.from(body)),
        observe: (request) => observation.observer.admitted(request),
        charge: chargeOutcome,
        release: releaseBroken,
        payer: createInspectorPayer({
          ...{ clock, wallet, routerId: identity.routerId },
          authenticate: (bearer) => accounts.keys.authenticate(bearer, "spend"),
        }),
      },
    },
    { usdcPerDay, wallet: wallet.address, schedule: inspectionSchedule(delayMs) },
  );
  return {
    async close() {
      await inspection.close();
      await leadership.close();
    },
  };
}
