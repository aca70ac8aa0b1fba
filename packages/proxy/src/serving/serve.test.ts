// One stream through a whole proxy: what the upstream gets, what the router gets back, and the End.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import type { TestContext } from "node:test";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { RESPONSE_CREDIT_BYTES } from "@aimo-network/protocol/limits";
import type { RouterScript, ScriptedLink, ScriptedRouter } from "../test-bed/scripted-router.ts";
import { startRouter } from "../test-bed/scripted-router.ts";
import type { ScriptedUpstream, UpstreamExchange } from "../test-bed/scripted-upstream.ts";
import { answerHello, HELLO_EVENTS, HELLO_JSON, startUpstream } from "../test-bed/scripted-upstream.ts";
import type { TestConfig, TestProxy, TestProxyOptions } from "../test-bed/test-proxy.ts";
import { startProxy, testConfig, UPSTREAM_KEY } from "../test-bed/test-proxy.ts";

interface Bed {
  readonly upstream: ScriptedUpstream;
  readonly router: ScriptedRouter;
  readonly proxy: TestProxy;
  readonly link: ScriptedLink;
}

interface BedOptions extends TestProxyOptions {
  readonly answer?: (exchange: UpstreamExchange) => void;
  readonly config?: Partial<TestConfig>;
  readonly script?: RouterScript;
}

async function bed(context: TestContext, { answer, config, script, ...options }: BedOptions = {}): Promise<Bed> {
  const upstream = await startUpstream(answer);
  const router = await startRouter(script);
  const proxy = startProxy(testConfig({ routers: [router.url], apiBase: upstream.apiBase, ...config }), options);
  context.after(async () => {
    await proxy.stop();
    await router.close();
    await upstream.close();
  });
  const link = await router.link();
  await link.message("offers");
  return { upstream, router, proxy, link };
}

const STALL_MS = 500; // several times what the whole answer takes when nothing holds it up

const CHAT = '{"model":"maker/demo","messages":[{"role":"user","content":"hi"}]}';
const STREAM = '{"model":"maker/demo","stream":true,"messages":[{"role":"user","content":"hi"}]}';

describe("an answer", () => {
  test("JSON passes unchanged and its End tells usage, digest and times", async (context) => {
    const { link, proxy } = await bed(context, { answer: answerHello });
    const answer = link.send(CHAT);
    const end = await answer.end;
    assert.deepEqual(await answer.head, { status: 200, headers: { "content-type": "application/json" } });
    assert.equal(Buffer.concat(answer.received).toString(), HELLO_JSON);
    const { upstream_ms: upstreamMs, first_byte_ms: firstByteMs, ...rest } = end;
    assert.ok(upstreamMs >= (firstByteMs ?? Infinity));
    assert.deepEqual(rest, {
      attempt_id: answer.attemptId,
      usage: { prompt_tokens: 5, completion_tokens: 1, cached_tokens: 0, reasoning_tokens: 0 },
      finish_reason: "stop",
      body_bytes: HELLO_JSON.length,
      body_sha256: createHash("sha256").update(HELLO_JSON).digest("hex"),
      cancelled: false,
    });
    assert.equal(proxy.proxy.status().tally.served, 1);
    assert.equal(proxy.proxy.status().tally.tokens, 6);
    assert.equal(proxy.proxy.status().running, 0);
  });

  test("a stream passes unchanged and its End tells the last usage", async (context) => {
    const { link } = await bed(context, { answer: answerHello });
    const answer = link.send(STREAM, { stream: true });
    const end = await answer.end;
    assert.equal((await answer.head).headers["content-type"], "text/event-stream");
    assert.equal(Buffer.concat(answer.received).toString(), HELLO_EVENTS.join(""));
    assert.deepEqual(end.usage, { prompt_tokens: 5, completion_tokens: 2, cached_tokens: 3, reasoning_tokens: 0 });
    assert.equal(end.finish_reason, "stop");
  });

  test("a status that is no success passes with its body, retry-after and hints", async (context) => {
    const { link, proxy } = await bed(context, {
      answer({ response }) {
        response.writeHead(429, {
          "content-type": "application/json",
          "retry-after": "7",
          "request-id": "up-1",
          "x-ratelimit-limit-requests": "60",
          "set-cookie": "a=b",
          "x-secret": "no",
        });
        response.end('{"error":{"message":"slow down"}}');
      },
    });
    const answer = link.send(CHAT);
    const end = await answer.end;
    assert.deepEqual(await answer.head, {
      status: 429,
      headers: {
        "content-type": "application/json",
        "retry-after": "7",
        "x-request-id": "up-1",
        "x-ratelimit-limit-requests": "60",
      },
    });
    assert.equal(Buffer.concat(answer.received).toString(), '{"error":{"message":"slow down"}}');
    assert.equal(end.error, undefined);
    assert.equal(end.usage, null);
    assert.equal(proxy.proxy.status().tally.failed, 1);
  });

  test("two megabytes up and down pass in pieces and whole", async (context) => {
    const long = "ä".repeat(1024 * 1024);
    const { link } = await bed(context, {
      answer({ body, response }) {
        response.writeHead(200, { "content-type": "application/json" });
        response.end(body);
      },
    });
    const answer = link.send(JSON.stringify({ messages: [{ role: "user", content: long }] }));
    const end = await answer.end;
    const returned = JSON.parse(Buffer.concat(answer.received).toString()) as { messages: { content: string }[] };
    assert.equal(returned.messages[0]?.content, long);
    assert.equal(end.body_bytes, Buffer.concat(answer.received).length);
  });
});

