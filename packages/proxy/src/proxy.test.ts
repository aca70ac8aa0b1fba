// A whole proxy: several routers, changes of its config, and its end.
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { describe, test } from "node:test";
import type { RouterScript, ScriptedRouter } from "./test-bed/scripted-router.ts";
import { startRouter } from "./test-bed/scripted-router.ts";
import type { ScriptedUpstream, UpstreamExchange } from "./test-bed/scripted-upstream.ts";
import { answerHello, startUpstream } from "./test-bed/scripted-upstream.ts";
import type { TestProxy } from "./test-bed/test-proxy.ts";
import { startProxy, testConfig } from "./test-bed/test-proxy.ts";

const CHAT = '{"messages":[{"role":"user","content":"hi"}]}';

async function router(context: TestContext, script?: RouterScript): Promise<ScriptedRouter> {
  const started = await startRouter(script);
  context.after(() => started.close());
  return started;
}

async function upstream(
  context: TestContext,
  answer?: (exchange: UpstreamExchange) => void,
): Promise<ScriptedUpstream> {
  const started = await startUpstream(answer);
  context.after(() => started.close());
  return started;
}

function proxyOf(context: TestContext, ...parameters: Parameters<typeof startProxy>): TestProxy {
  const started = startProxy(...parameters);
  context.after(() => started.stop());
  return started;
}

describe("several routers", () => {
  test("one process serves them all, and the death of one leaves the others", async (context) => {
    const { apiBase } = await upstream(context, answerHello);
    const [first, second] = [await router(context, { routerId: "r-1" }), await router(context, { routerId: "r-2" })];
    const { proxy, logged } = proxyOf(context, testConfig({ routers: [first.url, second.url], apiBase }));
    const [firstLink, secondLink] = [await first.link(), await second.link()];
    await firstLink.message("offers");
    await secondLink.message("offers");
    assert.equal((await firstLink.send(CHAT).end).finish_reason, "stop");
    assert.equal((await secondLink.send(CHAT).end).finish_reason, "stop");
    firstLink.socket.terminate();
    await logged("the link to the router is gone");
    assert.equal((await secondLink.send(CHAT).end).finish_reason, "stop");
    assert.equal(proxy.status().routers.find(({ url }) => url === second.url)?.state, "live");
    assert.equal(proxy.status().tally.served, 3);
  });

  test("only when every router refuses the key there is nothing left to do", async (context) => {
    const refuse = (): { status: number; body: string } => ({ status: 401, body: "{}" });
    const [first, second] = [await router(context, { refuse }), await router(context)];
    const config = testConfig({ routers: [first.url, second.url], apiBase: "http://127.0.0.1:1/v1" });
    const { proxy, allRefused, logged } = proxyOf(context, config);
    await second.link();
    await logged("refuses the key");
    let isOver = false;
    void allRefused.then(() => (isOver = true));
    await new Promise(setImmediate);
    assert.equal(isOver, false);
    assert.equal(proxy.status().routers.filter(({ state }) => state === "refused").length, 1);

    const alone = proxyOf(context, testConfig({ routers: [first.url], apiBase: "http://127.0.0.1:1/v1" }));
    await alone.allRefused;
  });
});

