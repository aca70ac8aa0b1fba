// A `ws` WebSocket as the protocol's endpoint wants it.
import type { TurnSocket } from "@aimo-network/protocol/wire/batch";
import { batchTurns } from "@aimo-network/protocol/wire/batch";
import type { LinkSocket } from "@aimo-network/protocol/wire/outbox";
import type { WebSocket } from "ws";

const BINARY = { binary: true, compress: false };

/** Wraps a socket; sends to a closing socket are dropped, since its close event ends every stream anyway. */
export function linkSocket(socket: WebSocket): TurnSocket {
  const whole: LinkSocket = {
    bufferedBytes: () => socket.bufferedAmount,
    send(message, flushed) {
      if (socket.readyState !== socket.OPEN) return;
      if (flushed === undefined) socket.send(message, BINARY);
      else socket.send(message, BINARY, () => flushed());
    },
  };
  return batchTurns(whole, setImmediate);
}