describe("a router that does not read", () => {
  test("it stops the upstream, and gets every byte once it reads again", async (context) => {
    const size = 32 * 1024 * 1024; // more than the buffers of all sockets on the way
    const { link, upstream } = await bed(context);
    const answer = link.send(CHAT, {}, { grants: false });
    const { response } = await upstream.next();
    response.writeHead(200, { "content-type": "application/octet-stream" });
    response.end(Buffer.alloc(size, "x"));
    await answer.bytes(RESPONSE_CREDIT_BYTES);
    const isWritten = await Promise.race([once(response, "finish").then(() => true), sleep(STALL_MS, false)]);
    assert.equal(isWritten, false, "the upstream has bytes it cannot write");
    assert.equal(Buffer.concat(answer.received).length, RESPONSE_CREDIT_BYTES);
    answer.read();
    const end = await answer.end;
    assert.equal(end.body_bytes, size);
    assert.equal(Buffer.concat(answer.received).length, size);
  });
});

describe("the upstream", () => {
  test("it gets its own model, key and headers, and of the request's headers the listed ones", async (context) => {
    const { link, upstream } = await bed(context, {
      answer: answerHello,
      config: { top: 'allow_headers = ["x-session-id"]', params: 'headers = { x-title = "AiMo" }' },
    });
    const headers = {
      accept: "*/*",
      "user-agent": "OpenAI/JS 6",
      "x-session-id": "s",
      cookie: "c=1",
      authorization: "Bearer client",
    };
    await link.send(STREAM, { stream: true, headers }).end;
    const exchange = await upstream.next();
    assert.equal(exchange.path, "/v1/chat/completions");
    const { host, connection, "content-length": length, ...sent } = exchange.headers;
    assert.ok(host !== undefined && connection !== undefined);
    assert.equal(Number(length), exchange.body.length);
    assert.deepEqual(sent, {
      "x-title": "AiMo",
      "content-type": "application/json",
      "accept-encoding": "identity",
      authorization: `Bearer ${UPSTREAM_KEY}`,
      accept: "*/*",
      "user-agent": "OpenAI/JS 6",
      "x-session-id": "s",
    });
    assert.deepEqual(JSON.parse(exchange.body), {
      model: "upstream-demo",
      stream: true,
      stream_options: { include_usage: true },
      messages: [{ role: "user", content: "hi" }],
    });
  });

  test("a header the provider sets is not added to by a request", async (context) => {
    const { link, upstream } = await bed(context, {
      answer: answerHello,
      config: { params: 'headers = { accept = "application/json" }' },
    });
    await link.send(CHAT, { headers: { accept: "text/html" } }).end;
    assert.equal((await upstream.next()).headers.accept, "application/json");
  });

  test("its connection is kept for the next request", async (context) => {
    const ports = new Set<number | undefined>();
    const { link } = await bed(context, {
      answer(exchange) {
        ports.add(exchange.response.socket?.remotePort);
        answerHello(exchange);
      },
    });
    await link.send(CHAT).end;
    await link.send(CHAT).end;
    assert.equal(ports.size, 1);
  });

  test("an answer that is compressed in spite of the request is an error", async (context) => {
    const { link } = await bed(context, {
      answer({ response }) {
        response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" });
        response.end("x");
      },
    });
    const end = await link.send(CHAT).end;
    assert.equal(end.error?.code, "provider_error");
    assert.match(end.error.message, /compressed/);
  });

  test("an address where nothing listens is a provider error that does not tell the address", async (context) => {
    const gone = await startUpstream();
    await gone.close();
    const { link } = await bed(context, { config: { apiBase: gone.apiBase } });
    const end = await link.send(CHAT).end;
    assert.equal(end.error?.code, "provider_error");
    assert.match(end.error.message, /nothing listens/);
    assert.doesNotMatch(end.error.message, /127\.0\.0\.1/);
    assert.equal(end.first_byte_ms, null);
  });

  test("a connection cut within the answer is a provider error after the delivered bytes", async (context) => {
    const { link, upstream } = await bed(context);
    const answer = link.send(STREAM, { stream: true });
    const { response } = await upstream.next();
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(HELLO_EVENTS[0]);
    await answer.bytes(HELLO_EVENTS[0]?.length ?? 0);
    response.destroy();
    const end = await answer.end;
    assert.equal(end.error?.code, "provider_error");
    assert.match(end.error.message, /within the answer/);
    assert.equal(end.body_bytes, HELLO_EVENTS[0]?.length);
    assert.equal(end.finish_reason, null);
  });
});

