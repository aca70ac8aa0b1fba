// One connection: what crosses it in which order, and how it ends.
import assert from "node:assert/strict";
import type { EventEmitter } from "node:events";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { describe, test } from "node:test";
import type { Clock } from "@aimo-network/protocol/clock";
import { manualClock, systemClock } from "@aimo-network/protocol/clock";
import { REPLAYS_AT_ONCE_MAX } from "@aimo-network/protocol/limits";
import { encodeFrame } from "@aimo-network/protocol/wire/frame";
import { encodeMessage } from "@aimo-network/protocol/wire/messages";
import type { Drain, Notice, Welcome } from "@aimo-network/protocol/wire/messages";
import { WebSocketServer } from "ws";
import { Secret } from "../config/secret.ts";
import { Ends } from "../ends/ends.ts";
import { ACKNOWLEDGE_MS, HANDSHAKE_MS, REFUSAL_BYTES_MAX, WELCOME_MS } from "../limits.ts";
import { createLog } from "../log.ts";
import { createEnd } from "../serving/end.ts";
import type { Server } from "../serving/serve.ts";
import { createServer as createStreamServer } from "../serving/serve.ts";
import { createSettings } from "../serving/settings.ts";
import type { RouterScript, ScriptedLink, ScriptedRouter } from "../test-bed/scripted-router.ts";
import { startRouter } from "../test-bed/scripted-router.ts";
import type { ScriptedUpstream } from "../test-bed/scripted-upstream.ts";
import { answerHello, startUpstream } from "../test-bed/scripted-upstream.ts";
import { ROUTER_KEY, testConfig } from "../test-bed/test-proxy.ts";
import { createUpstreams } from "../serving/upstream.ts";
import type { LinkEnd } from "./dial.ts";
import { LinkSession } from "./session.ts";

const HELLO = { software: "aimo-proxy", version: "1", max_concurrency: 4 };
const CHAT = '{"messages":[]}';

interface Dialled {
  readonly session: LinkSession;
  readonly ends: Ends;
  readonly live: Promise<Welcome>;
  readonly closed: Promise<LinkEnd>;
  readonly drains: Promise<Drain>;
  readonly notices: Promise<Notice>;
}

async function streamServer(context: TestContext, clock: Clock, upstream: ScriptedUpstream): Promise<Server> {
  const upstreams = createUpstreams({});
  context.after(async () => {
    await upstreams.close();
    await upstream.close();
  });
  const settings = createSettings(testConfig({ routers: ["http://127.0.0.1:1"], apiBase: upstream.apiBase }));
  const log = createLog({ write: () => undefined });
  return createStreamServer(log, { clock, upstreams, resolve: () => Promise.resolve([]) }, settings);
}

interface Connecting {
  readonly clock?: Clock;
  readonly ends?: Ends;
  readonly upstream?: ScriptedUpstream;
}

async function connect(
  context: TestContext,
  url: string,
  { clock = systemClock, ends, upstream }: Connecting = {},
): Promise<Dialled> {
  const server = await streamServer(context, clock, upstream ?? (await startUpstream(answerHello)));
  const offers = createSettings(testConfig({ routers: [url], apiBase: "http://127.0.0.1:1/v1" })).offers;
  const kept = ends ?? new Ends(clock, createLog({ write: () => undefined }), undefined);
  const live = Promise.withResolvers<Welcome>();
  const closed = Promise.withResolvers<LinkEnd>();
  const drains = Promise.withResolvers<Drain>();
  const notices = Promise.withResolvers<Notice>();
  const tools = { clock, environment: {}, ends: kept, server };
  const session = new LinkSession(tools, { url, apiKey: new Secret(ROUTER_KEY) }, HELLO, offers, {
    live: live.resolve,
    closed: closed.resolve,
    drained: drains.resolve,
    noticed: notices.resolve,
  });
  context.after(() => session.close(1000, "test over"));
  return {
    session,
    ends: kept,
    live: live.promise,
    closed: closed.promise,
    drains: drains.promise,
    notices: notices.promise,
  };
}

async function router(context: TestContext, script?: RouterScript): Promise<ScriptedRouter> {
  const started = await startRouter(script);
  context.after(() => started.close());
  return started;
}

