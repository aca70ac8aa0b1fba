// Connections: as many as there may be are served, one more is told so, and providers and the operator are let through.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { connect } from "node:net";
import { describe, test } from "node:test";
import type { TestContext } from "node:test";
import { setImmediate } from "node:timers/promises";
import { refuseSocket } from "../providers/refuse-socket.ts";
import { sendRaw } from "../test-bed/raw-request.ts";
import { connectProvider, plainOffer } from "../test-bed/scripted-provider.ts";
import type { TestRouter } from "../test-bed/test-router.ts";
import { startTestRouter } from "../test-bed/test-router.ts";
import type { ConnectionBounds, Connections } from "./connections.ts";
import { countConnections } from "./connections.ts";

const GET = "GET /api/v1/models HTTP/1.1\r\nhost: a\r\n\r\n";

/** A client with one connection that it keeps. */
interface Client {
  readonly socket: Socket;
  /** Everything received so far. */
  received(): string;
  /** Sends a request and resolves with the status of its answer, 0 when the connection closed instead. */
  ask(request?: string): Promise<number>;
}

async function openClient(url: string): Promise<Client> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.on("error", () => undefined);
  let received = "";
  let asked = 0;
  socket.on("data", (bytes: Buffer) => (received += bytes.toString()));
  await once(socket, "connect");
  return {
    socket,
    received: () => received,
    async ask(request = GET) {
      asked += 1;
      socket.write(request);
      const statuses = (): string[] => received.match(/(?<=HTTP\/1\.1 )\d+/g) ?? [];
      while (statuses().length < asked && !socket.destroyed) await setImmediate();
      return Number(statuses()[asked - 1] ?? 0);
    },
  };
}

async function startFull(t: TestContext): Promise<{ router: TestRouter; clients: readonly Client[] }> {
  const router = await startTestRouter({ AIMO_CONNECTIONS_MAX: "2" });
  t.after(() => router.close());
  const clients = [await openClient(router.url), await openClient(router.url)];
  for (const client of clients) assert.equal(await client.ask(), 200);
  t.after(() => {
    for (const { socket } of clients) socket.destroy();
  });
  return { router, clients };
}

describe("a router with all the connections it can hold", () => {
  test("answers one more with 503 and closes it; the others are served on", async (t) => {
    const { router, clients } = await startFull(t);
    for (const path of ["/api/v1/models", "/v1/nothing"]) {
      const reply = await sendRaw(router.url, `GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n`);
      assert.equal(reply.status, 503);
      assert.equal(reply.headers.get("retry-after"), "1");
      assert.equal(reply.headers.get("connection"), "close");
      assert.equal(reply.headers.get("access-control-allow-origin"), "*");
      assert.match(reply.headers.get("x-request-id") ?? "", /^req-/);
      assert.match(reply.body, /"error_code":"overloaded"/);
      assert.match(reply.body, /all the connections it can hold/);
    }
    for (const client of clients) assert.equal(await client.ask(), 200);
  });

  test("takes another as soon as one has left", async (t) => {
    const { router, clients } = await startFull(t);
    clients[0]?.socket.destroy();
    let status = 503;
    while (status === 503) status = await (await openClient(router.url)).ask(); // until the router has seen it leave
    assert.equal(status, 200);
    assert.equal((await sendRaw(router.url, GET)).status, 503);
  });

  test("still lets a provider in, which takes no client's place", async (t) => {
    const { router, clients } = await startFull(t);
    const provider = await connectProvider(router.url, await router.key(), (call) => call.end());
    await provider.offer([plainOffer("m")]);
    assert.equal(await clients[0]?.ask("GET /api/v1/models/community/m HTTP/1.1\r\nhost: a\r\n\r\n"), 200);
    clients[1]?.socket.destroy();
    let status = 503;
    while (status === 503) status = await (await openClient(router.url)).ask();
    assert.equal(status, 200);
    await provider.close();
  });

  test("answers its operator", async (t) => {
    const { router } = await startFull(t);
    assert.equal(
      (
        await sendRaw(
          router.operatorUrl,
          GET.replace("/api/v1/models", "/healthz").replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n"),
        )
      ).status,
      200,
    );
  });
});

