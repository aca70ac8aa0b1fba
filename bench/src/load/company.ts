// Company for other requests: large uploads, sockets that say nothing or next to nothing, clients that hardly read.
import { connect } from "node:net";
import type { Socket } from "node:net";
import type { Clock } from "@aimo-network/protocol/clock";
import { sleep } from "@aimo-network/protocol/clock";
import { Connection } from "./connection.ts";
import type { Target } from "./request.ts";
import { requestBytes } from "./request.ts";

/** Who is to be there. */
export type CompanyOrder =
  | { readonly kind: "uploads"; readonly target: Target; readonly bodyBytes: number }
  | { readonly kind: "idle-sockets" | "trickling-sockets"; readonly target: Target; readonly count: number }
  | { readonly kind: "slow-readers"; readonly target: Target; readonly count: number };

/** What became of the company by the time it was sent away. */
export interface CompanyOutcome {
  /** Sockets that still stood, or uploads that had been answered. */
  readonly count: number;
}

/** Company that is there until it is sent away. */
export interface Company {
  leave(): CompanyOutcome;
}

const CONNECTING_AT_ONCE = 100; // fewer than the listening socket's queue holds
const TRICKLE_MS = 1_000; // between two bytes of one trickling socket

/** Opens sockets, some at once; `begin` is told of each, and the next ones are opened when it has resolved. */
async function openSockets(
  port: number,
  count: number,
  begin: (socket: Socket) => Promise<void> | void,
): Promise<Set<Socket>> {
  const open = new Set<Socket>();
  const openOne = (): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const socket = connect({ host: "127.0.0.1", port }, () => {
      open.add(socket);
      resolve(begin(socket));
    });
    socket.on("error", reject); // after it has opened, the promise no longer cares
    socket.on("close", () => open.delete(socket));
    return promise;
  };
  for (let left = count; left > 0; left -= CONNECTING_AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(left, CONNECTING_AT_ONCE) }, openOne));
  }
  return open;
}

function dismiss(sockets: Set<Socket>): CompanyOutcome {
  const { size: count } = sockets;
  for (const socket of sockets) socket.resetAndDestroy(); // leaves no port waiting behind
  return { count };
}

async function bringIdle(order: CompanyOrder & { count: number }): Promise<Company> {
  const sockets = await openSockets(order.target.port, order.count, (socket) => void socket.resume());
  return { leave: () => dismiss(sockets) };
}

async function bringTrickling(clock: Clock, order: CompanyOrder & { count: number }): Promise<Company> {
  const left = new AbortController();
  const trickle = async (socket: Socket): Promise<void> => {
    socket.write(`POST ${order.target.path} HTTP/1.1\r\nx-slow: `);
    while (!socket.destroyed && !left.signal.aborted) {
      await sleep(clock, TRICKLE_MS, left.signal);
      if (socket.writable) socket.write("a");
    }
  };
  const sockets = await openSockets(order.target.port, order.count, (socket) => {
    socket.resume();
    void trickle(socket);
  });
  return {
    leave() {
      left.abort();
      return dismiss(sockets);
    },
  };
}

/** Reads the first piece of an answer and no more. */
function readOnce(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once("data", (piece: Buffer) => {
      socket.pause();
      if (piece.includes("HTTP/1.1 200")) resolve();
      else reject(new Error(`expected status 200, found ${piece.toString().split("\r\n", 1)[0]}`));
    });
    socket.once("close", () => reject(new Error("a slow reader's connection was closed before it got anything")));
  });
}

async function bringSlowReaders(order: CompanyOrder & { count: number }): Promise<Company> {
  const request = requestBytes(order.target, { kind: "long", stream: true });
  const sockets = await openSockets(order.target.port, order.count, (socket) => {
    socket.write(request);
    return readOnce(socket);
  });
  return { leave: () => dismiss(sockets) };
}

function bringUploads(order: CompanyOrder & { kind: "uploads" }): Promise<Company> {
  const request = requestBytes(order.target, { kind: "json", stream: false, promptChars: order.bodyBytes });
  const { promise, resolve, reject } = Promise.withResolvers<Company>();
  let count = 0;
  const upload = (connection: Connection): void => {
    connection.ask(request, {
      firstByte: () => undefined,
      ended(status) {
        if (status !== 200) throw new Error(`an upload was answered with status ${status}`);
        count += 1;
        upload(connection);
      },
      lost: (why) => reject(new Error(`the upload's connection was lost: ${why}`)),
    });
  };
  const connection: Connection = new Connection(order.target.port, () => {
    upload(connection);
    resolve({
      leave() {
        connection.leave();
        return { count };
      },
    });
  });
  return promise;
}

/** Brings company; resolves when all of it is there. */
export function bringCompany(clock: Clock, order: CompanyOrder): Promise<Company> {
  switch (order.kind) {
    case "uploads":
      return bringUploads(order);
    case "idle-sockets":
      return bringIdle(order);
    case "trickling-sockets":
      return bringTrickling(clock, order);
    case "slow-readers":
      return bringSlowReaders(order);
  }
}
