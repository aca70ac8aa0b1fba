// Counts what has come of messages that are not whole yet, before the WebSocket library shows anything of them.
import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { ByteBudget } from "./byte-budget.ts";

const CONTROL_HEADER_BYTES = 6; // of a ping or pong from a client: two, and the mask

/**
 * Reserves in `budget` what arrives on `connection` until the next whole message of `socket`; calls `full` when it no
 * longer fits. The end of a message and the start of the next often come together: that start is not counted.
 * Pings and pongs, which may stand between the fragments of a message, are given back one by one.
 */
export function countIncoming(connection: Duplex, socket: WebSocket, budget: ByteBudget, full: () => void): void {
  let heldBytes = 0;
  const release = (bytes = heldBytes): void => {
    const releasedBytes = Math.min(bytes, heldBytes); // what came behind a message's end was never counted
    budget.release(releasedBytes);
    heldBytes -= releasedBytes;
  };
  const releaseControl = (payload: Buffer): void => release(CONTROL_HEADER_BYTES + payload.length);
  const count = (piece: Buffer): void => {
    if (budget.reserve(piece.length)) heldBytes += piece.length;
    else full();
  };
  connection.prependListener("data", count); // before the library reads it, and with it perhaps a message's end
  socket.prependListener("message", () => release());
  socket.on("ping", releaseControl);
  socket.on("pong", releaseControl);
  socket.once("close", () => {
    connection.off("data", count);
    release();
  });
}
