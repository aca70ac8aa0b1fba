// Clients that leave, or stop reading, at moments that only a slow router shows: nobody works for them any longer.
import assert from "node:assert/strict";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { connect } from "node:net";
import { after, before, beforeEach, describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { ManualClock } from "@aimo-network/protocol/clock";
import { manualClock } from "@aimo-network/protocol/clock";
import type { Caller } from "../../accounts/caller.ts";
import { readAttemptId } from "@aimo-network/protocol/ids";
import { RESPONSE_CREDIT_BYTES } from "@aimo-network/protocol/limits";
import { seededRandom } from "@aimo-network/protocol/random";
import type { FastifyInstance, FastifyRequest } from "fastify";
import fastify from "fastify";
import { pino } from "pino";
import { CHOICES_MAX } from "../../limits.ts";
import { createMarket } from "../../market/market.ts";
import { createOfferBook } from "../../market/offer-book.ts";
import { createByteBudget } from "../../providers/byte-budget.ts";
import { createLinks } from "../../providers/links.ts";
import type { FakeAttempt, FakeLink } from "../../test-bed/fake-link.ts";
import { PLAIN_KEY } from "../../test-bed/plain-key.ts";
import { QUIET_OBSERVER } from "../../test-bed/quiet-observer.ts";
import { createFakeLink } from "../../test-bed/fake-link.ts";
import { says, stops, WHOLE_ANSWER } from "../../test-bed/relay-bench.ts";
import { saidHealth, saidTruth } from "../../test-bed/market-bed.ts";
import { connectProvider, plainOffer } from "../../test-bed/scripted-provider.ts";
import type { TestBilling } from "../../test-bed/test-billing.ts";
import { testBilling } from "../../test-bed/test-billing.ts";
import { WIDE_RATES } from "../../test-bed/test-books.ts";
import { addressOf } from "../../test-bed/test-keys.ts";
import { startTestRouter } from "../../test-bed/test-router.ts";
import { createChatCompletions } from "./chat-completions.ts";
import { readRawBodies } from "../read-body.ts";
import { newWallet } from "../../test-bed/new-wallet.ts";

const TOTAL_MS = 60_000;
const PROVIDER = addressOf(newWallet());
const USAGE = { usage: { prompt_tokens: 1, completion_tokens: 1 } };

function request(body: object): string {
  const text = JSON.stringify({ model: "m", messages: [{ role: "user", content: "x" }], ...body });
  return `POST / HTTP/1.1\r\nhost: a\r\ncontent-length: ${text.length}\r\n\r\n${text}`;
}

describe("a client", () => {
  const clock: ManualClock = manualClock();
  const judged: boolean[] = [];
  const answerBytes = createByteBudget(100_000_000);
  let server: FastifyInstance;
  let link: FakeLink;
  let authenticate: (request: FastifyRequest) => Promise<Caller>;
  const links = createLinks();
  const book = createOfferBook();

  let money: TestBilling;
  let payer: Caller;

  before(async () => {
    money = await testBilling();
    payer = { ...PLAIN_KEY, ...(await money.books.payer("1000")) };
    link = createFakeLink(PROVIDER);
    links.add(link);
    book.replace(link, [plainOffer("m")], 0);
    const random = seededRandom(1);
    server = fastify();
    readRawBodies(server, 1_000_000, () => ({ checkRoom: () => undefined, hold: () => undefined }));
    const deps = {
      clock,
      random,
      market: createMarket(clock, { book, health: saidHealth({}), truth: saidTruth({}) }),
      links,
      billing: money.billing,
      rates: WIDE_RATES,
      payer: (asking: FastifyRequest) => authenticate(asking),
      pseudonym: () => "pseudonym",
      isDraining: () => false,
      observer: QUIET_OBSERVER,
      relayDeps: {
        clock,
        random,
        log: pino({ level: "silent" }),
        answerBytes,
        deadlines: { firstByteMs: 5_000, idleMs: 2_000, totalMs: TOTAL_MS },
        judged: (_candidate: unknown, { outcome }: { outcome: string }) => void judged.push(outcome === "succeeded"),
      },
    };
    server.post("/", createChatCompletions(deps));
    await server.listen({ port: 0, host: "127.0.0.1" });
  });
  beforeEach(() => {
    judged.length = 0;
    authenticate = () => Promise.resolve(payer);
  });
  after(async () => {
    await server.close();
    await money.close();
  });

  /** Waits until what an answer owes is in the books. */
  const charged = async (): Promise<void> => {
    while ((await money.books.balances(payer)).locked > 0n) await setImmediate();
    await setImmediate();
  };

  const call = (body: object): Socket => {
    const { port } = server.server.address() as AddressInfo;
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => undefined);
    socket.write(request(body));
    return socket;
  };

  for (const stream of [true, false]) {
    test(`that leaves while its key is verified costs no provider anything (stream: ${stream})`, async () => {
      const asked = Promise.withResolvers<FastifyRequest>();
      const verified = Promise.withResolvers<Caller>();
      authenticate = (asking) => {
        asked.resolve(asking);
        return verified.promise;
      };
      const attempts = link.attempts.length;
      const socket = call({ stream });
      const { raw } = await asked.promise;
      const gone = once(raw.socket, "close");
      socket.destroy();
      await gone;
      verified.resolve(payer);
      await setImmediate();
      assert.equal(link.attempts.length, attempts);
      assert.equal(clock.waiting, 0);
    });
  }

  test("that reads nothing until the total deadline is told why its answer ended, and its provider is not blamed", async () => {
    const socket = call({ stream: true });
    socket.pause();
    const attempt = await link.next();
    attempt.head();
    attempt.data(says("x".repeat(8_000_000)), says("y".repeat(8_000_000)));
    assert.ok(attempt.heldBytes > 0, "the client does not keep up");
    clock.advance(TOTAL_MS - 1);
    assert.deepEqual(attempt.cancels, []);
    clock.advance(1);
    assert.deepEqual(attempt.cancels, ["client_left"]);
    let tail = "";
    socket.on("data", (bytes: Buffer) => (tail = (tail + bytes.toString()).slice(-1_000)));
    socket.resume();
    while (!tail.endsWith("\r\n0\r\n\r\n")) await once(socket, "data");
    assert.match(tail, /"error_code":"client_left"/);
    assert.doesNotMatch(tail, /\[DONE\]/);
    assert.deepEqual(judged, []);
    await setImmediate();
    assert.equal(clock.waiting, 0);
    socket.destroy();
  });

  for (const [name, event] of [
    ["short events", says("x")],
    ["events that grow most when they are passed on", { choices: Array.from({ length: CHOICES_MAX }, () => ({})) }],
  ] as const) {
    test(`that reads nothing of ${name} costs little more than the credit of one stream`, async () => {
      const requested = once(server.server, "request") as Promise<[unknown, ServerResponse]>;
      const socket = call({ stream: true });
      socket.pause();
      const [, response] = await requested;
      const attempt = await link.next();
      attempt.head();
      const text = `data: ${JSON.stringify(event)}\n\n`;
      attempt.data(says("first"));
      while (attempt.heldBytes + text.length <= RESPONSE_CREDIT_BYTES) {
        attempt.write(text);
        if (attempt.heldBytes === 0) await setImmediate(); // what the sockets between take, they take
      }
      assert.ok(response.writableLength > 0);
      assert.ok(response.writableLength < 32 * RESPONSE_CREDIT_BYTES, `${response.writableLength} bytes wait`);
      const closed = once(response, "close");
      socket.destroy();
      await closed;
      assert.equal(answerBytes.usedBytes, 0);
    });
  }

  /** Resolves when the router has seen the connection end. */
  const leave = async (socket: Socket, response: ServerResponse): Promise<void> => {
    const closed = once(response, "close");
    socket.destroy();
    await closed;
  };

  for (const [name, end, isBlamed] of [
    ["is read on to its usage", (at: FakeAttempt) => at.data({ ...USAGE, choices: [] }, "[DONE]"), false],
    ["whose provider breaks off after that costs its provider its standing", (at: FakeAttempt) => at.lose(), true],
  ] as const) {
    test(`that leaves a stream that has said why it stops ${name}`, async () => {
      const requested = once(server.server, "request") as Promise<[unknown, ServerResponse]>;
      const socket = call({ stream: true });
      const [, response] = await requested;
      const attempt = await link.next();
      attempt.head();
      attempt.data(says("x"), stops());
      await leave(socket, response);
      assert.deepEqual(attempt.cancels, []);
      end(attempt);
      await charged();
      assert.deepEqual(judged, [!isBlamed]);
      assert.equal(clock.waiting, 0);
      assert.equal(answerBytes.usedBytes, 0);
    });
  }

  test("that leaves before a whole JSON answer was passed on is sent nothing, and its provider is no worse for it", async () => {
    const requested = once(server.server, "request") as Promise<[unknown, ServerResponse]>;
    const socket = call({ stream: false });
    const [, response] = await requested;
    const attempt = await link.next();
    attempt.head(200, { "content-type": "application/json" });
    attempt.write(WHOLE_ANSWER);
    await leave(socket, response);
    await setImmediate();
    assert.deepEqual([attempt.cancels, judged], [[], [true]]);
    attempt.end();
    await charged();
    assert.deepEqual(attempt.acknowledged, [true], "its prompt is charged");
    assert.equal(clock.waiting, 0);
  });

  test("that is answered gets the id of which its attempts' ids are made", async () => {
    const socket = call({ stream: false });
    const attempt = await link.next();
    const made = readAttemptId(attempt.request.attemptId);
    attempt.answer(200, WHOLE_ANSWER);
    const [bytes] = (await once(socket, "data")) as [Buffer];
    assert.deepEqual(
      [/x-generation-id: (\S+)/i.exec(bytes.toString())?.[1], made?.index],
      [`gen-${made?.requestUuid}`, 0],
    );
    socket.destroy();
  });

  test("that reads again is given the rest, and its provider its credit", async () => {
    const socket = call({ stream: true });
    socket.pause();
    const attempt = await link.next();
    attempt.head();
    attempt.data(says("x".repeat(16_000_000)));
    assert.ok(attempt.heldBytes > 0);
    clock.advance(30_000);
    assert.deepEqual(attempt.cancels, []);
    let tail = "";
    socket.on("data", (bytes: Buffer) => (tail = (tail + bytes.toString()).slice(-1_000)));
    socket.resume();
    while (attempt.heldBytes > 0) await once(socket, "data");
    attempt.data(stops(), "[DONE]");
    attempt.end();
    while (!tail.includes("[DONE]")) await once(socket, "data");
    assert.deepEqual(judged, [true]);
    assert.equal(clock.waiting, 0);
    socket.destroy();
  });
});

