// The proxy's end of a link over a real WebSocket: whatever a router sends and whenever it goes, nothing is left behind.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { ManualClock } from "@aimo-network/protocol/clock";
import { manualClock } from "@aimo-network/protocol/clock";
import type { FrameName } from "@aimo-network/protocol/wire/frame";
import { encodeCredit, encodeFrame, FRAMES } from "@aimo-network/protocol/wire/frame";
import fc from "fast-check";
import { Secret } from "../config/secret.ts";
import { Ends } from "../ends/ends.ts";
import { REQUEST_BODY_BYTES_MAX, REQUEST_BYTES_HELD_MAX } from "../limits.ts";
import { createLog } from "../log.ts";
import type { Server } from "../serving/serve.ts";
import { createServer } from "../serving/serve.ts";
import { createSettings } from "../serving/settings.ts";
import type { Settings } from "../serving/settings.ts";
import type { Upstreams } from "../serving/upstream.ts";
import { createUpstreams } from "../serving/upstream.ts";
import type { ScriptedAnswer, ScriptedLink, ScriptedRouter } from "../test-bed/scripted-router.ts";
import { startRouter } from "../test-bed/scripted-router.ts";
import type { ScriptedUpstream, UpstreamExchange } from "../test-bed/scripted-upstream.ts";
import { HELLO_EVENTS, startUpstream } from "../test-bed/scripted-upstream.ts";
import { ROUTER_KEY, testConfig } from "../test-bed/test-proxy.ts";
import { LinkSession } from "./session.ts";

const HELLO = { software: "aimo-proxy", version: "1", max_concurrency: 8 };
const CHAT = '{"stream":true,"messages":[]}';

/** One connection under test. */
interface Run {
  readonly clock: ManualClock;
  readonly session: LinkSession;
  readonly link: ScriptedLink;
  readonly upstream: ScriptedUpstream;
  readonly answers: ScriptedAnswer[];
}

type Step = (run: Run) => Promise<void> | void;

const stepOf = (words: string, step: Step): { words: string; step: Step } => ({ words, step });
const place = fc.nat(5);

function isOpen({ link: { socket } }: Run): boolean {
  return socket.readyState === socket.OPEN;
}

function sendRaw(run: Run, bytes: Uint8Array | string): void {
  if (isOpen(run)) run.link.socket.send(bytes);
}

async function settle(run: Run): Promise<void> {
  run.link.socket.resume();
  if (isOpen(run)) await Promise.race([run.link.roundTrip(), run.link.closed]);
}

/** The running call of the upstream at `index`, counted from the newest. */
function exchangeOf({ upstream }: Run, index: number): UpstreamExchange | undefined {
  const running = upstream.exchanges.filter(({ response }) => !response.writableEnded && !response.destroyed);
  return running.at(-1 - (index % Math.max(1, running.length)));
}

function answerSome({ response }: UpstreamExchange, text: string): void {
  if (!response.headersSent) response.writeHead(200, { "content-type": "text/event-stream" });
  response.write(text);
}

const BODIES = [CHAT, "", "{", '{"n":0}', `{"stream":false,"x":"${"y".repeat(1_200_000)}"}`];
const HEADS = [{}, {}, {}, { model: "none" }, { endpoint: "/x" }, { content_length: 3 }, { deadline_ms: 0 }];
const WORDS = [HELLO_EVENTS[0] ?? "", `data: ${"z".repeat(60_000)}\n\n`, ": comment\n\n", "data: cut"];

const likely = fc.oneof(
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom(...BODIES), fc.constantFrom(...HEADS), fc.boolean())
      .map(([body, head, grants]) =>
        stepOf(`request ${body.slice(0, 20)} ${JSON.stringify(head)} ${grants ? "read" : "unread"}`, (run) => {
          if (isOpen(run)) run.answers.push(run.link.send(body, head, { grants }));
        }),
      ),
  },
  place.map((index) => stepOf(`cancel ${index}`, ({ answers }) => answers[index]?.stream.cancel("client_left"))),
  place.map((index) =>
    stepOf(`read ${index}`, ({ answers }) => {
      const answer = answers[index];
      if (answer?.stream.ended === false) answer.read();
    }),
  ),
  fc.tuple(place, fc.constantFrom(...WORDS)).map(([index, text]) =>
    stepOf(`upstream ${index} says ${text.slice(0, 12)}`, (run) => {
      const exchange = exchangeOf(run, index);
      if (exchange !== undefined) answerSome(exchange, text);
    }),
  ),
  place.map((index) => stepOf(`upstream ${index} ends`, (run) => void exchangeOf(run, index)?.response.end())),
  place.map((index) =>
    stepOf(`upstream ${index} breaks off`, (run) => void exchangeOf(run, index)?.response.destroy()),
  ),
  fc.constantFrom(
    stepOf("settle", settle),
    stepOf("stall", ({ link }) => link.socket.pause()),
    stepOf("time passes", ({ clock }) => clock.advance(1_000)),
  ),
);

