// A standing link: it comes back after every loss, waits its turn, and stops for a refused key.
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { describe, test } from "node:test";
import type { ManualClock } from "@aimo-network/protocol/clock";
import { manualClock } from "@aimo-network/protocol/clock";
import type { Random } from "@aimo-network/protocol/random";
import { Secret } from "../config/secret.ts";
import { Ends } from "../ends/ends.ts";
import { DRAIN_SPREAD_MS, LINK_PROVEN_MS, RECONNECT_MS_MAX, RECONNECT_MS_MIN } from "../limits.ts";
import { createLog } from "../log.ts";
import { createServer } from "../serving/serve.ts";
import { createSettings } from "../serving/settings.ts";
import type { RouterScript, ScriptedRouter } from "../test-bed/scripted-router.ts";
import { startRouter } from "../test-bed/scripted-router.ts";
import { testConfig } from "../test-bed/test-proxy.ts";
import { createUpstreams } from "../serving/upstream.ts";
import { RouterLink } from "./router-link.ts";

const LONGEST: Random = { bytes: (count) => new Uint8Array(count), fraction: () => 1 };

interface Bench {
  readonly clock: ManualClock;
  readonly link: RouterLink;
  /** Resolves at the next change to this state. */
  becomes(state: string): Promise<void>;
  readonly logLines: string[];
}

function start(context: TestContext, url: string): Bench {
  const clock = manualClock();
  const logLines: string[] = [];
  const log = createLog({ write: (line) => void logLines.push(line) });
  const settings = createSettings(testConfig({ routers: [url], apiBase: "http://127.0.0.1:1/v1" }));
  const upstreams = createUpstreams({});
  const server = createServer(log, { clock, upstreams, resolve: () => Promise.resolve([]) }, settings);
  const ends = new Ends(clock, log, undefined);
  const hello = { software: "aimo-proxy", version: "1", max_concurrency: 4 };
  const waiting: { state: string; told: () => void }[] = [];
  const tools = { clock, random: LONGEST, log, environment: {}, ends, server, hello: () => hello };
  const link: RouterLink = new RouterLink(tools, { url, apiKey: new Secret("aimo-sk-x") }, settings.offers, () => {
    for (const waiter of waiting) if (waiter.state === link.state) waiter.told();
  });
  const becomes = (state: string): Promise<void> =>
    new Promise((told) => {
      waiting.push({ state, told });
    });
  context.after(async () => {
    await link.leave("test over", 0);
    await upstreams.close();
  });
  return { clock, link, becomes, logLines };
}

async function router(context: TestContext, script?: RouterScript): Promise<ScriptedRouter> {
  const started = await startRouter(script);
  context.after(() => started.close());
  return started;
}

