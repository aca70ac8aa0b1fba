// A WebSocket as the link's endpoint needs it: all frames of one turn of the event loop leave in one write.
import type { Duplex } from "node:stream";
import type { LinkSocket } from "@aimo-network/protocol/wire/outbox";
import type { WebSocket } from "ws";

const BINARY = { binary: true };

/** Wraps an open WebSocket; `transport` is the stream below it. */
export function createLinkSocket(socket: WebSocket, transport: Duplex): LinkSocket {
  let corked = false;
  const uncork = (): void => {
    corked = false;
    transport.uncork();
  };
  return {
    send(bytes, flushed) {
      if (!corked) {
        // A write to the system costs more than all else an answer needs; other answers of this turn join it.
        corked = true;
        transport.cork();
        setImmediate(uncork);
      }
      if (flushed === undefined) socket.send(bytes, BINARY);
      else socket.send(bytes, BINARY, () => flushed());
    },
    bufferedBytes: () => socket.bufferedAmount,
  };
}
