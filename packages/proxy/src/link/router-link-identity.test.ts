// A link to a router whose id the config names: it opens only where that router answers, and looks again.
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { describe, test } from "node:test";
import type { RouterScript, ScriptedRouter } from "../test-bed/scripted-router.ts";
import { startRouter } from "../test-bed/scripted-router.ts";
import type { TestProxy } from "../test-bed/test-proxy.ts";
import { startProxy, testConfig } from "../test-bed/test-proxy.ts";

const MEANT = "6sbzC1eH4FTujJXWj51eQe25cYvr4xfXbJ1vAj7j2k5J";
const OTHER = "4vJ9JU1bJJE96FWSJKvHsmmFADCg4gpZQff4P3bkLKi";

interface Stand {
  readonly router: ScriptedRouter;
  readonly test: TestProxy;
}

async function stand(context: TestContext, script: RouterScript): Promise<Stand> {
  const router = await startRouter(script);
  const config = testConfig({ routers: [router.url], apiBase: "http://127.0.0.1:1/v1", routerId: MEANT });
  const proxy = startProxy(config);
  context.after(async () => {
    await proxy.stop();
    await router.close();
  });
  return { router, test: proxy };
}

describe("a link to a router with a known id", () => {
  test("opens where that router answers", async (context) => {
    const { router } = await stand(context, { routerId: MEANT });
    assert.equal((await (await router.link()).message("offers")).offers.length, 1);
  });

  test("is not dialled where another one answers, and is once the right one does", async (context) => {
    let there = OTHER;
    const script: RouterScript = {
      routerId: MEANT,
      wellKnown: () => ({ status: 200, body: JSON.stringify({ router_id: there }) }),
    };
    const { router, test: proxy } = await stand(context, script);
    const line = await proxy.logged("not connected: the router of the config is not there");
    assert.match(line, new RegExp(`the router ${OTHER} is there`));
    assert.equal(router.handshakes.length, 0);
    assert.equal(proxy.proxy.status().routers[0]?.state, "waiting");
    there = MEANT;
    await (await router.link()).message("offers");
    for (const { headers } of router.asked) assert.equal(headers.authorization, undefined);
  });

  test("is closed without offers where the welcome comes from another router than the answer", async (context) => {
    const { router, test: proxy } = await stand(context, { routerId: MEANT, welcome: { router_id: OTHER } });
    const link = await router.link();
    const line = await proxy.logged("not connected: the router of the config is not there");
    assert.match(line, new RegExp(`the router ${OTHER} is there`));
    await link.closed;
    const offers = link.message("offers").then(() => "offers");
    assert.equal(await Promise.race([offers, Promise.resolve("none")]), "none");
  });

  test("can be left while the question is under way", async (context) => {
    const asked = Promise.withResolvers<undefined>();
    const { router, test: proxy } = await stand(context, {
      wellKnown() {
        asked.resolve(undefined);
        return undefined;
      },
    });
    await asked.promise;
    await proxy.proxy.drain("test over", 0);
    assert.equal(proxy.proxy.status().routers[0]?.state, "stopped");
    assert.equal(router.handshakes.length, 0);
  });

  test("is closed and dialled anew when the config names another id", async (context) => {
    const { router, test: proxy } = await stand(context, { routerId: MEANT });
    const link = await router.link();
    await link.message("offers");
    proxy.proxy.apply(testConfig({ routers: [router.url], apiBase: "http://127.0.0.1:1/v1", routerId: OTHER }));
    await proxy.logged("not connected: the router of the config is not there");
    await link.closed;
  });
});