describe("counted connections", () => {
  const start = async (
    t: TestContext,
    bounds: Partial<ConnectionBounds>,
  ): Promise<{ url: string; connections: Connections; upgraded: Socket[] }> => {
    const server = createServer((request, response) => {
      response.statusCode = connections.refusal(request.socket)?.status ?? 200;
      response.end();
    });
    const connections = countConnections(
      server,
      { connectionsMax: 10, perNetworkMax: 10, surplusMax: 10, network: () => undefined, ...bounds },
      (socket, error) => refuseSocket(socket, error, "req-1"),
    );
    const upgraded: Socket[] = [];
    server.on("upgrade", (_request, socket) => void upgraded.push(socket as Socket));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const clients = openClients;
    t.after(async () => {
      for (const { socket } of clients) socket.destroy();
      for (const socket of upgraded) socket.destroy();
      server.close();
      await once(server, "close");
    });
    const { port } = server.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}`, connections, upgraded };
  };
  const openClients: Client[] = [];
  const open = async (url: string): Promise<Client> => {
    const client = await openClient(url);
    openClients.push(client);
    return client;
  };

  test("from one network are as many as may come from one, and another network is not kept out", async (t) => {
    let network: string | undefined = "a";
    const { url, connections } = await start(t, { perNetworkMax: 2, network: () => network });
    const [first] = [await open(url), await open(url)];
    assert.equal(await first.ask(), 200);
    assert.equal(await (await open(url)).ask(), 503);
    network = "b";
    assert.equal(await (await open(url)).ask(), 200);
    network = undefined;
    for (let count = 0; count < 3; count += 1) assert.equal(await (await open(url)).ask(), 200);
    first.socket.destroy();
    while (connections.count > 5) await setImmediate();
    network = "a";
    assert.equal(await (await open(url)).ask(), 200);
  });

  test("that have asked nothing give way to newcomers when there is no more room, the oldest first; those in use do not", async (t) => {
    const { url, connections } = await start(t, { connectionsMax: 3 });
    const used = await open(url);
    assert.equal(await used.ask(), 200);
    const silent = [await open(url), await open(url)];
    while (connections.count < 3) await setImmediate();
    for (const lying of silent) {
      const newcomer = await open(url);
      assert.equal(await newcomer.ask(), 200);
      if (!lying.socket.destroyed) await once(lying.socket, "close");
      assert.match(lying.received(), /^HTTP\/1\.1 503 [^]*"overloaded"/);
      assert.equal(connections.count, 3);
    }
    assert.equal(await (await open(url)).ask(), 503, "now every connection has asked something");
    assert.equal(await used.ask(), 200);
  });

  test("beyond the bound that say nothing give way, the oldest first, and are told why", async (t) => {
    const { url, upgraded } = await start(t, { connectionsMax: 1, surplusMax: 2 });
    assert.equal(await (await open(url)).ask(), 200);
    const silent = [await open(url), await open(url)];
    const provider = await open(url);
    const [oldest, next] = silent;
    assert.ok(oldest !== undefined && next !== undefined);
    await once(oldest.socket, "close");
    assert.match(oldest.received(), /^HTTP\/1\.1 503 [^]*"overloaded"/);
    provider.socket.write("GET / HTTP/1.1\r\nhost: a\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\n");
    while (upgraded.length === 0) await setImmediate();
    assert.equal(await next.ask(), 503);
  });

  test("that have become links take no client's place, but are counted under their address until they close", async (t) => {
    const upgrade = "GET / HTTP/1.1\r\nhost: a\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\n";
    const { url, connections, upgraded } = await start(t, { connectionsMax: 1, perNetworkMax: 3, network: () => "a" });
    for (let count = 1; count <= 4; count += 1) {
      (await open(url)).socket.write(upgrade);
      while (upgraded.length < count) await setImmediate();
    }
    assert.equal(connections.count, 0);
    assert.deepEqual(
      upgraded.map((socket) => connections.refusal(socket)?.code),
      [undefined, undefined, undefined, "overloaded"],
    );
    assert.equal(await (await open(url)).ask(), 503);
    upgraded[0]?.destroy();
    let status = 503;
    while (status === 503) status = await (await open(url)).ask();
    assert.equal(status, 200);
  });

  test("that have become links or have closed are not counted", async (t) => {
    const { url, connections, upgraded } = await start(t, { network: () => "a" });
    const clients = [await open(url), await open(url)];
    while (connections.count < 2) await setImmediate();
    clients[0]?.socket.write("GET / HTTP/1.1\r\nhost: a\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\n");
    while (upgraded.length === 0) await setImmediate();
    assert.equal(connections.count, 1);
    clients[1]?.socket.destroy();
    while (connections.count > 0) await setImmediate();
  });
});
