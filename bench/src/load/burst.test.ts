import assert from "node:assert/strict";
import { once } from "node:events";
import type { RequestListener } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { systemClock } from "@aimo-network/protocol/clock";
import { burst, burstOfGets } from "./burst.ts";
import type { BurstOrder } from "./burst.ts";

/** An order to a server that answers like this. */
async function orderTo(t: TestContext, answer: RequestListener): Promise<BurstOrder> {
  const server = createServer(answer);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const target = { port, path: "/v1/chat/completions", apiKey: "key", model: "m" };
  return { target, question: { kind: "json", stream: false, promptChars: 100_000 }, connections: 3, requests: 20 };
}

test("a burst asks as often as it was told, over as many connections, with whole requests", async (t) => {
  const ports = new Set<number | undefined>();
  const prompts: number[] = [];
  const order = await orderTo(t, (request, response) => {
    ports.add(request.socket.remotePort);
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const body = JSON.parse(Buffer.concat(pieces).toString()) as { model: string; messages: [{ content: string }] };
      prompts.push(body.messages[0].content.length);
      response.end("a body in chunks".repeat(body.model.length));
    });
  });
  const { perSecond, whole, firstByte, cpuSeconds } = await burst(systemClock, order);
  assert.equal(ports.size, 3);
  assert.equal(prompts.length, 20);
  assert.ok(prompts.every((chars) => chars >= 100_000));
  assert.ok(perSecond > 0 && cpuSeconds > 0);
  assert.ok(firstByte.p50Ms <= whole.p50Ms && whole.p50Ms <= whole.p99Ms);
});

test("an answer that is no success breaks the burst", async (t) => {
  let answered = 0;
  const order = await orderTo(t, (_request, response) => {
    answered += 1;
    response.writeHead(answered === 9 ? 503 : 200).end("{}");
  });
  await assert.rejects(burst(systemClock, order), /expected status 200, found 503/);
});

test("an answer that breaks off breaks the burst", async (t) => {
  const order = await orderTo(t, (_request, response) => {
    response.writeHead(200, { "content-length": 10 }).write("half");
    setImmediate(() => response.destroy());
  });
  await assert.rejects(burst(systemClock, order), /lost in the middle of an answer/);
});

test("a burst of gets asks with its headers, and has answers of its status only", async (t) => {
  const tags: unknown[] = [];
  const { target } = await orderTo(t, (request, response) => {
    tags.push(request.headers["if-none-match"]);
    response.writeHead(request.url === "/known" ? 304 : 200).end();
  });
  const order = { port: target.port, headers: { "if-none-match": '"x"' }, status: 304, connections: 2, requests: 10 };
  assert.ok((await burstOfGets(systemClock, { ...order, path: "/known" })).perSecond > 0);
  assert.deepEqual(
    tags,
    Array.from({ length: 10 }, () => '"x"'),
  );
  await assert.rejects(burstOfGets(systemClock, { ...order, path: "/new" }), /expected status 304, found 200/);
});
