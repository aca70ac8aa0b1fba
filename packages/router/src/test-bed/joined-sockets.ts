// Two sockets that end together, as both sides of a relay do.
import type { Socket } from "node:net";

/** Puts both among `open` while they live; the close of either ends the other. What passes between them is the caller's. */
export function joinSockets(open: Set<Socket>, one: Socket, other: Socket): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    open.add(from);
    from.on("error", () => undefined); // its close ends the other side
    from.on("close", () => {
      open.delete(from);
      to.destroy();
    });
  }
}
