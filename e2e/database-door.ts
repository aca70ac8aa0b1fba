// A test's database by TCP, for programs that see no socket file of this machine.
import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { createServer } from "node:net";
import { dialDatabase } from "aimo-router/src/test-bed/database-relay.ts";
import { joinSockets } from "aimo-router/src/test-bed/joined-sockets.ts";

/** A way to a database. */
export interface DatabaseDoor {
  /** The database, by way of this door. */
  readonly url: string;
  close(): Promise<void>;
}

/** Opens a door on a free port of this machine to the database at `url`. */
export async function openDatabaseDoor(url: string): Promise<DatabaseDoor> {
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const database = dialDatabase(new URL(url));
    joinSockets(open, client, database);
    client.pipe(database);
    database.pipe(client);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const door = new URL(url);
  for (const part of ["host", "port"]) door.searchParams.delete(part);
  door.hostname = "127.0.0.1";
  door.port = String((server.address() as AddressInfo).port);
  return {
    url: door.href,
    async close() {
      server.close();
      for (const socket of open) socket.destroy();
      await once(server, "close");
    },
  };
}
