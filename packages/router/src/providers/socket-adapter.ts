// A `ws` WebSocket as the protocol's endpoint wants it.
import type { LinkSocket } from "@aimo-network/protocol/wire/outbox";
import type { WebSocket } from "ws";

/** Wraps a socket; sends to a closing socket are dropped, since its close event ends every stream anyway. */
export function linkSocket(socket: WebSocket): LinkSocket {
  return {
    bufferedBytes: () => socket.bufferedAmount,
    send(bytes, flushed) {
      if (socket.readyState !== socket.OPEN) return;
      socket.send(bytes, { binary: true, compress: false }, flushed === undefined ? undefined : () => flushed());
    },
  };
}
