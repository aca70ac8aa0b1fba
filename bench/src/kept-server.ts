// An HTTP server of a measured process: keeps connections open over pauses, says where it listens, and ends when it is told to.
import type { RequestListener, Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const KEEP_ALIVE_MS = 120_000; // no connection of a measurement closes while it pauses

/** Starts one on a free port; its base URL, which ends with /v1, is the process's first line. */
export function startKeptServer(answer: RequestListener): Server {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, answer);
  server.listen(0, "127.0.0.1", () => {
    const { port } = server.address() as AddressInfo;
    process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}/v1` })}\n`);
  });
  process.on("SIGTERM", () => process.exit(0));
  return server;
}

/** The base URL in such a line; undefined in any other. */
export function readUrl(line: string): string | undefined {
  return /"url":"([^"]+)"/.exec(line)?.[1];
}