describe("a standing link", () => {
  test("each failure doubles the bound of its delay", async (context) => {
    const { url } = await router(context, { refuse: () => ({ status: 503, body: "" }) });
    const { clock, link, becomes } = start(context, url);
    let waits = becomes("waiting");
    link.start();
    for (const boundMs of [RECONNECT_MS_MIN, RECONNECT_MS_MIN * 2, RECONNECT_MS_MIN * 4]) {
      await waits;
      clock.advance(boundMs - 1);
      assert.equal(link.state, "waiting");
      waits = becomes("waiting");
      clock.advance(1);
      assert.equal(link.state, "connecting");
    }
    await waits;
  });

  for (const [livedMs, boundMs] of [
    [LINK_PROVEN_MS - 1, RECONNECT_MS_MIN * 2],
    [LINK_PROVEN_MS, RECONNECT_MS_MIN],
  ] as const) {
    test(`a link that lived ${livedMs} ms after a failure is dialled within ${boundMs} ms`, async (context) => {
      let isDown = true;
      const refuse = (): { status: number; body: string } | undefined =>
        isDown ? { status: 503, body: "" } : undefined;
      const { url, link: nextLink } = await router(context, { refuse, welcome: { heartbeat_ms: LINK_PROVEN_MS } });
      const { clock, link, becomes } = start(context, url);
      const failed = becomes("waiting");
      link.start();
      await failed;
      isDown = false;
      const live = becomes("live");
      clock.advance(RECONNECT_MS_MIN);
      const opened = await nextLink();
      await live;
      clock.advance(livedMs);
      const lost = becomes("waiting");
      opened.socket.terminate();
      await lost;
      clock.advance(boundMs - 1);
      assert.equal(link.state, "waiting");
      clock.advance(1);
      assert.equal(link.state, "connecting");
    });
  }

  for (const status of [401, 403]) {
    test(`${status} stops it, with the router's words in the log`, async (context) => {
      const body = '{"error":{"message":"The API key lacks the scope completion_model."}}';
      const { url, handshakes } = await router(context, { refuse: () => ({ status, body }) });
      const { clock, link, becomes, logLines } = start(context, url);
      const refused = becomes("refused");
      link.start();
      await refused;
      clock.advance(10 * RECONNECT_MS_MAX);
      assert.equal(handshakes.length, 1);
      assert.match(logLines.join(""), /lacks the scope completion_model/);
      assert.equal(clock.waiting, 0);
    });
  }

  test("another status is tried again", async (context) => {
    let isDown = true;
    const refuse = (): { status: number; body: string } | undefined => (isDown ? { status: 503, body: "" } : undefined);
    const { url } = await router(context, { refuse });
    const { clock, link, becomes } = start(context, url);
    const waits = becomes("waiting");
    link.start();
    await waits;
    isDown = false;
    const live = becomes("live");
    clock.advance(RECONNECT_MS_MIN);
    await live;
  });

  test("a router that breaks the protocol is tried again only after the longest delay", async (context) => {
    const { url, link: nextLink } = await router(context);
    const { clock, link, becomes, logLines } = start(context, url);
    const [live, waits] = [becomes("live"), becomes("waiting")];
    link.start();
    const opened = await nextLink();
    await live;
    opened.socket.send(Buffer.from([0xee, 0, 0, 0, 0]));
    await waits;
    assert.match(logLines.join(""), /compare the versions/);
    clock.advance(RECONNECT_MS_MAX - 1);
    assert.equal(link.state, "waiting");
    clock.advance(1);
    assert.equal(link.state, "connecting");
  });

  test("a drain lets the link live until the deadline, and then it comes back", async (context) => {
    const { url, link: nextLink } = await router(context);
    const { clock, link, becomes } = start(context, url);
    const live = becomes("live");
    link.start();
    const opened = await nextLink();
    await live;
    opened.endpoint.send("drain", { reason: "update", deadline_ms: 10_000 });
    await opened.roundTrip();
    const waits = becomes("waiting");
    clock.advance(10_000 + DRAIN_SPREAD_MS - 1);
    assert.equal(link.state, "live");
    clock.advance(1);
    await waits;
    const again = becomes("live");
    clock.advance(0);
    await nextLink();
    await again;
    assert.equal((await opened.closed).code, 1000);
  });

  test("a router that closes before its drain's deadline is left alone until then", async (context) => {
    const { url, link: nextLink } = await router(context);
    const { clock, link, becomes } = start(context, url);
    const [live, waits] = [becomes("live"), becomes("waiting")];
    link.start();
    const opened = await nextLink();
    await live;
    opened.endpoint.send("drain", { reason: "update", deadline_ms: 10_000 });
    await opened.roundTrip();
    opened.socket.close(1000, "drained");
    await waits;
    clock.advance(10_000 + DRAIN_SPREAD_MS - 1);
    assert.equal(link.state, "waiting");
    clock.advance(1);
    assert.equal(link.state, "connecting");
  });

  test("it leaves at once while it waits, and leaves no timer", async (context) => {
    const { url } = await router(context, { refuse: () => ({ status: 500, body: "" }) });
    const { clock, link, becomes } = start(context, url);
    const waits = becomes("waiting");
    link.start();
    await waits;
    await link.leave("test", 60_000);
    assert.equal(link.state, "stopped");
    assert.equal(clock.waiting, 0);
  });

  test("it leaves at once while it connects", async (context) => {
    const { url } = await router(context);
    const { clock, link } = start(context, url);
    link.start();
    await link.leave("test", 60_000);
    clock.advance(10 * RECONNECT_MS_MAX);
    assert.equal(link.state, "stopped");
  });
});
