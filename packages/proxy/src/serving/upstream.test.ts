// Calls over real sockets: addresses, the environment's proxy, aborts before and after the connection stands.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import type { TestContext } from "node:test";
import { describe, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import type { Environment } from "../config/reading.ts";
import { startRecordingProxy } from "../test-bed/recording-proxy.ts";
import { answerHello, HELLO_JSON, startUpstream } from "../test-bed/scripted-upstream.ts";
import type { UpstreamCall } from "./upstream.ts";
import { createUpstreams, upstreamAddress } from "./upstream.ts";
import { upstreamFailure } from "./upstream-failure.ts";

interface Running {
  readonly call: UpstreamCall;
  readonly said: string[];
  /** The body as it was told. */
  readonly chunks: readonly Uint8Array[];
  /** Resolves with the body, rejects with the failure. */
  readonly over: Promise<string>;
  readonly connected: Promise<true>;
}

function call(context: TestContext, apiBase: string, environment: Environment = {}): Running {
  const upstreams = createUpstreams(environment);
  context.after(() => upstreams.close());
  const over = Promise.withResolvers<string>();
  const connected = Promise.withResolvers<true>();
  over.promise.catch(() => undefined);
  const said: string[] = [];
  const chunks: Uint8Array[] = [];
  const request = { address: upstreamAddress(apiBase, "/chat/completions"), headers: [], body: [Buffer.from("{}")] };
  const running = upstreams.call(request, {
    connected: () => connected.resolve(true),
    responded: (status) => said.push(String(status)),
    received: (chunk) => chunks.push(chunk),
    ended: () => over.resolve(Buffer.concat(chunks).toString()),
    failed: over.reject,
  });
  return { call: running, said, chunks, over: over.promise, connected: connected.promise };
}

describe("an upstream's address", () => {
  test("the endpoint is added to the path of the base", () => {
    assert.deepEqual(upstreamAddress("https://api.example.com/v1", "/chat/completions"), {
      origin: "https://api.example.com",
      path: "/v1/chat/completions",
      isLoopback: false,
    });
    assert.equal(upstreamAddress("http://[::1]:8080", "/chat/completions").path, "/chat/completions");
    assert.equal(upstreamAddress("http://localhost:11434/v1", "/x").isLoopback, true);
  });
});

describe("connections to an upstream", () => {
  test("are as many as calls run at once, one call each, and are used again", async (context) => {
    const sockets = new Set<unknown>();
    let busy: unknown[] = [];
    const upstream = await startUpstream(({ response }) => {
      sockets.add(response.socket);
      busy.push(response.socket);
    });
    context.after(() => upstream.close());
    const upstreams = createUpstreams({});
    context.after(() => upstreams.close());
    const address = upstreamAddress(upstream.apiBase, "/chat/completions");
    const ignore = { connected: () => undefined, responded: () => undefined, received: () => undefined };
    const CALLS = 20;
    for (let round = 0; round < 5; round += 1) {
      busy = [];
      const over = Array.from({ length: CALLS }, () => {
        const ended = Promise.withResolvers<void>();
        const events = { ...ignore, ended: ended.resolve, failed: ended.reject };
        upstreams.call({ address, headers: [], body: [Buffer.from("{}")] }, events);
        return ended.promise;
      });
      const exchanges = await Promise.all(over.map(() => upstream.next()));
      assert.equal(new Set(busy).size, CALLS, "no call waits behind another on its connection");
      for (const { response } of exchanges) response.end(HELLO_JSON);
      await Promise.all(over);
      await turn(); // a connection is free again only after its call has been told of its end
    }
    assert.equal(sockets.size, CALLS);
  });
});

describe("a call", () => {
  test("an abort closes the connection and is followed by nothing", async (context) => {
    const upstream = await startUpstream();
    context.after(() => upstream.close());
    const { call: running, said, connected, over } = call(context, upstream.apiBase);
    await connected;
    const { aborted } = await upstream.next();
    running.abort();
    await aborted;
    let isOver = false;
    void over.catch(() => "").finally(() => (isOver = true));
    await new Promise(setImmediate);
    assert.equal(isOver, false);
    assert.deepEqual(said, []);
  });

  test("a body in pieces arrives whole, with its length, and so does the next", async (context) => {
    const upstream = await startUpstream(answerHello);
    context.after(() => upstream.close());
    const upstreams = createUpstreams({});
    context.after(() => upstreams.close());
    const words = Array.from({ length: 300 }, (_, index) => Buffer.alloc(32_768, `${index} `));
    const pieces = [Buffer.from('{"words":"'), ...words, Buffer.from('"}')];
    const address = upstreamAddress(upstream.apiBase, "/chat/completions");
    for (let count = 0; count < 2; count += 1) {
      const over = Promise.withResolvers<void>();
      const ignore = { connected: () => undefined, responded: () => undefined, received: () => undefined };
      upstreams.call({ address, headers: [], body: pieces }, { ...ignore, ended: over.resolve, failed: over.reject });
      await over.promise;
    }
    for (const { headers, body } of upstream.exchanges) {
      assert.equal(headers["content-length"], String(Buffer.concat(pieces).length));
      assert.equal(headers["transfer-encoding"], undefined);
      assert.ok(body === Buffer.concat(pieces).toString());
    }
    assert.equal(upstream.exchanges.length, 2);
  });

  test("an abort in the middle of a body in pieces closes the connection and is followed by nothing", async (context) => {
    const server = createServer((socket) => void socket.once("data", () => socket.pause())); // takes the first bytes only
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    context.after(() => server.close());
    const upstreams = createUpstreams({});
    context.after(() => upstreams.close());
    const accepted = once(server, "connection") as Promise<[Socket]>;
    const address = upstreamAddress(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, "/x");
    const body = Array.from({ length: 1_000 }, () => Buffer.alloc(32_768));
    const said: string[] = [];
    const running = upstreams.call(
      { address, headers: [], body },
      {
        connected: () => undefined,
        responded: (status) => said.push(String(status)),
        received: () => said.push("bytes"),
        ended: () => said.push("ended"),
        failed: ({ message }) => said.push(message),
      },
    );
    const [socket] = await accepted;
    socket.on("error", () => undefined);
    await once(socket, "pause");
    running.abort();
    const closed = once(socket, "close");
    socket.resume();
    await closed;
    assert.deepEqual(said, []);
  });

  test("an abort before the connection stands sends nothing", async (context) => {
    const upstream = await startUpstream(answerHello);
    context.after(() => upstream.close());
    const first = call(context, upstream.apiBase);
    first.call.abort();
    const second = call(context, upstream.apiBase);
    assert.equal(await second.over, HELLO_JSON);
    assert.equal(upstream.exchanges.length, 1);
  });

  /** Answers every request with these bytes in one write, and closes the connection where they are no whole answer. */
  async function startRaw(context: TestContext, answer: string, isWhole: boolean): Promise<string> {
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => (isWhole ? socket.write(answer) : socket.end(answer)));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    context.after(() => server.close());
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  const CHUNKED = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\none\r\n3\r\ntwo\r\n";

  test("tell what one reading of the socket brought as one piece, before the end", async (context) => {
    const { chunks, over } = call(context, await startRaw(context, `${CHUNKED}0\r\n\r\n`, true));
    assert.equal(await over, "onetwo");
    assert.equal(chunks.length, 1);
  });

  test("tell what came before the connection broke", async (context) => {
    const { chunks, over } = call(context, await startRaw(context, CHUNKED, false));
    await assert.rejects(over);
    assert.equal(chunks.map((chunk) => Buffer.from(chunk).toString()).join("|"), "onetwo");
  });

  test("fails with what its owner throws, whose process goes on", async (context) => {
    const apiBase = await startRaw(context, CHUNKED, true);
    const upstreams = createUpstreams({});
    context.after(() => upstreams.close());
    const failed = Promise.withResolvers<Error>();
    const request = { address: upstreamAddress(apiBase, ""), headers: [], body: [Buffer.from("{}")] };
    upstreams.call(request, {
      connected: () => undefined,
      responded: () => undefined,
      received() {
        throw new Error("a fault of the owner");
      },
      ended: () => failed.reject(new Error("it ended")),
      failed: failed.resolve,
    });
    assert.equal((await failed.promise).message, "a fault of the owner");
  });

  test("tell a long reading in several pieces", async (context) => {
    const bytes = 4 * 1024;
    const piece = `${bytes.toString(16)}\r\n${"x".repeat(bytes)}\r\n`;
    const head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    const { chunks, over } = call(context, await startRaw(context, `${head}${piece.repeat(12)}0\r\n\r\n`, true));
    assert.equal((await over).length, 12 * bytes);
    assert.ok(chunks.length >= 3 && chunks.every(({ length }) => length < 16 * 1024 + bytes));
  });

  test("a server that speaks no HTTP is a provider error", async (context) => {
    const server = createServer((socket) => socket.end("SSH-2.0-x\r\n"));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    context.after(() => server.close());
    const { over } = call(context, `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`);
    await assert.rejects(over, (error: Error) => {
      assert.equal(upstreamFailure(error, { provider: "p", progress: "before" }).code, "provider_error");
      return true;
    });
  });

  test("the library's own connect timeout counts as connect", () => {
    const error = Object.assign(new Error("x"), { code: "UND_ERR_CONNECT_TIMEOUT" });
    const failure = upstreamFailure(error, { provider: "p", progress: "before" });
    assert.equal(failure.code, "provider_timeout");
    assert.match(failure.message, /connect timeout/);
  });
});

describe("the environment's proxy", () => {
  test("public hosts are reached through it", async (context) => {
    const proxy = await startRecordingProxy(HELLO_JSON);
    context.after(() => proxy.close());
    const environment = { HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url };
    assert.equal(await call(context, "http://model.example/v1", environment).over, HELLO_JSON);
    await assert.rejects(call(context, "https://api.openai.com/v1", environment).over);
    assert.deepEqual(proxy.asked, ["POST http://model.example/v1/chat/completions", "CONNECT api.openai.com:443"]);
  });

  test("this machine and what NO_PROXY names are not", async (context) => {
    const proxy = await startRecordingProxy(HELLO_JSON);
    context.after(() => proxy.close());
    const upstream = await startUpstream(answerHello);
    context.after(() => upstream.close());
    assert.equal(await call(context, upstream.apiBase, { HTTP_PROXY: proxy.url }).over, HELLO_JSON);
    const environment = { HTTP_PROXY: proxy.url, NO_PROXY: "model.invalid" };
    await assert.rejects(call(context, "http://model.invalid/v1", environment).over);
    assert.deepEqual(proxy.asked, []);
  });
});
