// How many connections clients hold; one beyond the bound is read just far enough to be answered.
import type { Server } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { AimoError } from "@aimo-network/protocol/errors";

/** How many connections are taken. */
export interface ConnectionBounds {
  readonly connectionsMax: number;
  /** From one address of the Internet, provider links included; see `remote-network.ts`. */
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
  refusal(socket: Duplex): AimoError | undefined;
}

/** Connections by the network they come from. */
interface NetworkCount {
  isFull(network: string | undefined): boolean;
  add(socket: Socket, network: string | undefined): void;
  remove(socket: Socket): void;
}

function createNetworkCount(perNetworkMax: number): NetworkCount {
  const networks = new Map<Socket, string>();
  const counts = new Map<string, number>();
  const countUp = (network: string, by: number): void => {
    const count = (counts.get(network) ?? 0) + by;
    if (count === 0) counts.delete(network);
    else counts.set(network, count);
  };
  return {
    isFull: (network) => network !== undefined && (counts.get(network) ?? 0) >= perNetworkMax,
    add(socket, network) {
      if (network === undefined) return;
      networks.set(socket, network);
      countUp(network, 1);
    },
    remove(socket) {
      const network = networks.get(socket);
      if (network !== undefined && networks.delete(socket)) countUp(network, -1);
    },
  };
}

const FULL = "this router has all the connections it can hold";

type Drop = (socket: Socket, error: AimoError) => void;

/** Ends the oldest of `waiting` with the words kept for it, and returns it; undefined where nobody waits. */
function dropOldest(waiting: Map<Socket, string>, drop: Drop): Socket | undefined {
  for (const [socket, what] of waiting) {
    waiting.delete(socket);
    drop(socket, new AimoError("overloaded", { what }));
    return socket;
  }
  return undefined;
}

/**
 * Counts the connections of a server. When it is full, those that have never asked anything give way to newcomers, the
 * oldest first: sockets that only lie there keep nobody out. A client beyond the bounds is answered 503 at its first
 * request. A provider that connects then is let through, unless its own address has too many: only its request tells
 * them apart. `drop` ends a connection that has said nothing while others came.
 */
export function countConnections(server: Server, bounds: ConnectionBounds, drop: Drop): Connections {
  const clients = new Set<Socket>();
  const silent = new Map<Socket, string>(); // clients that have asked nothing yet, with what they would be told
  const surplus = new Map<Socket, string>(); // with the bound that was passed, in words
  const networks = createNetworkCount(bounds.perNetworkMax);

  const excess = (network: string | undefined): string | undefined => {
    if (networks.isFull(network)) return `it takes at most ${bounds.perNetworkMax} connections from one address`;
    return clients.size >= bounds.connectionsMax ? FULL : undefined;
  };
  /** It is bounded as a link from here on, but an address has no more of both than it may have. */
  const becomeLink = (socket: Socket): void => {
    silent.delete(socket);
    if (clients.delete(socket)) return;
    const network = bounds.network(socket.remoteAddress);
    if (!surplus.has(socket) || networks.isFull(network)) return;
    surplus.delete(socket);
    networks.add(socket, network);
  };
  const dropSilent = (): boolean => {
    const dropped = dropOldest(silent, drop);
    return dropped !== undefined && clients.delete(dropped);
  };

  server.on("connection", (socket: Socket) => {
    const network = bounds.network(socket.remoteAddress);
    const found = excess(network);
    const what = found === FULL && dropSilent() ? undefined : found;
    if (what === undefined) {
      clients.add(socket);
      silent.set(socket, FULL);
      networks.add(socket, network);
    } else {
      surplus.set(socket, what);
      if (surplus.size > bounds.surplusMax) dropOldest(surplus, drop);
    }
    socket.once("close", () => {
      clients.delete(socket);
      silent.delete(socket);
      surplus.delete(socket);
      networks.remove(socket);
    });
  });
  server.on("request", ({ socket }) => void silent.delete(socket));
  server.on("upgrade", ({ socket }) => becomeLink(socket));

  return {
    get count() {
      return clients.size;
    },
    refusal(socket) {
      const what = surplus.get(socket as Socket);
      return what === undefined ? undefined : new AimoError("overloaded", { what });
    },
  };
}
