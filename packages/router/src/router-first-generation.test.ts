// First-generation proxies at a whole router, over HTTP: nobody behind them and nobody in front of them notices.
import assert from "node:assert/strict";
import { once } from "node:events";
import type { Socket } from "node:net";
import { connect } from "node:net";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { systemClock } from "@aimo-network/protocol/clock";
import { signFirstGenerationKey } from "@aimo-network/protocol/keys/sign-key";
import type { Wallet } from "@aimo-network/protocol/keys/sign-key";
import type { FirstGenerationProxy, UpstreamAnswer, UpstreamCall } from "./test-bed/first-generation-proxy.ts";
import { plainModel, sendPreflight, startFirstGenerationProxy } from "./test-bed/first-generation-proxy.ts";
import type { ScriptedCall, ScriptedProvider } from "./test-bed/scripted-provider.ts";
import { connectProvider, plainOffer } from "./test-bed/scripted-provider.ts";
import type { TestRouter } from "./test-bed/test-router.ts";
import { startTestRouter } from "./test-bed/test-router.ts";
import { newWallet } from "./test-bed/new-wallet.ts";

const ASK = { model: "m", messages: [{ role: "user", content: "x" }] };
const WHOLE =
  '{"choices":[{"index":0,"message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":5}}';
const DELTAS = [
  '{"choices":[{"index":0,"delta":{"role":"assistant","content":"hé\\u0301"}}]}',
  '{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c1","function":{"name":"f","arguments":"{\\"x\\": 1.50"}}]}}]}',
  '{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":",\\"y\\":[ ] }"}}]}}]}',
  '{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}',
  '{"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":5}}',
];

function json(body: string, status = 200, headers: Record<string, string> = {}): UpstreamAnswer {
  return { status, headers: { "content-type": "application/json", ...headers }, pieces: [body] };
}

function events(...data: readonly string[]): UpstreamAnswer {
  const pieces = data.map((text) => `data: ${text}\n\n`);
  return { headers: { "content-type": "text/event-stream" }, pieces };
}

/** Answers as a model that works: whole, or as a stream where one is asked for. */
function answer({ payload }: UpstreamCall): UpstreamAnswer {
  return payload.includes('"stream":true') ? events(...DELTAS, "[DONE]") : json(WHOLE);
}

interface Failure {
  readonly error: { readonly message: string; readonly metadata: { readonly error_code: string } };
}

