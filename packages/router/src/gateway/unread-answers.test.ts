// Replies that clients do not take: counted, refused when there are too many, and cut when nothing moves any more.
import assert from "node:assert/strict";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { connect } from "node:net";
import { after, before, describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import fastify from "fastify";
import { ANSWER_UNCOUNTED_BYTES, CLIENT_STALL_MS } from "../limits.ts";
import type { ByteBudget } from "../providers/byte-budget.ts";
import { createByteBudget } from "../providers/byte-budget.ts";
import { QUIET_OBSERVER } from "../test-bed/quiet-observer.ts";
import { sendRaw } from "../test-bed/raw-request.ts";
import { connectProvider, plainOffer } from "../test-bed/scripted-provider.ts";
import { startTestRouter } from "../test-bed/test-router.ts";
import { installErrorReplies } from "./error-reply.ts";
import { boundReplies, cutWhenStalled, keepForMany, sendWhole } from "./unread-answers.ts";

const MORE_THAN_SOCKETS_HOLD = 16 * 1024 * 1024;

describe("a reply", () => {
  let server: FastifyInstance;
  let url: string;
  const budget: ByteBudget = createByteBudget(MORE_THAN_SOCKETS_HOLD + 10);
  before(async () => {
    server = fastify();
    installErrorReplies(server, QUIET_OBSERVER);
    boundReplies(server, budget);
    const kept = keepForMany(Buffer.alloc(MORE_THAN_SOCKETS_HOLD, "x"));
    server.get("/kept", () => kept);
    server.get("/whole/:bytes", (request, reply) => {
      sendWhole(reply, budget, "x".repeat(Number((request.params as { bytes: string }).bytes)));
    });
    server.get("/:bytes", (request) => "x".repeat(Number((request.params as { bytes: string }).bytes)));
    url = await server.listen({ port: 0, host: "127.0.0.1" });
  });
  after(() => server.close());

  const open = async (bytes: number | "kept" | `whole/${number}`): Promise<Socket> => {
    const socket = connect((server.server.address() as AddressInfo).port, "127.0.0.1");
    socket.on("error", () => undefined);
    await once(socket, "connect");
    socket.pause();
    socket.write(`GET /${bytes} HTTP/1.1\r\nhost: a\r\n\r\n`);
    return socket;
  };
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) await setImmediate();
  };
  const get = (bytes: number | `whole/${number}`): ReturnType<typeof sendRaw> =>
    sendRaw(url, `GET /${bytes} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`);

  test("that nobody takes is counted until its client has gone, and keeps another large one out", async () => {
    const socket = await open(MORE_THAN_SOCKETS_HOLD);
    await until(() => budget.usedBytes === MORE_THAN_SOCKETS_HOLD);
    const refused = await get(ANSWER_UNCOUNTED_BYTES + 1);
    assert.deepEqual([refused.status, refused.headers.get("retry-after")], [503, "1"]);
    assert.match(refused.body, /"error_code":"overloaded"/);
    assert.equal((await get(ANSWER_UNCOUNTED_BYTES)).body.length, ANSWER_UNCOUNTED_BYTES);
    socket.destroy();
    await until(() => budget.usedBytes === 0);
    assert.equal((await get(ANSWER_UNCOUNTED_BYTES + 1)).status, 200);
    await until(() => budget.usedBytes === 0);
  });

  test("that is sent past the framework is bounded like any other", async () => {
    const socket = await open(`whole/${MORE_THAN_SOCKETS_HOLD}`);
    await until(() => budget.usedBytes === MORE_THAN_SOCKETS_HOLD);
    const refused = await get(`whole/${ANSWER_UNCOUNTED_BYTES + 1}`);
    assert.deepEqual([refused.status, refused.headers.get("retry-after")], [503, "1"]);
    assert.match(refused.body, /"error_code":"overloaded"/);
    const small = await get(`whole/${ANSWER_UNCOUNTED_BYTES}`);
    assert.deepEqual(
      [small.status, small.headers.get("content-type"), small.headers.get("content-length"), small.body.length],
      [200, "application/json; charset=utf-8", String(ANSWER_UNCOUNTED_BYTES), ANSWER_UNCOUNTED_BYTES],
    );
    socket.destroy();
    await until(() => budget.usedBytes === 0);
  });

  test("of bytes that are kept for many counts for nobody who does not take it", async () => {
    const sockets = [await open("kept"), await open("kept")];
    await Promise.all(sockets.map((socket) => once(socket.resume(), "data")));
    for (const socket of sockets) socket.pause();
    assert.equal(budget.usedBytes, 0);
    assert.equal((await get(ANSWER_UNCOUNTED_BYTES + 1)).status, 200);
    for (const socket of sockets) socket.destroy();
    await until(() => budget.usedBytes === 0);
  });

  test("as large as there is room for goes out, one byte larger does not", async () => {
    assert.equal((await get(MORE_THAN_SOCKETS_HOLD + 11)).status, 503);
    const reply = await get(MORE_THAN_SOCKETS_HOLD + 10);
    assert.deepEqual([reply.status, reply.body.length], [200, MORE_THAN_SOCKETS_HOLD + 10]);
    await until(() => budget.usedBytes === 0);
  });
});

