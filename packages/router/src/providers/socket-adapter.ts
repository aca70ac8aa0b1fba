// A `ws` WebSocket as the protocol's endpoint wants it.
import type { Duplex } from "node:stream";
import type { LinkSocket } from "@aimo-network/protocol/wire/outbox";
import { createTurnCork } from "@aimo-network/protocol/wire/turn-cork";
import type { WebSocket } from "ws";

const BINARY = { binary: true, compress: false };

/** Wraps a socket over its transport; sends to a closing socket are dropped, since its close event ends every stream anyway. */
export function linkSocket(socket: WebSocket, transport: Duplex): LinkSocket {
  const holdTurn = createTurnCork(transport, setImmediate);
  return {
    bufferedBytes: () => socket.bufferedAmount,
    send(bytes, flushed) {
      if (socket.readyState !== socket.OPEN) return;
      holdTurn();
      if (flushed === undefined) socket.send(bytes, BINARY);
      else socket.send(bytes, BINARY, () => flushed());
    },
  };
}
