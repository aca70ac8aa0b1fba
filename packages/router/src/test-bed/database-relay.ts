// A way to a database that can be cut, frozen and restored, for tests of what happens when the database is away.
import { mkdtempSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { joinSockets } from "./joined-sockets.ts";

/** A relay in front of a database. */
export interface DatabaseRelay {
  /** The database, by way of this relay. */
  readonly url: string;
  /** How many connections run through it now. */
  readonly connections: number;
  /** Breaks every connection, and refuses new ones. */
  cut(): Promise<void>;
  /** Passes nothing on any more, in either direction; new connections are taken and hear nothing. */
  freeze(): void;
  /** Lets everything through again. */
  restore(): Promise<void>;
  close(): Promise<void>;
}

const PORT = 5432; // of a socket's name, or of PostgreSQL on the network

/** A connection to the PostgreSQL at a URL, by its socket file or by TCP. */
export function dialDatabase(url: URL): Socket {
  const directory = url.searchParams.get("host");
  return directory === null
    ? connect(Number(url.port === "" ? PORT : url.port), url.hostname)
    : connect(socketPath(directory, url.searchParams.get("port") ?? PORT));
}

/** Where PostgreSQL's clients look for a server's socket in a folder. */
export function socketPath(directory: string, port: number | string = PORT): string {
  return join(directory, `.s.PGSQL.${port}`);
}

/** The same database by way of whatever listens at `socketPath(directory)`. */
export function urlBy(url: string, directory: string): string {
  const relayed = new URL(url);
  relayed.searchParams.set("host", directory);
  relayed.searchParams.set("port", String(PORT));
  return relayed.href;
}

/** Starts a relay to the database at `url`. */
export async function startDatabaseRelay(url: string): Promise<DatabaseRelay> {
  const directory = mkdtempSync(join(tmpdir(), "aimo-relay-"));
  const sockets = new Set<Socket>();
  let isFrozen = false;
  const server = createServer((client) => {
    const database = dialDatabase(new URL(url));
    joinSockets(sockets, client, database);
    client.on("data", (chunk) => database.write(chunk));
    database.on("data", (chunk) => client.write(chunk));
    if (isFrozen) for (const socket of [client, database]) socket.pause();
  });
  const listen = (): Promise<void> => new Promise((resolve) => server.listen(socketPath(directory), resolve));
  const cut = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  await listen();

  return {
    url: urlBy(url, directory),
    get connections() {
      return sockets.size / 2;
    },
    cut,
    freeze() {
      isFrozen = true;
      for (const socket of sockets) socket.pause();
    },
    async restore() {
      isFrozen = false;
      for (const socket of sockets) socket.resume();
      if (!server.listening) await listen();
    },
    async close() {
      await cut();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