describe("a connection", () => {
  test("it carries the key, the subprotocol, hello, and offers after the welcome", async (context) => {
    const { url, link } = await router(context);
    const { live } = await connect(context, `${url}/base/api/v1`);
    const opened = await link();
    assert.equal(opened.request.url, "/base/api/v1/providers/subscribe");
    assert.equal(opened.request.headers.authorization, `Bearer ${ROUTER_KEY}`);
    assert.equal(opened.request.headers["sec-websocket-protocol"], "aimo.v2");
    assert.equal(opened.request.headers["sec-websocket-extensions"], undefined);
    assert.deepEqual(await opened.message("hello"), HELLO);
    const page = await opened.message("offers");
    assert.equal(page.more, false);
    assert.deepEqual(
      page.offers.map(({ name, pricing }) => [name, pricing]),
      [["demo", { prompt: "1", completion: "2" }]],
    );
    assert.equal((await live).router_id, "router-1");
  });

  test("new offers replace the old ones on a live connection", async (context) => {
    const { url, link } = await router(context);
    const { session, live } = await connect(context, url);
    const opened = await link();
    const [first] = (await opened.message("offers")).offers;
    await live;
    assert.ok(first !== undefined);
    session.announce([{ ...first, name: "other" }]);
    assert.deepEqual(
      (await opened.message("offers")).offers.map(({ name }) => name),
      ["other"],
    );
  });

  test("a router that takes fewer offers gets no more than it takes", async (context) => {
    const { url, link } = await router(context, { welcome: { limits: { streams_max: 1, offers_max: 1 } } });
    const { session, live } = await connect(context, url);
    const opened = await link();
    const [first] = (await opened.message("offers")).offers;
    await live;
    assert.ok(first !== undefined);
    session.announce([first, { ...first, name: "second" }]);
    assert.deepEqual(
      (await opened.message("offers")).offers.map(({ name }) => name),
      ["demo"],
    );
  });

  test("notices and drains reach the owner", async (context) => {
    const { url, link } = await router(context);
    const { notices, drains } = await connect(context, url);
    const opened = await link();
    opened.endpoint.send("notice", { code: "no_usage", message: "m", offer: "demo" });
    opened.endpoint.send("drain", { reason: "update", deadline_ms: 5 });
    assert.equal((await notices).code, "no_usage");
    assert.equal((await drains).reason, "update");
  });

  test("Ends are forgotten when they are acknowledged, and replayed to their own router when not", async (context) => {
    const silent = await router(context, { acknowledges: false, routerId: "r-1" });
    const first = await connect(context, silent.url);
    const opened = await silent.link();
    await first.live;
    const { attemptId, end } = opened.send(CHAT);
    const sent = await end;
    first.session.close(1000, "lost");
    await first.closed;
    assert.equal(first.ends.size, 1);

    const other = await router(context, { routerId: "r-2" });
    const second = await connect(context, other.url, { ends: first.ends });
    const otherLink = await other.link();
    await otherLink.message("offers");
    await second.live;
    assert.equal(first.ends.size, 1, "another router is not told");

    const same = await router(context, { routerId: "r-1" });
    const third = await connect(context, same.url, { ends: first.ends });
    const back = await same.link();
    assert.deepEqual(await back.message("end-replay"), sent);
    assert.equal(sent.attempt_id, attemptId);
    await third.live;
    const probe = back.send(CHAT); // its acknowledgement comes after that of the replay
    await probe.end;
    third.session.leave("test", 1_000);
    await third.closed;
    assert.equal(first.ends.size, 0);
  });

  test("more Ends than a router looks up at once are replayed as it acknowledges them, each once", async (context) => {
    const ends = new Ends(systemClock, createLog({ write: () => undefined }), undefined);
    const ids = Array.from({ length: REPLAYS_AT_ONCE_MAX + 2 }, (_, number) => number.toString(16).padStart(32, "0"));
    for (const attemptId of ids) {
      const about = { reader: undefined, calledAtMs: 0, firstByteAtMs: 5, endedAtMs: 10, cancelled: false };
      ends.keep("router-1", createEnd({ attemptId, ...about }));
    }
    const { url, link } = await router(context);
    const { session, closed } = await connect(context, url, { ends });
    const opened = await link();
    const replayed: string[] = [];
    while (replayed.length < ids.length) replayed.push((await opened.message("end-replay")).attempt_id);
    assert.deepEqual(replayed, ids);
    session.leave("test", 1_000);
    await closed;
    assert.equal(ends.size, 0);
  });

  test("a lost connection writes its Ends at once", async (context) => {
    const directory = mkdtempSync(join(tmpdir(), "aimo-session-"));
    context.after(() => rmSync(directory, { recursive: true, force: true }));
    const path = join(directory, "ends.jsonl");
    const log = createLog({ write: () => undefined });
    const { url, link } = await router(context, { acknowledges: false });
    const ends = new Ends(manualClock(), log, path);
    const { live, closed } = await connect(context, url, { ends });
    const opened = await link();
    await live;
    const { attemptId, end } = opened.send(CHAT);
    await end;
    opened.socket.terminate();
    await closed;
    const nextProcess = new Ends(manualClock(), log, path);
    assert.deepEqual(
      nextProcess.waiting("router-1").map(({ attempt_id: id }) => id),
      [attemptId],
    );
  });
});