describe("a cancel", () => {
  for (const [kind, body] of [
    ["JSON", CHAT],
    ["stream", STREAM],
  ] as const) {
    test(`it reaches the upstream at once (${kind})`, async (context) => {
      const { link, upstream, proxy } = await bed(context);
      const answer = link.send(body);
      const { aborted } = await upstream.next();
      answer.stream.cancel("client_left");
      await aborted;
      const end = await answer.end;
      assert.equal(end.cancelled, true);
      assert.equal(end.error, undefined);
      assert.equal(proxy.proxy.status().running, 0);
    });
  }

  test("what was seen until then stands in the End", async (context) => {
    const { link, upstream } = await bed(context);
    const answer = link.send(STREAM, { stream: true });
    const { response, aborted } = await upstream.next();
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(`${HELLO_EVENTS[0]}${HELLO_EVENTS[3]}`);
    await answer.bytes(HELLO_EVENTS[0]?.length ?? 0);
    answer.stream.cancel("client_left");
    await aborted;
    assert.equal((await answer.end).usage?.completion_tokens, 2);
  });
});

describe("a refusal", () => {
  const refused: readonly [string, string, Partial<Parameters<ScriptedLink["send"]>[1]>, string][] = [
    ["an unknown model", CHAT, { model: "other" }, "model_not_found"],
    ["an endpoint that is not offered", CHAT, { endpoint: "/v1/../admin" }, "not_found"],
    ["no JSON", "hello", {}, "invalid_request"],
    ["a body shorter than announced", CHAT, { content_length: CHAT.length + 1 }, "invalid_request"],
    ["a body longer than announced", CHAT, { content_length: 3 }, "invalid_request"],
    ["a body above the limit", CHAT, { content_length: 64 * 1024 * 1024 + 1 }, "body_too_large"],
    ["a steering member", '{"messages":[],"chat_template":"{{x}}"}', {}, "forbidden_content"],
    ["a denied member", '{"messages":[],"logit_bias":{}}', {}, "forbidden_content"],
    [
      "private media",
      '{"messages":[{"content":[{"image_url":{"url":"https://10.0.0.1/"}}]}]}',
      {},
      "forbidden_content",
    ],
  ];
  for (const [what, body, head, code] of refused) {
    test(`${what} ends with ${code} before the upstream is called`, async (context) => {
      const { link, upstream, proxy } = await bed(context, { config: { sections: '[body]\ndeny = ["logit_bias"]' } });
      const end = await link.send(body, head).end;
      assert.equal(end.error?.code, code);
      assert.equal(upstream.exchanges.length, 0);
      assert.equal(proxy.proxy.status().running, 0);
    });
  }

  test("a media host that resolves to a private address is refused, a public one passes", async (context) => {
    const { link, upstream } = await bed(context, {
      answer: answerHello,
      resolve: (host) => Promise.resolve([host === "inside.example" ? "192.168.1.1" : "93.184.215.14"]),
    });
    const body = (host: string): string => `{"messages":[{"content":[{"image_url":{"url":"https://${host}/a.png"}}]}]}`;
    assert.equal((await link.send(body("inside.example")).end).error?.code, "forbidden_content");
    assert.equal(upstream.exchanges.length, 0);
    assert.equal((await link.send(body("outside.example")).end).error, undefined);
  });

  test("the name of a model matches without case", async (context) => {
    const { link } = await bed(context, { answer: answerHello });
    assert.equal((await link.send(CHAT, { model: "DEMO" }).end).error, undefined);
  });

  test("one request more than max_concurrency is refused, and there is room again afterwards", async (context) => {
    const { link, upstream } = await bed(context, { config: { top: "max_concurrency = 2" } });
    const running = [link.send(CHAT), link.send(CHAT)];
    const exchanges = [await upstream.next(), await upstream.next()];
    assert.equal((await link.send(CHAT).end).error?.code, "too_many_concurrent");
    for (const exchange of exchanges) answerHello(exchange);
    await Promise.all(running.map(({ end }) => end));
    const again = link.send(CHAT);
    answerHello(await upstream.next());
    assert.equal((await again.end).error, undefined);
  });

  test("a model's own max_concurrency holds for it alone", async (context) => {
    const { link, upstream } = await bed(context, { config: { offer: "max_concurrency = 1" } });
    const running = link.send(CHAT);
    const exchange = await upstream.next();
    assert.equal((await link.send(CHAT).end).error?.code, "too_many_concurrent");
    answerHello(exchange);
    assert.equal((await running.end).error, undefined);
  });
});
