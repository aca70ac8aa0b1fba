// One provider link that only waits: it greets, offers models nobody asks for, and answers pings.
import { OFFERS_PER_PAGE_MAX } from "@aimo-network/protocol/limits";
import { SUBPROTOCOL } from "@aimo-network/protocol/wire/frame";
import { Endpoint } from "@aimo-network/protocol/wire/endpoint";
import type { Offer } from "@aimo-network/protocol/wire/offer";
import { WebSocket } from "ws";

/** A link that stands. */
export interface IdleLink {
  /** Offers something else instead. */
  offer(offers: readonly Offer[]): void;
  close(): void;
}

function sendOffers(endpoint: Endpoint, offers: readonly Offer[]): void {
  for (let first = 0; first < offers.length; first += OFFERS_PER_PAGE_MAX) {
    const page = offers.slice(first, first + OFFERS_PER_PAGE_MAX);
    endpoint.send("offers", { offers: page, more: first + page.length < offers.length });
  }
}

/** Opens a link; resolves when the router has its offers, rejects when it closes before. */
export function openIdleLink(routerUrl: string, apiKey: string, offers: readonly Offer[]): Promise<IdleLink> {
  const url = `${routerUrl.replace(/^http/, "ws")}/api/v1/providers/subscribe`;
  const socket = new WebSocket(url, [SUBPROTOCOL], {
    headers: { authorization: `Bearer ${apiKey}` },
    perMessageDeflate: false,
  });
  return new Promise((resolve, reject) => {
    const endpoint = new Endpoint(
      "proxy",
      { send: (bytes) => socket.send(bytes), bufferedBytes: () => socket.bufferedAmount },
      {
        message({ name }) {
          if (name !== "welcome") return;
          sendOffers(endpoint, offers);
          const link = {
            offer: (others: readonly Offer[]) => sendOffers(endpoint, others),
            close: () => socket.close(),
          };
          socket.once("pong", () => resolve(link)); // nothing else says that the offers have been read
          socket.ping();
        },
        violation: (error) => reject(error),
      },
    );
    socket.on("open", () => endpoint.send("hello", { software: "idle-link", version: "1", max_concurrency: 1 }));
    socket.on("message", (data) => endpoint.receive(data as Buffer));
    socket.on("error", reject);
    socket.on("close", (code, reason) => reject(new Error(`the router closed the link: ${code} ${reason.toString()}`)));
  });
}
