// A WebSocket as the link's endpoint needs it: all frames of one turn of the event loop leave in one write.
import type { Duplex } from "node:stream";
import type { LinkSocket } from "@aimo-network/protocol/wire/outbox";
import { createTurnCork } from "@aimo-network/protocol/wire/turn-cork";
import type { WebSocket } from "ws";

const BINARY = { binary: true };

/** Wraps an open WebSocket; `transport` is the stream below it. */
export function createLinkSocket(socket: WebSocket, transport: Duplex): LinkSocket {
  const holdTurn = createTurnCork(transport, setImmediate);
  return {
    send(bytes, flushed) {
      holdTurn();
      if (flushed === undefined) socket.send(bytes, BINARY);
      else socket.send(bytes, BINARY, () => flushed());
    },
    bufferedBytes: () => socket.bufferedAmount,
  };
}
