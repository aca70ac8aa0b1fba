// A node of a test's chain behind HTTP, for what asks it by a URL.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { TestNode } from "../chain/test-bed/node-on-chain.ts";

function plainly(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? Number(value) : value;
}

/** Serves a node on a free port until the test has ended; gives its URL. */
export async function serveNode(t: { after(close: () => Promise<void>): void }, node: TestNode): Promise<string> {
  const server = createServer((request, response) => {
    void text(request).then(async (body) => {
      try {
        const answer = await node.transport<object>({ payload: JSON.parse(body) as unknown });
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify(answer, plainly));
      } catch {
        response.destroy(); // the node is down
      }
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  t.after(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}
