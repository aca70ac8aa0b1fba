// One provider link that only waits: it greets, offers a model nobody asks for, and answers pings.
import { SUBPROTOCOL } from "@aimo-network/protocol/wire/frame";
import { Endpoint } from "@aimo-network/protocol/wire/endpoint";
import type { Offer } from "@aimo-network/protocol/wire/offer";
import { WebSocket } from "ws";

/** Opens a link; resolves when the router has its offer, rejects when it closes before. */
export function openIdleLink(routerUrl: string, apiKey: string, offer: Offer): Promise<void> {
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
          endpoint.send("offers", { offers: [offer], more: false });
          socket.once("pong", () => resolve()); // nothing else says that the offers have been read
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
