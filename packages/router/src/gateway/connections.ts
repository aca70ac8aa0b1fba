// How many connections clients hold; one beyond the bound is read just far enough to be answered.
import type { Server } from "node:http";
import type { Socket } from "node:net";
import { AimoError } from "@aimo-network/protocol/errors";

/** How many connections are taken. */
export interface ConnectionBounds {
  readonly connectionsMax: number;
  /** From one address of the Internet; see `remote-network.ts`. */
  readonly perNetworkMax: number;
  /** Beyond either bound, still read until their first request. */
  readonly surplusMax: number;
  network(address: string | undefined): string | undefined;
}

/** The connections of a server. */
export interface Connections {
  /** Those within the bounds; provider links are not among them. */
  readonly count: number;
  /** What to answer a request that came over a connection beyond the bounds; undefined for all others. */
  refusal(socket: Socket): AimoError | undefined;
}

const FULL = "this router has all the connections it can hold";

/**
 * Counts the connections of a server. A client beyond the bound is answered 503 at its first request, and a provider
 * that connects then is let through: only its request tells them apart. `drop` ends a surplus connection that has said
 * nothing while others came.
 */
export function countConnections(
  server: Server,
  bounds: ConnectionBounds,
  drop: (socket: Socket, error: AimoError) => void,
): Connections {
  const held = new Map<Socket, string | undefined>();
  const surplus = new Map<Socket, string>(); // with the bound that was passed, in words
  const perNetwork = new Map<string, number>();

  const take = (socket: Socket, network: string | undefined): void => {
    held.set(socket, network);
    if (network !== undefined) perNetwork.set(network, (perNetwork.get(network) ?? 0) + 1);
  };
  const release = (socket: Socket): void => {
    surplus.delete(socket);
    const network = held.get(socket);
    if (!held.delete(socket) || network === undefined) return;
    const left = (perNetwork.get(network) ?? 1) - 1;
    if (left === 0) perNetwork.delete(network);
    else perNetwork.set(network, left);
  };
  const excess = (network: string | undefined): string | undefined => {
    if (held.size >= bounds.connectionsMax) return FULL;
    if (network === undefined || (perNetwork.get(network) ?? 0) < bounds.perNetworkMax) return undefined;
    return `it takes at most ${bounds.perNetworkMax} connections from one address`;
  };
  const dropOldest = (): void => {
    for (const [socket, what] of surplus) {
      surplus.delete(socket);
      drop(socket, new AimoError("overloaded", { what }));
      return;
    }
  };

  server.on("connection", (socket: Socket) => {
    const network = bounds.network(socket.remoteAddress);
    const what = excess(network);
    if (what === undefined) take(socket, network);
    else {
      surplus.set(socket, what);
      if (surplus.size > bounds.surplusMax) dropOldest();
    }
    socket.once("close", () => release(socket));
  });
  server.on("upgrade", ({ socket }) => release(socket)); // a link from here on, and bounded as such

  return {
    get count() {
      return held.size;
    },
    refusal(socket) {
      const what = surplus.get(socket);
      return what === undefined ? undefined : new AimoError("overloaded", { what });
    },
  };
}
