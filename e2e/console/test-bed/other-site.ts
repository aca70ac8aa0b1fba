// Another site on this machine: it serves what a test wants and remembers what it was asked.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A running site. */
export interface OtherSite {
  readonly origin: string;
  /** The same by a name that is another site to a browser: `localhost` beside 127.0.0.1. */
  readonly foreignOrigin: string;
  /** The paths that it was asked for, in order. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** Starts it; every path answers with the HTML of `pages`, or with a word, and lets pages of all origins read it. */
export async function startOtherSite(pages: Readonly<Record<string, string>> = {}): Promise<OtherSite> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    asked.push(path);
    response.writeHead(200, { "content-type": "text/html; charset=utf-8", "access-control-allow-origin": "*" });
    response.end(pages[path] ?? "heard");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    foreignOrigin: `http://localhost:${port}`,
    asked,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