describe("the end of a connection", () => {
  for (const [status, body, reason] of [
    [
      401,
      '{"error":{"message":"The API key expired at noon: make a new one."}}',
      "The API key expired at noon: make a new one.",
    ],
    [403, "<html>no</html>", "No"],
    [503, '{"error":null}', "No"],
  ] as const) {
    test(`a handshake that is answered ${status} ends with the router's words`, async (context) => {
      const { url } = await router(context, { refuse: () => ({ status, body }) });
      const { closed } = await connect(context, url);
      assert.deepEqual(await closed, { kind: "refused", status, reason });
    });
  }

  test("a refusal without end is read no further than its limit", async (context) => {
    const server = createServer((socket) => {
      socket.on("error", () => undefined); // the proxy hangs up
      socket.write(`HTTP/1.1 401 No\r\n\r\n${"x".repeat(REFUSAL_BYTES_MAX + 1)}`);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    context.after(() => server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { closed } = await connect(context, url, { clock: manualClock() });
    assert.deepEqual(await closed, { kind: "refused", status: 401, reason: "No" });
  });

  test("a server that does not know the subprotocol ends it", async (context) => {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1", handleProtocols: () => false });
    await once(server, "listening");
    context.after(() => server.close());
    const { closed } = await connect(context, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const end = await closed;
    assert.equal(end.kind, "closed");
    assert.match(end.reason, /subprotocol/);
  });

  test("a server that answers nothing is given up after the handshake's limit", async (context) => {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    context.after(() => server.close());
    const clock = manualClock();
    const { closed } = await connect(context, `http://127.0.0.1:${(server.address() as AddressInfo).port}`, { clock });
    const [socket] = (await once(server, "connection")) as [{ destroy(): void }];
    context.after(() => socket.destroy());
    clock.advance(HANDSHAKE_MS);
    assert.deepEqual(await closed, { kind: "closed", code: 1006, reason: `no answer within ${HANDSHAKE_MS} ms` });
    assert.equal(clock.waiting, 0);
  });

  test("a router that sends no welcome is given up", async (context) => {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1", handleProtocols: () => "aimo.v2" });
    await once(server, "listening");
    context.after(() => server.close());
    const clock = manualClock();
    const { closed } = await connect(context, `http://127.0.0.1:${(server.address() as AddressInfo).port}`, { clock });
    const [socket] = (await once(server, "connection")) as [EventEmitter];
    await once(socket, "message"); // the hello
    clock.advance(WELCOME_MS - 1);
    clock.advance(1);
    assert.deepEqual(await closed, { kind: "closed", code: 1002, reason: `no welcome came within ${WELCOME_MS} ms` });
  });

  test("two heartbeats without a ping end it and its attempts, a ping in time does not", async (context) => {
    const { url, link } = await router(context, { welcome: { heartbeat_ms: 15_000 } });
    const clock = manualClock();
    const { live, closed, session } = await connect(context, url, { clock });
    const opened = await link();
    await opened.message("offers");
    await live;
    clock.advance(29_999);
    await opened.roundTrip(); // which pings
    clock.advance(29_999);
    session.announce([]);
    assert.deepEqual((await opened.message("offers")).offers, [], "still alive");
    clock.advance(1);
    assert.deepEqual(await closed, { kind: "closed", code: 1006, reason: "two heartbeats of the router did not come" });
    await opened.closed;
    assert.equal(clock.waiting, 0);
  });

  const violations: readonly [string, (link: ScriptedLink) => void][] = [
    ["bytes that are no frame", (link) => link.socket.send(Buffer.from([0xee, 0, 0, 0, 0]))],
    [
      "a second welcome",
      (link) =>
        link.endpoint.send("welcome", {
          router_id: "r",
          link_id: "l",
          heartbeat_ms: 1,
          limits: { streams_max: 1, offers_max: 1 },
        }),
    ],
    [
      "a frame on a stream that was never opened",
      (link) => link.socket.send(encodeFrame("cancel", 9, encodeMessage("cancel", { reason: "x" }))),
    ],
  ];
  for (const [what, act] of violations) {
    test(`${what} closes it with 1002`, async (context) => {
      const { url, link } = await router(context);
      const { closed, live } = await connect(context, url);
      const opened = await link();
      await live;
      act(opened);
      assert.equal((await opened.closed).code, 1002);
      const end = await closed;
      assert.ok(end.kind === "closed" && end.code === 1002);
    });
  }

  test("a text message closes it", async (context) => {
    const { url, link } = await router(context);
    const { live } = await connect(context, url);
    const opened = await link();
    await live;
    opened.socket.send("hello");
    assert.equal((await opened.closed).code, 1003);
  });
});

describe("leaving", () => {
  test("running requests finish, new ones are told to go elsewhere, then it closes with 1000", async (context) => {
    const upstream = await startUpstream();
    const { url, link } = await router(context);
    const { session, live, closed } = await connect(context, url, { upstream });
    const opened = await link();
    await live;
    const running = opened.send(CHAT);
    const exchange = await upstream.next();
    session.leave("SIGTERM", 60_000);
    const late = opened.send(CHAT); // the router has not heard of the drain
    assert.deepEqual(await opened.message("drain"), { reason: "SIGTERM", deadline_ms: 60_000 });
    assert.equal((await late.end).error?.code, "draining");
    answerHello(exchange);
    assert.equal((await running.end).finish_reason, "stop");
    assert.deepEqual(await closed, { kind: "closed", code: 1000, reason: "drained" });
    assert.equal((await opened.closed).code, 1000);
  });

  test("a request that crosses the drain of an idle connection is answered before it closes", async (context) => {
    const { url, link } = await router(context);
    const { session, live, closed } = await connect(context, url);
    const opened = await link();
    await live;
    session.leave("SIGTERM", 60_000);
    const late = opened.send(CHAT);
    assert.equal((await late.end).error?.code, "draining");
    assert.deepEqual(await closed, { kind: "closed", code: 1000, reason: "drained" });
  });

  test("an idle connection closes at once", async (context) => {
    const { url, link } = await router(context);
    const { session, live, closed } = await connect(context, url);
    await link();
    await live;
    session.leave("SIGTERM", 60_000);
    assert.deepEqual(await closed, { kind: "closed", code: 1000, reason: "drained" });
  });

  test("acknowledgements that do not come delay it for their limit only", async (context) => {
    const { url, link } = await router(context, { acknowledges: false });
    const clock = manualClock();
    const { session, live, closed, ends } = await connect(context, url, { clock });
    const opened = await link();
    await live;
    await opened.send(CHAT).end;
    session.leave("SIGTERM", 60_000);
    await opened.roundTrip();
    clock.advance(ACKNOWLEDGE_MS - 1);
    session.announce([]);
    assert.deepEqual((await opened.message("offers")).offers.length, 1, "the offers of the start");
    assert.deepEqual((await opened.message("offers")).offers.length, 0, "still open");
    clock.advance(1);
    assert.equal((await closed).kind, "closed");
    assert.equal(ends.size, 1);
  });

  test("requests that outlast the grace end with it", async (context) => {
    const upstream = await startUpstream();
    const { url, link } = await router(context);
    const clock = manualClock();
    const { session, live, closed, ends } = await connect(context, url, { clock, upstream });
    const opened = await link();
    await live;
    const running = opened.send(CHAT);
    const { aborted } = await upstream.next();
    session.leave("SIGTERM", 5_000);
    await opened.message("drain");
    clock.advance(5_000);
    assert.equal((await closed).kind, "closed");
    await aborted;
    await assert.rejects(running.end);
    assert.deepEqual(
      ends.waiting("router-1").map(({ cancelled }) => cancelled),
      [true],
    );
  });
});
