// The budget for request bodies: counted before a byte is read, and given back however the request ends.
import assert from "node:assert/strict";
import { once } from "node:events";
import type { Socket } from "node:net";
import { connect } from "node:net";
import { after, before, beforeEach, describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import fastify from "fastify";
import { CHUNKED_BODY_BYTES } from "../limits.ts";
import type { ByteBudget } from "../providers/byte-budget.ts";
import { createByteBudget } from "../providers/byte-budget.ts";
import { sendRaw } from "../test-bed/raw-request.ts";
import { startTestRouter } from "../test-bed/test-router.ts";
import { installErrorReplies } from "./error-reply.ts";
import { readRawBodies } from "./read-body.ts";
import { QUIET_OBSERVER } from "../test-bed/quiet-observer.ts";

const LIMIT_BYTES = 16 * 1024 * 1024;
const BODY_BYTES_MAX = 12 * 1024 * 1024;

describe("the budget for bodies", () => {
  let server: FastifyInstance;
  let url: string;
  let budget: ByteBudget;
  /** Lets the requests that have reached the handler end. */
  let answer: () => void;
  let answered: Promise<void>;
  let arrived: (body: unknown) => void = () => undefined;

  before(async () => {
    server = fastify();
    const shared: ByteBudget = {
      reserve: (bytes) => budget.reserve(bytes),
      release: (bytes) => budget.release(bytes),
      get usedBytes() {
        return budget.usedBytes;
      },
    };
    installErrorReplies(server, QUIET_OBSERVER);
    readRawBodies(server, shared, BODY_BYTES_MAX);
    server.post("/", (request, reply) => {
      arrived(request.body);
      void answered.then(() => reply.send("read"));
    });
    url = await server.listen({ port: 0, host: "127.0.0.1" });
  });
  beforeEach(() => {
    budget = createByteBudget(LIMIT_BYTES);
    ({ promise: answered, resolve: answer } = Promise.withResolvers<void>());
  });
  after(() => server.close());

  const nextBody = (): Promise<unknown> => new Promise((resolve) => void (arrived = resolve));
  const head = (...headers: string[]): string => ["POST / HTTP/1.1", "host: a", ...headers, "", ""].join("\r\n");
  const open = async (text: string): Promise<Socket> => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    socket.on("error", () => undefined);
    await once(socket, "connect");
    socket.write(text);
    return socket;
  };
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) await setImmediate();
  };

  test("counts a body by its declared length until its reply has gone out", async () => {
    const body = nextBody();
    const reply = fetch(url, { method: "POST", body: "hello" });
    assert.deepEqual(await body, Buffer.from("hello"));
    assert.equal(budget.usedBytes, 5);
    answer();
    assert.equal(await (await reply).text(), "read");
    await until(() => budget.usedBytes === 0);
  });

  test("counts a body of unknown length as eight mebibytes", async () => {
    const body = nextBody();
    const reply = fetch(url, { method: "POST", body: new Blob(["hello"]).stream(), duplex: "half" });
    assert.deepEqual(await body, Buffer.from("hello"));
    assert.equal(budget.usedBytes, CHUNKED_BODY_BYTES);
    answer();
    await (await reply).text();
    await until(() => budget.usedBytes === 0);
  });

  test("refuses with 503 before any of the body is sent, and counts the refused one as nothing", async () => {
    budget.reserve(LIMIT_BYTES - 10);
    const reply = await sendRaw(url, head("content-length: 11", "connection: close"));
    assert.equal(reply.status, 503);
    assert.equal(reply.headers.get("retry-after"), "1");
    assert.match(reply.body, /"error_code":"overloaded"/);
    assert.equal(budget.usedBytes, LIMIT_BYTES - 10);
    const body = nextBody();
    const fits = fetch(url, { method: "POST", body: "x".repeat(10) });
    await body;
    assert.equal(budget.usedBytes, LIMIT_BYTES);
    answer();
    await (await fits).text();
  });

  test("refuses what is declared too large before any of it is sent, and counts it as nothing", async () => {
    budget.reserve(LIMIT_BYTES); // nothing would fit, but this one never will
    const reply = await sendRaw(url, head(`content-length: ${BODY_BYTES_MAX + 1}`, "connection: close"));
    assert.equal(reply.status, 413);
    assert.equal(budget.usedBytes, LIMIT_BYTES);
  });

  test("gets back what a client held that left in the middle of its body", async () => {
    const socket = await open(`${head("content-length: 1000")}{`);
    await until(() => budget.usedBytes === 1_000);
    socket.resetAndDestroy();
    await until(() => budget.usedBytes === 0);
  });

  test("gets back what a client held that left before its reply", async () => {
    const body = nextBody();
    const socket = await open(`${head("content-length: 3")}abc`);
    await body;
    assert.equal(budget.usedBytes, 3);
    socket.destroy();
    await until(() => budget.usedBytes === 0);
    answer();
  });

  test("gets back all of a connection's requests that wait in line when it breaks", async () => {
    const one = `${head("content-length: 3")}abc`;
    const socket = await open(one + one + one);
    await until(() => budget.usedBytes === 9);
    socket.destroy();
    await until(() => budget.usedBytes === 0);
    answer();
  });

  test("gets back each request's share on a connection that is kept", async () => {
    answer();
    for (let count = 0; count < 20; count += 1) await (await fetch(url, { method: "POST", body: "hello" })).text();
    await until(() => budget.usedBytes === 0);
  });

  test("takes bodies of any content type or none as bytes", async () => {
    answer();
    for (const type of ["application/json", "text/plain", "application/x-www-form-urlencoded", "x/y; z=1", undefined]) {
      const body = nextBody();
      const typed = type === undefined ? [] : [`content-type: ${type}`];
      const reply = await sendRaw(url, `${head("content-length: 3", "connection: close", ...typed)}a\0b`);
      assert.equal(reply.status, 200, type ?? "none");
      assert.deepEqual(await body, Buffer.from("a\0b"));
    }
  });
});

test("a stranger is refused before the router waits for a body", async (t) => {
  const router = await startTestRouter();
  t.after(() => router.close());
  const head =
    "POST /api/v1/chat/completions HTTP/1.1\r\nhost: a\r\ncontent-length: 1000000\r\nconnection: close\r\n\r\n";
  const reply = await sendRaw(router.url, head);
  assert.equal(reply.status, 401);
  await router.close();
});
