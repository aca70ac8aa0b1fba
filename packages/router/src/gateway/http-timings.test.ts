// Slow and resting clients: Node's own timers, made short, end each of them; the router's are those of its limits.
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { after, before, describe, test } from "node:test";
import type { FastifyInstance } from "fastify";
import fastify from "fastify";
import { refuseSocket } from "../providers/refuse-socket.ts";
import { brokenRequest } from "./error-reply.ts";
import { HTTP_TIMINGS, timingOptions } from "./http-timings.ts";

const SHORT = { headersMs: 60, requestMs: 120, keepAliveMs: 30, lookMs: 20 };

describe("a server ends a connection", () => {
  let server: FastifyInstance;
  let url: string;
  before(async () => {
    const { options, http } = timingOptions(SHORT);
    server = fastify({
      ...options,
      http,
      clientErrorHandler: (error, socket) => refuseSocket(socket, brokenRequest(error.code), "req-1"),
    });
    server.post("/", () => "read");
    url = await server.listen({ port: 0, host: "127.0.0.1" });
  });
  after(() => server.close());

  /** What a client that sends this and then nothing gets until its connection closes. */
  const received = async (text: string): Promise<string> => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    let bytes = "";
    socket.on("data", (piece: Buffer) => (bytes += piece.toString()));
    await once(socket, "connect");
    if (text !== "") socket.write(text);
    await once(socket, "close");
    return bytes;
  };
  const head = "POST / HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n";

  for (const [name, text] of [
    ["that says nothing", ""],
    ["that stops in its headers", head],
    ["that stops in its body", `${head}content-length: 10\r\n\r\n{`],
  ] as const) {
    test(`${name}, and says why`, async () => {
      const reply = await received(text);
      assert.match(reply, /^HTTP\/1\.1 400 /);
      assert.match(reply, /"error_code":"invalid_request"/);
      assert.match(reply, /expected a whole request within/);
    });
  }

  test("that rests after its answer, without a word", async () => {
    const reply = await received(`${head}content-length: 2\r\n\r\n{}`);
    assert.match(reply, /^HTTP\/1\.1 200 /);
    assert.equal(reply.split("HTTP/1.1").length, 2);
  });
});

test("a router looks often enough for its timeouts to mean what they say", () => {
  const { headersMs, requestMs, keepAliveMs, lookMs } = HTTP_TIMINGS;
  assert.deepEqual(timingOptions(HTTP_TIMINGS), {
    options: { keepAliveTimeout: keepAliveMs, requestTimeout: requestMs },
    http: { headersTimeout: headersMs, connectionsCheckingInterval: lookMs },
  });
  assert.ok(headersMs < requestMs && lookMs <= headersMs / 10);
});
