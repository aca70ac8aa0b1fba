// Request bodies: counted as they arrive, refused where they do not fit, and given back however the request ends.
import assert from "node:assert/strict";
import { once } from "node:events";
import type { Socket } from "node:net";
import { connect } from "node:net";
import { after, before, beforeEach, describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import fastify from "fastify";
import type { KeyUse } from "../accounts/key-use.ts";
import { createKeyUse } from "../accounts/key-use.ts";
import { PLAIN_KEY } from "../test-bed/plain-key.ts";
import { sendRaw } from "../test-bed/raw-request.ts";
import { startTestRouter } from "../test-bed/test-router.ts";
import { installErrorReplies } from "./error-reply.ts";
import { readRawBodies } from "./read-body.ts";
import { countVisits } from "./visits.ts";
import { QUIET_OBSERVER } from "../test-bed/quiet-observer.ts";

const KEY_BYTES = 100_000;
const ALL_BYTES = 150_000;
const BODY_BYTES_MAX = 90_000;

describe("a body", () => {
  let server: FastifyInstance;
  let url: string;
  let use: KeyUse;
  /** Lets the requests that have reached the handler end. */
  let answer: () => void;
  let answered: Promise<void>;
  let arrived: (body: unknown) => void = () => undefined;

  before(async () => {
    server = fastify();
    installErrorReplies(server, QUIET_OBSERVER);
    const visitOf = countVisits(
      server,
      {
        authenticate: () => Promise.resolve(PLAIN_KEY),
        keyUse: {
          enter: (keyId) => use.enter(keyId),
          get keys() {
            return use.keys;
          },
          get bodyBytes() {
            return use.bodyBytes;
          },
        },
      },
      "spend",
    );
    readRawBodies(server, BODY_BYTES_MAX, (request) => visitOf(request).use);
    server.post("/", (request, reply) => {
      arrived(request.body);
      void answered.then(() => reply.send("read"));
    });
    url = await server.listen({ port: 0, host: "127.0.0.1" });
  });
  beforeEach(() => {
    use = createKeyUse({ requestsPerKeyMax: 100, bodyBytesPerKeyMax: KEY_BYTES, bodyBytesMax: ALL_BYTES });
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
  const allGone = (): Promise<void> => until(() => use.keys === 0 && use.bodyBytes === 0);
  const pieces = (count: number, piece: string): ReadableStream =>
    ReadableStream.from(Array.from({ length: count }, () => Buffer.from(piece)));

  test("is counted by its length until its reply has gone out", async () => {
    const body = nextBody();
    const reply = fetch(url, { method: "POST", body: "hello" });
    assert.deepEqual(await body, Buffer.from("hello"));
    assert.equal(use.bodyBytes, 5);
    answer();
    assert.equal(await (await reply).text(), "read");
    await allGone();
  });

  test("of undeclared length is counted by the bytes that have come", async () => {
    const body = nextBody();
    const reply = fetch(url, { method: "POST", body: pieces(50, "x".repeat(1_000)), duplex: "half" });
    assert.deepEqual(await body, Buffer.alloc(50_000, "x"));
    assert.equal(use.bodyBytes, 50_000);
    answer();
    await (await reply).text();
    await allGone();
  });

  test("that is announced and not sent holds nothing: others are not kept out", async () => {
    const idle = await Promise.all(Array.from({ length: 10 }, () => open(`${head("content-length: 50000")}{`)));
    await until(() => use.bodyBytes === 10);
    const body = nextBody();
    const reply = fetch(url, { method: "POST", body: "x".repeat(BODY_BYTES_MAX) });
    await body;
    answer();
    assert.equal((await reply).status, 200);
    for (const socket of idle) socket.destroy();
    await allGone();
  });

  test("in thousands of chunks of one byte is put together again", async () => {
    const body = nextBody();
    const socket = await open(`${head("transfer-encoding: chunked")}${"1\r\nx\r\n".repeat(20_000)}0\r\n\r\n`);
    assert.deepEqual(await body, Buffer.alloc(20_000, "x"));
    assert.equal(use.bodyBytes, 20_000);
    socket.destroy();
    await allGone();
  });

  test("as large as its key's share is taken, and one byte more is refused with 429 before it is sent", async () => {
    const other = use.enter("key");
    other.hold(KEY_BYTES - 10);
    const reply = await sendRaw(url, head("content-length: 11", "connection: close"));
    assert.equal(reply.status, 429);
    assert.equal(reply.headers.get("retry-after"), "1");
    assert.match(reply.body, /"error_code":"too_many_concurrent"/);
    answer();
    assert.equal((await fetch(url, { method: "POST", body: "x".repeat(10) })).status, 200);
    other.leave();
    await allGone();
  });

  test("as large as the process has room for is taken, and one byte more is refused with 503 before it is sent", async () => {
    const others = ["a", "b"].map((key) => use.enter(key));
    for (const other of others) other.hold((ALL_BYTES - 10) / 2);
    const reply = await sendRaw(url, head("content-length: 11", "connection: close"));
    assert.equal(reply.status, 503);
    assert.equal(reply.headers.get("retry-after"), "1");
    assert.match(reply.body, /"error_code":"overloaded"/);
    answer();
    assert.equal((await fetch(url, { method: "POST", body: "x".repeat(10) })).status, 200);
    for (const other of others) other.leave();
    await allGone();
  });

  test("that outgrows its key's share while it arrives is refused with 429, and counted as nothing", async () => {
    const other = use.enter("key");
    other.hold(KEY_BYTES - 20_000);
    const reply = await sendRaw(url, `${head("transfer-encoding: chunked")}7530\r\n${"x".repeat(30_000)}\r\n`);
    assert.equal(reply.status, 429);
    await until(() => use.bodyBytes === KEY_BYTES - 20_000);
    other.leave();
    await allGone();
  });

  test("of the limit is taken, and one byte more is refused with 413, declared or not", async () => {
    answer();
    const whole = (body: string | ReadableStream): Promise<Response> =>
      fetch(url, { method: "POST", body, duplex: "half" });
    assert.equal((await whole("x".repeat(BODY_BYTES_MAX))).status, 200);
    assert.equal((await whole(pieces(90, "x".repeat(1_000)))).status, 200);
    const chunked = (size: number): string => `${size.toString(16)}\r\n${"x".repeat(size)}\r\n0\r\n\r\n`;
    for (const request of [
      head(`content-length: ${BODY_BYTES_MAX + 1}`, "connection: close"), // before any of it is sent
      head("transfer-encoding: chunked", "connection: close") + chunked(BODY_BYTES_MAX + 1),
    ]) {
      const reply = await sendRaw(url, request);
      assert.equal(reply.status, 413);
      assert.match(reply.body, /larger than 90000 bytes/);
    }
    await allGone();
  });

  test("is given back when its client leaves in the middle of it", async () => {
    const socket = await open(`${head("content-length: 1000")}{`);
    await until(() => use.bodyBytes === 1);
    socket.resetAndDestroy();
    await allGone();
  });

  test("is given back when its client leaves before its reply", async () => {
    const body = nextBody();
    const socket = await open(`${head("content-length: 3")}abc`);
    await body;
    assert.equal(use.bodyBytes, 3);
    socket.destroy();
    await allGone();
    answer();
  });

  test("is given back with all that wait in line on its connection when that breaks", async () => {
    const one = `${head("content-length: 3")}abc`;
    const socket = await open(one + one + one);
    await until(() => use.bodyBytes === 9);
    socket.destroy();
    await allGone();
    answer();
  });

  test("is given back at the end of each request on a connection that is kept", async () => {
    answer();
    for (let count = 0; count < 20; count += 1) await (await fetch(url, { method: "POST", body: "hello" })).text();
    await allGone();
  });

  test("is bytes, whatever its content type", async () => {
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
