// Who is at a router's address is asked without the key, and the key goes to nobody else.
import assert from "node:assert/strict";
import { once } from "node:events";
import type { TestContext } from "node:test";
import { describe, test } from "node:test";
import type { Clock } from "@aimo-network/protocol/clock";
import { manualClock, systemClock } from "@aimo-network/protocol/clock";
import { Secret } from "../config/secret.ts";
import { HANDSHAKE_MS, ROUTER_FACTS_BYTES_MAX } from "../limits.ts";
import { startRecordingProxy } from "../test-bed/recording-proxy.ts";
import type { RouterScript, ScriptedRouter } from "../test-bed/scripted-router.ts";
import { startRouter } from "../test-bed/scripted-router.ts";
import type { LinkEnd } from "./dial.ts";
import type { Inquiry } from "./router-identity.ts";
import { askWhoIsThere } from "./router-identity.ts";

const MEANT = "6sbzC1eH4FTujJXWj51eQe25cYvr4xfXbJ1vAj7j2k5J";
const OTHER = "4vJ9JU1bJJE96FWSJKvHsmmFADCg4gpZQff4P3bkLKi";

interface Asked {
  readonly answer: Promise<LinkEnd | undefined>;
  readonly inquiry: Inquiry;
}

function ask(
  url: string,
  { clock = systemClock, environment = {} }: { clock?: Clock; environment?: object } = {},
): Asked {
  const { promise, resolve } = Promise.withResolvers<LinkEnd | undefined>();
  const target = { url, apiKey: new Secret("aimo-sk-x"), id: MEANT };
  return { answer: promise, inquiry: askWhoIsThere(clock, { ...environment }, target, resolve) };
}

async function router(context: TestContext, script?: RouterScript): Promise<ScriptedRouter> {
  const started = await startRouter(script);
  context.after(() => started.close());
  return started;
}

describe("who is at a router's address", () => {
  test("the router that is meant is let through, and was not shown the key", async (context) => {
    const { url, asked } = await router(context, { routerId: MEANT });
    assert.equal(await ask(url).answer, undefined);
    assert.deepEqual(
      asked.map(({ url: path }) => path),
      ["/.well-known/aimo.json"],
    );
    assert.equal(asked[0]?.headers.authorization, undefined);
  });

  for (const [what, script, reason] of [
    ["another router", { routerId: OTHER }, new RegExp(`the router ${OTHER} is there, expected ${MEANT}`)],
    ["a web page", { wellKnown: () => ({ status: 200, body: "<html>" }) }, /is no router's/],
    ["JSON of something else", { wellKnown: () => ({ status: 200, body: "null" }) }, /is no router's/],
    ["an id that is no text", { wellKnown: () => ({ status: 200, body: '{"router_id":1}' }) }, /is no router's/],
    ["a missing page", { wellKnown: () => ({ status: 404, body: "" }) }, /answers 404 where/],
    ["a redirect", { wellKnown: () => ({ status: 302, body: "" }) }, /answers 302 where/],
    [
      "an answer without end",
      { wellKnown: () => ({ status: 200, body: " ".repeat(ROUTER_FACTS_BYTES_MAX + 1) }) },
      /is no router's/,
    ],
  ] as const) {
    test(`${what} is a stranger`, async (context) => {
      const { url } = await router(context, script);
      const end = await ask(url).answer;
      assert.equal(end?.kind, "stranger");
      assert.match(end?.reason ?? "", reason);
    });
  }

  test("an answer that fits exactly is read", async (context) => {
    const facts = JSON.stringify({ router_id: MEANT });
    const body = facts.padEnd(ROUTER_FACTS_BYTES_MAX);
    const { url } = await router(context, { wellKnown: () => ({ status: 200, body }) });
    assert.equal(await ask(url).answer, undefined);
  });

  test("an address where nothing listens is a connection that failed", async () => {
    const end = await ask("http://127.0.0.1:1").answer;
    assert.equal(end?.kind, "closed");
    assert.match(end?.reason ?? "", /ECONNREFUSED/);
  });

  test("a router that keeps silent is given up at the deadline and not before", async (context) => {
    const clock = manualClock();
    const silent = Promise.withResolvers<undefined>();
    const wellKnown = (): undefined => {
      silent.resolve(undefined);
      return undefined;
    };
    const { url } = await router(context, { wellKnown });
    const { answer } = ask(url, { clock });
    await silent.promise;
    let told: LinkEnd | undefined;
    void answer.then((end) => (told = end));
    clock.advance(HANDSHAKE_MS - 1);
    await new Promise(setImmediate);
    assert.equal(told, undefined);
    clock.advance(1);
    assert.match((await answer)?.reason ?? "", /no answer within 10000 ms/);
    assert.equal(clock.waiting, 0);
  });

  test("after a cancel nothing is told, and the connection is gone", async (context) => {
    const clock = manualClock();
    const asked = Promise.withResolvers<undefined>();
    const { url, asked: requests } = await router(context, {
      wellKnown() {
        asked.resolve(undefined);
        return undefined;
      },
    });
    const { answer, inquiry } = ask(url, { clock });
    await asked.promise;
    const [request] = requests;
    assert.ok(request !== undefined);
    const closed = once(request.socket, "close");
    inquiry.cancel();
    await closed;
    assert.equal(clock.waiting, 0);
    assert.equal(await Promise.race([answer, Promise.resolve("nothing")]), "nothing");
  });

  test("a router elsewhere is asked through the proxy of the environment", async (context) => {
    const proxy = await startRecordingProxy("");
    context.after(() => proxy.close());
    const end = await ask("https://router.example", { environment: { https_proxy: proxy.url } }).answer;
    assert.equal(end?.kind, "closed");
    assert.deepEqual(proxy.asked, ["CONNECT router.example:443"]);
  });
});