describe("a first-generation proxy at a router", () => {
  let router: TestRouter;
  let userKey: string;
  const proxies: FirstGenerationProxy[] = [];
  const providers: ScriptedProvider[] = [];
  beforeEach(async () => {
    router = await startTestRouter();
    userKey = await router.key();
  });
  afterEach(async () => {
    for (const proxy of proxies.splice(0)) await proxy.close();
    for (const provider of providers.splice(0)) await provider.close();
    await router.close();
  });

  const start = async (
    upstream: (call: UpstreamCall) => UpstreamAnswer | Promise<UpstreamAnswer> = answer,
    { key = undefined as string | undefined, models = [plainModel("m")] } = {},
  ): Promise<FirstGenerationProxy> => {
    const proxy = await startFirstGenerationProxy({
      routerUrl: router.url,
      key: key ?? (await router.key()),
      models,
      upstream,
    });
    proxies.push(proxy);
    return proxy;
  };
  const startCurrent = async (act: (call: ScriptedCall) => void, price = "1"): Promise<ScriptedProvider> => {
    const provider = await connectProvider(router.url, await router.key(), act);
    providers.push(provider);
    await provider.offer([plainOffer("m", { pricing: { prompt: price, completion: price } })]);
    return provider;
  };
  const ask = (more: object = {}, request: RequestInit = {}): Promise<Response> =>
    router.chat(userKey, { ...ASK, ...more }, request);

  test("answers JSON, with usage and its cost at the announced price", async () => {
    const model = plainModel("m").replace('"prompt":1.0,"completion":2.0', '"prompt":1e-1,"completion":1.2');
    const proxy = await start(answer, { models: [model] });
    const response = await ask();
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("x-aimo-cost"), "0.000007");
    const { choices, usage } = (await response.json()) as { choices: unknown; usage: { cost: number } };
    const told = (JSON.parse(WHOLE) as { choices: { finish_reason: string }[] }).choices;
    assert.deepEqual(
      choices,
      told.map((choice) => ({ ...choice, native_finish_reason: choice.finish_reason })),
    );
    assert.equal(usage.cost, 0.000007);
    const listed = (await (await fetch(`${router.url}/api/v1/providers`)).json()) as { data: { wallet: string }[] };
    assert.equal(proxy.calls[0]?.message.service_id, listed.data[0]?.wallet);
  });

  test("streams tool calls byte by byte, with usage and cost", async () => {
    await start();
    const response = await ask({ stream: true });
    const text = await response.text();
    const shown = text.split("\n\n").filter((part) => part.startsWith("data: {"));
    for (const [index, delta] of DELTAS.slice(0, -1).entries()) {
      const bytes = /"delta":(.*)\}\]\}$/.exec(delta)?.[1]?.replace(/,"finish_reason".*/, "") ?? assert.fail();
      assert.ok(shown[index]?.includes(bytes), `${shown[index]} has ${bytes}`);
    }
    assert.match(text, /"finish_reason":"tool_calls"/);
    assert.match(text, /"prompt_tokens":10,"completion_tokens":5.*"cost":0\.00002\}/);
    assert.match(text, /data: \[DONE\]\n\n$/);
    assert.equal(text.match(/\[DONE\]/g)?.length, 1);
  });

  test("calls its model as if the client did: the body but for model, usage and how much it may write, no header twice", async () => {
    const proxy = await start(answer, { models: [plainModel("meta/llama 3")] });
    const body = `{"model":"meta-llama-3","stream":true,"x":1.50,"messages":[{"role":"user","content":"\\u00e9"}],"usage":{}}`;
    const headers = { authorization: `Bearer ${userKey}`, "content-type": "application/json", cookie: "a=b" };
    const response = await router.chat(userKey, body, { headers });
    assert.equal(response.status, 200);
    await response.text();
    const [call] = proxy.calls;
    assert.equal(
      call?.payload,
      '{"model":"meta/llama 3","stream_options":{"include_usage":true},"max_tokens":4096,"stream":true,"x":1.50,"messages":[{"role":"user","content":"\\u00e9"}]}',
    );
    const names = call.headers.map(([name]) => name.toLowerCase());
    assert.equal(new Set(names).size, names.length, `no header comes twice: ${names.join()}`);
    assert.ok(!names.includes("cookie"));
    assert.deepEqual(
      call.headers.filter(([name]) => name === "Authorization"),
      [["Authorization", "Bearer upstream-key"]],
    );
    assert.match(call.message.request_id, /^[0-9a-f]{32}$/);
    assert.equal(call.message.request_type, "completion_model");
  });

  test("passes its model's errors on: 400 with its words, 429 with its time, 500 as its own failure", async () => {
    let next = json('{"error":{"message":"context too long"}}', 400);
    await start(() => next);
    for (const stream of [false, true]) {
      const refused = await ask({ stream });
      assert.equal(refused.status, 400);
      assert.equal(((await refused.json()) as Failure).error.message, "context too long");
    }
    next = json('{"error":{"message":"slow down"}}', 429, { "retry-after": "7" });
    const limited = await ask();
    assert.deepEqual([limited.status, limited.headers.get("retry-after")], [429, "7"]);
    next = json("<html>broken</html>", 500);
    const broken = await ask();
    assert.equal(broken.status, 502);
    assert.match(((await broken.json()) as Failure).error.message, /status 500: <html>broken/);
  });

  test("never shows the address of its model API when it cannot reach it", async () => {
    await start(() => Promise.reject(new Error("connection refused")));
    const response = await ask();
    const text = await response.text();
    assert.equal(response.status, 502);
    assert.match(text, /its model API cannot be reached/);
    assert.doesNotMatch(text, /10\.0\.0\.7/);
  });

  test("that breaks off in a stream ends it in-band, as every provider does", async () => {
    await start(() => events(DELTAS[0]!));
    const text = await (await ask({ stream: true })).text();
    assert.match(text, /broke off without a finish_reason/);
    assert.doesNotMatch(text, /\[DONE\]/);
  });

  test("fails over to a provider of the other dialect, and is what that one fails over to", async () => {
    let oldFails = true;
    const old = await start((call) => (oldFails ? json("{}", 503) : answer(call)), {
      models: [plainModel("m").replace('"prompt":1.0,"completion":2.0', '"prompt":1.0,"completion":1.0')],
    });
    const current = await startCurrent((call) => {
      call.respond(oldFails ? 200 : 503, { "content-type": "application/json" });
      call.write(oldFails ? WHOLE : "{}");
      call.end();
    });
    const draw = (round: number): object => ({ messages: [{ role: "user", content: `Conversation ${round}` }] });
    for (let round = 0; old.calls.length === 0; round += 1) {
      const saved = await ask(draw(round));
      assert.equal(saved.status, 200, "whoever is drawn first, the other one answers or it does itself");
      await saved.text();
      assert.equal(current.calls.length, round + 1);
      assert.ok(round < 100, "it is drawn first at least once");
    }
    const before = current.calls.length;
    oldFails = false;
    const wallet = providerWallet(await (await fetch(`${router.url}/api/v1/providers`)).json(), 1);
    assert.equal((await ask({ model: `${wallet}:m` })).status, 502);
    for (let round = 0; current.calls.length < before + 2; round += 1) {
      const response = await ask(draw(round));
      assert.equal(response.status, 200, "whoever is drawn first, the other one answers or it does itself");
      await response.text();
      assert.ok(round < 100, "it is drawn first at least once");
    }
  });

  test("sells the same model beside a provider of the other dialect, each at its own price", async () => {
    await start();
    await startCurrent((call) => {
      call.respond(200, { "content-type": "application/json" });
      call.write(WHOLE);
      call.end();
    }, "3");
    const listed = await (await fetch(`${router.url}/api/v1/models/community/m/endpoints`)).json();
    const { endpoints } = (listed as { data: { endpoints: { tag: string; pricing: { prompt: string } }[] } }).data;
    assert.deepEqual(endpoints.map(({ pricing }) => pricing.prompt).toSorted(), ["0.000001", "0.000003"]);
    for (const { tag, pricing } of endpoints) {
      const response = await ask({ model: tag });
      assert.equal(response.headers.get("x-aimo-cost"), pricing.prompt === "0.000001" ? "0.00002" : "0.000045");
    }
  });

  test("is not told when its client leaves: its model works on, and then the next client is served", async () => {
    const asked = Promise.withResolvers<undefined>();
    const done = Promise.withResolvers<undefined>();
    const proxy = await start(async () => {
      asked.resolve(undefined);
      await done.promise;
      return json(WHOLE);
    });
    const leaving = new AbortController();
    const gone = ask({}, { signal: leaving.signal });
    await asked.promise;
    leaving.abort();
    await assert.rejects(gone);
    await proxy.settle();
    const next = ask();
    done.resolve(undefined);
    const response = await next;
    assert.equal(response.status, 200);
    await response.text();
    assert.equal(proxy.calls.length, 2);
    assert.equal(proxy.socket.readyState, proxy.socket.OPEN);
  });

  describe("whose client reads slowly", () => {
    const CHARS = 64 * 1024;
    const chunk = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: "~".repeat(CHARS) } }] })}\n\n`;
    const END = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';

    /** An answer of so many chunks; `sent` resolves when its proxy has taken all of it. */
    const flood = (chunks: number): { answer: UpstreamAnswer; sent: Promise<void> } => {
      const sent = Promise.withResolvers<void>();
      const pieces = function* (): Generator<string> {
        try {
          for (let count = 0; count < chunks; count += 1) yield chunk;
          yield END;
        } finally {
          sent.resolve(); // its reader goes at the end, or has gone before
        }
      };
      return { answer: { headers: { "content-type": "text/event-stream" }, pieces: pieces() }, sent: sent.promise };
    };
    /** Starts a stream, and reads nothing of it but its first bytes. */
    const streamTo = async (): Promise<{ socket: Socket; first: Buffer }> => {
      const socket = connect(Number(new URL(router.url).port), "127.0.0.1");
      socket.on("error", () => undefined);
      const body = JSON.stringify({ ...ASK, stream: true });
      const head = `POST /api/v1/chat/completions HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${userKey}`;
      socket.write(`${head}\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
      const [first] = (await once(socket, "data")) as [Buffer];
      socket.pause();
      return { socket, first };
    };
    const readAll = async (socket: Socket, first: Buffer): Promise<string> => {
      const pieces = [first];
      socket.on("data", (bytes: Buffer) => pieces.push(bytes));
      socket.resume();
      while (!Buffer.concat(pieces.slice(-2)).toString().endsWith("0\r\n\r\n")) await once(socket, "data");
      socket.destroy();
      return Buffer.concat(pieces).toString();
    };

    test("gets all of it when what waits fits", async () => {
      const chunks = 7 * 16;
      const { answer: large, sent } = flood(chunks);
      const proxy = await start(() => large);
      const { socket, first } = await streamTo();
      await sent;
      await proxy.settle(); // the router has read the whole answer
      const text = await readAll(socket, first);
      assert.equal(text.replaceAll(/[^~]/g, "").length, chunks * CHARS);
      assert.match(text.slice(-100), /\[DONE\]/);
    });

    test("is told in-band with more than that, its provider is not blamed, and others are served", async () => {
      let next = flood(0);
      const proxy = await start((call) => (call.payload.includes("stream_options") ? next.answer : json(WHOLE)));
      for (let round = 0; round < 3; round += 1) {
        next = flood(24 * 16); // more than the sockets between hold beside it
        const { socket, first } = await streamTo();
        await next.sent;
        await proxy.settle();
        const tail = (await readAll(socket, first)).slice(-1_000);
        assert.match(tail, /"finish_reason":"error"/);
        assert.match(tail, /"error_code":"client_left"/);
        assert.doesNotMatch(tail, /\[DONE\]/);
      }
      const response = await ask();
      assert.equal(response.status, 200);
      const listed = await (await fetch(`${router.url}/api/v1/models/community/m/endpoints`)).text();
      assert.match(listed, /"status":0/, "three of its failures would be an outage");
    });
  });

  describe("with its key", () => {
    const firstGenerationKey = (wallet: Wallet): Promise<string> =>
      signFirstGenerationKey(wallet, {
        version: 1,
        tag: "production",
        createdAtMs: systemClock.now() - 1_000,
        validForMs: 60_000,
        spending: { kind: "unlimited" },
        scopes: ["completion_model"],
      });
    for (const [name, key] of [
      ["of version 1", (wallet: Wallet) => firstGenerationKey(wallet)],
      ["of version 2 without a tag", (wallet: Wallet) => router.key({}, wallet)],
      ["of version 2 with a tag", (wallet: Wallet) => router.key({ tag: "machine_1" }, wallet)],
      ["that is earn-only", (wallet: Wallet) => router.key({ spending: { kind: "earn_only" } }, wallet)],
    ] as const) {
      test(`${name} serves`, async () => {
        await start(answer, { key: await key(newWallet()) });
        assert.equal((await ask()).status, 200);
      });
    }

    test("of another scope announces nothing and does not connect", async () => {
      await assert.rejects(start(answer, { key: await router.key({ scopes: ["account"] }) }), /refused with 403/);
    });
  });

  test("sells what the wallet's latest preflight says, on every connection at once", async () => {
    const wallet = newWallet();
    const [old, key] = [await router.key({}, wallet), await router.key({}, wallet)];
    await start(answer, { key: old });
    assert.equal((await ask()).status, 200);
    const body = `{"models":[${plainModel("m").replace('"prompt":1.0', '"prompt":9.0')},${plainModel("n")}]}`;
    const announced = await sendPreflight(router.url, key, body);
    assert.deepEqual(
      [announced.status, await announced.json()],
      [200, { success: true, message: "2 models announced: connect to put them on the market." }],
    );
    assert.equal((await ask()).headers.get("x-aimo-cost"), "0.0001");
    assert.equal((await ask({ model: "n" })).status, 502, "this proxy was not started with it");
    assert.equal((await ask({ model: "n" })).status, 404, "and is asked for it once only");
    assert.equal((await ask()).status, 200);
  });

  test("that breaks the rules disturbs no other", async () => {
    const [broken] = [await start(answer, { models: [plainModel("other")] }), await start()];
    broken.sendText("{}");
    await once(broken.socket, "close");
    assert.equal((await ask()).status, 200);
    assert.equal((await ask({ model: "other" })).status, 404);
    await broken.reconnect();
    assert.equal((await ask({ model: "other" })).status, 200);
  });
});

