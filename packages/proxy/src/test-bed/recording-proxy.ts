// An HTTP proxy for tests: it remembers what it was asked for and answers itself.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A proxy on a free port that never connects anywhere. */
export interface RecordingProxy {
  readonly url: string;
  /** Such as `CONNECT api.openai.com:443`. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** Starts a proxy that refuses tunnels and answers plain requests with `body`. */
export async function startRecordingProxy(body: string): Promise<RecordingProxy> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(200, { "content-type": "application/json" }).end(body);
  });
  server.on("connect", (request, socket) => {
    asked.push(`CONNECT ${request.url}`);
    socket.end("HTTP/1.1 502 No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
