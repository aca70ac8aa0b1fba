// An address that stays while the router behind it dies and comes back: who comes meanwhile waits.
import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { connect, createServer } from "node:net";
import { joinSockets } from "aimo-router/src/test-bed/joined-sockets.ts";

/** A door before a router. */
export interface RouterDoor {
  readonly url: string;
  /** From now on whoever comes, or has waited, gets to the router at this URL. */
  open(routerUrl: string): void;
  /** From now on whoever comes waits. */
  shut(): void;
  close(): void;
}

/** Starts a door that is shut. */
export async function startRouterDoor(): Promise<RouterDoor> {
  const sockets = new Set<Socket>();
  let port: number | undefined;
  let waiting: Socket[] = [];
  const join = (client: Socket, behind: number): void => {
    if (client.destroyed) return;
    const router = connect(behind, "127.0.0.1");
    joinSockets(sockets, client, router);
    client.pipe(router).pipe(client);
  };
  const server = createServer((client) => {
    if (port !== undefined) join(client, port);
    else {
      client.on("error", () => undefined); // it does not want to wait
      waiting.push(client);
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    open(routerUrl) {
      const behind = Number(new URL(routerUrl).port);
      port = behind;
      for (const client of waiting.splice(0)) join(client, behind);
    },
    shut() {
      port = undefined;
    },
    close() {
      server.close();
      for (const socket of [...sockets, ...waiting]) socket.destroy();
      waiting = [];
    },
  };
}