describe("a client of a whole router that leaves", () => {
  test("before its request was relayed costs no provider anything", async (t) => {
    const router = await startTestRouter();
    t.after(() => router.close());
    const cancelled: Promise<string>[] = [];
    const provider = await connectProvider(router.url, await router.key(), (call) => {
      cancelled.push(call.cancelled);
      void call.cancelled.then(() => call.end({ cancelled: true }));
    });
    await provider.offer([plainOffer("m")]);
    const body = JSON.stringify({ model: "m", stream: true, messages: [{ role: "user", content: "x" }] });
    // Each key is new, so that its signature is checked while the client leaves.
    for (let round = 0; round < 10; round += 1) {
      const socket = connect(Number(new URL(router.url).port), "127.0.0.1");
      socket.on("error", () => undefined);
      await once(socket, "connect");
      const head = `POST /api/v1/chat/completions HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${await router.key()}\r\ncontent-length: ${body.length}\r\n\r\n`;
      socket.write(head + body);
      void setImmediate().then(() => socket.resetAndDestroy());
      await once(socket, "close");
    }
    await provider.offer([plainOffer("m")]); // there and back: whatever was sent to the provider has come
    assert.deepEqual(new Set(await Promise.all(cancelled)), new Set(cancelled.length > 0 ? ["client_left"] : []));
    await provider.offer([plainOffer("m")]);
    assert.equal(provider.endpoint.openStreams, 0);
    await provider.close();
    await router.close();
  });
});
