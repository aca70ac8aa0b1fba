// A WebSocket as the link's endpoint needs it: the frames of one turn of the event loop leave in one message.
import type { TurnSocket } from "@aimo-network/protocol/wire/batch";
import { batchTurns } from "@aimo-network/protocol/wire/batch";
import type { LinkSocket } from "@aimo-network/protocol/wire/outbox";
import type { WebSocket } from "ws";

const BINARY = { binary: true };

/** Wraps an open WebSocket. */
export function createLinkSocket(socket: WebSocket): TurnSocket {
  const whole: LinkSocket = {
    bufferedBytes: () => socket.bufferedAmount,
    send(message, flushed) {
      if (flushed === undefined) socket.send(message, BINARY);
      else socket.send(message, BINARY, () => flushed());
    },
  };
  return batchTurns(whole, setImmediate);
}