function providerWallet(listed: unknown, index: number): string {
  return (listed as { data: { wallet: string }[] }).data[index]?.wallet ?? assert.fail("so many providers");
}

test("a first-generation proxy outlives its router, which knows its offers although it never announces them again", async (t) => {
  const directory = mkdtempSync(join(tmpdir(), "aimo-router-restart-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const settings = { AIMO_DATA_DIR: directory, AIMO_DRAIN_MS: "0" };
  const wallet = newWallet();
  const first = await startTestRouter(settings);
  const port = new URL(first.url).port;
  const key = await first.key({}, wallet);
  const model = plainModel("meta/llama").replace('"prompt":1.0', '"prompt":0.000001');
  const proxy = await startFirstGenerationProxy({ routerUrl: first.url, key, models: [model], upstream: answer });
  assert.equal((await first.chat(await first.key(), { ...ASK, model: "meta-llama" })).status, 200);
  await first.close();
  const second = await startTestRouter({ ...settings, AIMO_PORT: port });
  t.after(() => second.close());
  t.after(() => proxy.close());
  assert.equal(second.routerId, first.routerId);
  const asking = await second.key();
  assert.equal((await second.chat(asking, { ...ASK, model: "meta-llama" })).status, 404);
  await proxy.reconnect();
  const response = await second.chat(asking, { ...ASK, model: "meta-llama" });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("x-aimo-cost"), "0.000010001");
  assert.equal(proxy.calls[1]?.payload.includes('"model":"meta/llama"'), true);
  await proxy.close();
  await second.close();
});
