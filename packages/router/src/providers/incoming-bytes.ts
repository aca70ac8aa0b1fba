// Counts what has come of messages that are not whole yet, before the WebSocket library shows anything of them.
import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { ByteBudget } from "./byte-budget.ts";

/**
 * Reserves in `budget` what arrives on `connection` until the next whole message of `socket`; calls `full` when it no
 * longer fits. The end of a message and the start of the next often come together: that start is not counted.
 */
export function countIncoming(connection: Duplex, socket: WebSocket, budget: ByteBudget, full: () => void): void {
  let heldBytes = 0;
  const release = (): void => {
    budget.release(heldBytes);
    heldBytes = 0;
  };
  const count = (piece: Buffer): void => {
    if (budget.reserve(piece.length)) heldBytes += piece.length;
    else full();
  };
  connection.prependListener("data", count); // before the library reads it, and with it perhaps a message's end
  socket.prependListener("message", release);
  socket.once("close", () => {
    connection.off("data", count);
    release();
  });
}