const names = Object.keys(FRAMES) as FrameName[];
const hostile = fc.oneof(
  fc
    .tuple(fc.constantFrom(...names), fc.oneof(fc.nat(9), fc.integer({ min: 0, max: 2 ** 32 - 1 })), fc.uint8Array())
    .map(([name, id, payload]) =>
      stepOf(`forge ${name} on ${id}`, (run) => sendRaw(run, encodeFrame(name, id, payload))),
    ),
  fc
    .tuple(place, fc.constantFrom(1, 2 ** 32 - 1))
    .map(([id, bytes]) =>
      stepOf(`credit ${id} ${bytes}`, (run) => sendRaw(run, encodeFrame("credit", id + 1, encodeCredit(bytes)))),
    ),
  place.map((id) =>
    stepOf(`body on ${id}`, (run) => sendRaw(run, encodeFrame("request-body", id + 1, Buffer.from("x")))),
  ),
  fc.uint8Array({ maxLength: 30 }).map((bytes) => stepOf("send bytes", (run) => sendRaw(run, bytes))),
  fc.constantFrom(
    stepOf("send text", (run) => sendRaw(run, "text")),
    stepOf("the router terminates", ({ link }) => link.socket.terminate()),
    stepOf("the router closes", ({ link }) => link.socket.close(1000)),
    stepOf("the proxy leaves", ({ session }) => session.leave("test", 60_000)),
    stepOf("the proxy closes", ({ session }) => session.close(1000, "test")),
  ),
);

function steps(hostility: number): fc.Arbitrary<{ words: string; step: Step }[]> {
  const step = fc.oneof({ weight: 50, arbitrary: likely }, { weight: hostility, arbitrary: hostile });
  const printed = step.map((one) => ({ ...one, [fc.toStringMethod]: () => one.words }));
  return fc.array(printed, { minLength: 10, maxLength: 40, size: "max" });
}

describe("a proxy's connection, whatever its router and its upstream do,", () => {
  const clock = manualClock();
  let router: ScriptedRouter;
  let upstream: ScriptedUpstream;
  let upstreams: Upstreams;
  let server: Server;
  let settings: Settings;

  before(async () => {
    router = await startRouter();
    upstream = await startUpstream();
    upstreams = createUpstreams({});
    settings = createSettings(testConfig({ routers: [router.url], apiBase: upstream.apiBase }));
    const tools = { clock, upstreams, resolve: () => Promise.resolve([]) };
    server = createServer(createLog({ write: () => undefined }), tools, settings);
  });
  after(async () => {
    await router.close();
    await upstreams.close();
    await upstream.close();
  });

  async function check(list: readonly { step: Step }[]): Promise<void> {
    const ends = new Ends(clock, createLog({ write: () => undefined }), undefined);
    const live = Promise.withResolvers<unknown>();
    const closed = Promise.withResolvers<unknown>();
    const target = { url: router.url, apiKey: new Secret(ROUTER_KEY) };
    const session = new LinkSession({ clock, environment: {}, ends, server }, target, HELLO, settings.offers, {
      live: live.resolve,
      closed: closed.resolve,
      drained: () => undefined,
      noticed: () => undefined,
    });
    const link = await router.link();
    await live.promise;
    const run: Run = { clock, session, link, upstream, answers: [] };
    for (const { step } of list) await step(run);
    await settle(run);
    link.socket.terminate();
    await Promise.all([closed.promise, link.closed]);
    await assertNothingLeft();
    for (const { stream } of run.answers) assert.ok(stream.ended);
  }

  async function assertNothingLeft(): Promise<void> {
    assert.equal(server.admission.running, 0, "no request runs");
    const [model] = settings.models.values();
    assert.ok(model !== undefined);
    const most = REQUEST_BYTES_HELD_MAX / REQUEST_BODY_BYTES_MAX;
    for (let entered = 0; entered < most; entered += 1) server.admission.enter(model, REQUEST_BODY_BYTES_MAX, most);
    for (let entered = 0; entered < most; entered += 1) server.admission.leave(model, REQUEST_BODY_BYTES_MAX);
    assert.equal(clock.waiting, 0, "no timer waits");
    for (const { response, aborted } of upstream.exchanges) if (!response.writableEnded) await aborted;
  }

  for (const [name, hostility] of [
    ["in any order", 0],
    ["hostile frames and broken connections among it", 3],
  ] as const) {
    test(`${name}, leaves no request, no byte, no timer and no call`, async () => {
      await fc.assert(
        fc.asyncProperty(steps(hostility), (list) => check(list)),
        { numRuns: 60 },
      );
      assert.ok(upstream.exchanges.length > 20, "requests reached the upstream");
    });
  }
});