describe("a connection", () => {
  const start = async (t: { after(end: () => Promise<void>): void }, stallMs: number): Promise<FastifyInstance> => {
    const server = fastify({ forceCloseConnections: true });
    t.after(() => server.close());
    server.addHook("onSend", (_request, reply, _payload, next) => {
      cutWhenStalled(reply.raw, stallMs);
      next();
    });
    server.get("/large", () => "x".repeat(MORE_THAN_SOCKETS_HOLD));
    server.get("/small", () => "x");
    server.get("/thinks", () => new Promise(() => undefined));
    await server.listen({ port: 0, host: "127.0.0.1" });
    return server;
  };
  const ask = async (server: FastifyInstance, path: string): Promise<[Socket, ServerResponse]> => {
    const socket = connect((server.server.address() as AddressInfo).port, "127.0.0.1");
    socket.on("error", () => undefined);
    const requested = once(server.server, "request") as Promise<[unknown, ServerResponse]>;
    socket.write(`GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n`);
    const [, response] = await requested;
    return [socket, response];
  };

  test("whose client takes nothing of its reply is cut", async (t) => {
    const server = await start(t, 30);
    const [socket, response] = await ask(server, "/large");
    socket.pause();
    await once(response, "close");
    assert.equal(response.writableFinished, false);
    assert.equal(response.req.socket.destroyed, true);
  });

  test("keeps the limit of a large reply that waited in line behind another", async (t) => {
    const server = await start(t, CLIENT_STALL_MS);
    const [client, first] = await ask(server, "/large");
    client.pause();
    const requested = once(server.server, "request") as Promise<[unknown, ServerResponse]>;
    client.write("GET /large HTTP/1.1\r\nhost: a\r\n\r\n");
    const [, next] = await requested;
    await setImmediate();
    assert.equal(first.writableFinished, false, "the next waits in line");
    const finished = once(first, "finish");
    next.once("socket", () => client.pause());
    client.resume();
    await finished;
    assert.deepEqual([next.writableFinished, next.req.socket.timeout], [false, CLIENT_STALL_MS]);
  });

  test("whose client took all of it rests as long as any other", async (t) => {
    const server = await start(t, CLIENT_STALL_MS);
    const [, response] = await ask(server, "/small");
    const { socket } = response.req;
    assert.ok(response.writableFinished || (await once(response, "finish")));
    await setImmediate();
    assert.ok((socket.timeout ?? 0) >= server.server.keepAliveTimeout && socket.timeout !== CLIENT_STALL_MS);
  });

  test("with a request that waits in line does not hand its limit on to it", async (t) => {
    const server = await start(t, CLIENT_STALL_MS);
    const [client, first] = await ask(server, "/large");
    client.pause();
    const { socket } = first.req;
    const requested = once(server.server, "request");
    client.write("GET /thinks HTTP/1.1\r\nhost: a\r\n\r\n");
    await requested;
    assert.deepEqual([first.writableFinished, socket.timeout], [false, CLIENT_STALL_MS]);
    client.resume();
    await once(first, "finish");
    assert.equal(socket.timeout, 0);
  });
});

test("a router holds as many bytes of answers as its setting says", async (t) => {
  const router = await startTestRouter({ AIMO_ANSWERS_BYTES_MAX: "2000" });
  t.after(() => router.close());
  let bytes = 0;
  const provider = await connectProvider(router.url, await router.key(), (call) => {
    const answer = { choices: [{ index: 0, message: { content: "" }, finish_reason: "stop" }] };
    call.respond(200, { "content-type": "application/json" });
    call.write(JSON.stringify(answer).padEnd(bytes));
    call.end();
  });
  await provider.offer([plainOffer("m")]);
  for ([bytes] of [[2_000], [2_001], [2_000]] as const) {
    const reply = await router.chat(await router.key(), { model: "m", messages: [{ role: "user", content: "x" }] });
    assert.equal(reply.status, bytes === 2_000 ? 200 : 503);
    assert.equal((await reply.text()).includes('"error_code":"overloaded"'), bytes !== 2_000);
  }
  await provider.close();
  await router.close();
});