describe("another config", () => {
  test("new offers are announced on the live link, new requests use them, the running one keeps its settings", async (context) => {
    const [old, fresh] = [await upstream(context), await upstream(context, answerHello)];
    const { url, link } = await router(context);
    const before = testConfig({ routers: [url], apiBase: old.apiBase });
    const { proxy } = proxyOf(context, before);
    const opened = await link();
    await opened.message("offers");
    const running = opened.send(CHAT);
    const exchange = await old.next();
    proxy.apply(testConfig({ routers: [url], apiBase: fresh.apiBase, model: "renamed" }));
    assert.deepEqual(
      (await opened.message("offers")).offers.map(({ name }) => name),
      ["renamed"],
    );
    assert.equal((await opened.send(CHAT, { model: "demo" }).end).error?.code, "model_not_found");
    assert.equal((await opened.send(CHAT, { model: "renamed" }).end).finish_reason, "stop");
    answerHello(exchange);
    assert.equal((await running.end).finish_reason, "stop");
    assert.equal(old.exchanges.length, 1);
  });

  test("a removed router drains and a new one is connected", async (context) => {
    const { apiBase, next } = await upstream(context);
    const [first, second] = [await router(context), await router(context)];
    const { proxy } = proxyOf(context, testConfig({ routers: [first.url], apiBase }));
    const firstLink = await first.link();
    await firstLink.message("offers");
    const running = firstLink.send(CHAT);
    const exchange = await next();
    proxy.apply(testConfig({ routers: [second.url], apiBase }));
    assert.equal((await firstLink.message("drain")).reason, "removed from the config");
    await (await second.link()).message("offers");
    answerHello(exchange);
    assert.equal((await running.end).finish_reason, "stop");
    assert.equal((await firstLink.closed).code, 1000);
    assert.deepEqual(
      proxy.status().routers.map(({ url }) => url),
      [second.url],
    );
  });

  test("another key for the same router makes another link", async (context) => {
    const { url, link } = await router(context);
    const { proxy } = proxyOf(context, testConfig({ routers: [url], apiBase: "http://127.0.0.1:1/v1" }));
    const before = await link();
    await before.message("offers");
    proxy.apply(testConfig({ routers: [url], apiBase: "http://127.0.0.1:1/v1", routerKey: "aimo-sk-second" }));
    const after = await link();
    assert.equal(after.request.headers.authorization, "Bearer aimo-sk-second");
    assert.equal((await before.closed).code, 1000);
  });

  test("a lower max_concurrency holds from the next request", async (context) => {
    const { apiBase, next } = await upstream(context);
    const { url, link } = await router(context);
    const { proxy } = proxyOf(context, testConfig({ routers: [url], apiBase }));
    const opened = await link();
    await opened.message("offers");
    const running = opened.send(CHAT);
    const exchange = await next();
    proxy.apply(testConfig({ routers: [url], apiBase, top: "max_concurrency = 1" }));
    assert.equal((await opened.send(CHAT).end).error?.code, "too_many_concurrent");
    answerHello(exchange);
    await running.end;
  });
});

describe("the end", () => {
  test("a drain finishes what runs and closes every link", async (context) => {
    const { apiBase, next } = await upstream(context);
    const [first, second] = [await router(context), await router(context)];
    const { proxy } = proxyOf(context, testConfig({ routers: [first.url, second.url], apiBase }));
    const [firstLink, secondLink] = [await first.link(), await second.link()];
    await firstLink.message("offers");
    await secondLink.message("offers");
    const running = firstLink.send(CHAT);
    const exchange = await next();
    const drained = proxy.drain("SIGTERM", 60_000);
    await firstLink.message("drain");
    answerHello(exchange);
    assert.equal((await running.end).finish_reason, "stop");
    await drained;
    assert.equal((await firstLink.closed).code, 1000);
    assert.equal((await secondLink.closed).code, 1000);
  });

  test("Ends that a crashed router did not acknowledge are replayed by the next process", async (context) => {
    const { apiBase } = await upstream(context, answerHello);
    const crashing = await router(context, { acknowledges: false, routerId: "r-1" });
    const first = proxyOf(context, testConfig({ routers: [crashing.url], apiBase }));
    const opened = await crashing.link();
    await opened.message("offers");
    const end = await opened.send(CHAT).end;
    opened.socket.terminate();
    await first.proxy.drain("crash", 0);
    const restarted = await router(context, { routerId: "r-1" });
    proxyOf(context, testConfig({ routers: [restarted.url], apiBase }), { spoolPath: first.spoolPath });
    assert.deepEqual(await (await restarted.link()).message("end-replay"), end);
  });
});
