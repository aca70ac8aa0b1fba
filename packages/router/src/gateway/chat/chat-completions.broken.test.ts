// Streams that this router itself breaks: nothing goes on behind them, and no timer meets a response that is over.
import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { connect } from "node:net";
import { after, before, describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { manualClock } from "@aimo-network/protocol/clock";
import { seededRandom } from "@aimo-network/protocol/random";
import type { FastifyInstance } from "fastify";
import fastify from "fastify";
import { pino } from "pino";
import { HOLD_BACK_MS } from "../../limits.ts";
import { createMarket } from "../../market/market.ts";
import { createOfferBook } from "../../market/offer-book.ts";
import { createByteBudget } from "../../providers/byte-budget.ts";
import { createLinks } from "../../providers/links.ts";
import type { FakeLink } from "../../test-bed/fake-link.ts";
import { createFakeLink } from "../../test-bed/fake-link.ts";
import { saidHealth, saidTruth } from "../../test-bed/market-bed.ts";
import { newWallet } from "../../test-bed/new-wallet.ts";
import { PLAIN_KEY } from "../../test-bed/plain-key.ts";
import { QUIET_OBSERVER } from "../../test-bed/quiet-observer.ts";
import { says, stops } from "../../test-bed/relay-bench.ts";
import { plainOffer } from "../../test-bed/scripted-provider.ts";
import type { TestBilling } from "../../test-bed/test-billing.ts";
import { testBilling } from "../../test-bed/test-billing.ts";
import { WIDE_RATES } from "../../test-bed/test-books.ts";
import { addressOf } from "../../test-bed/test-keys.ts";
import { readRawBodies } from "../read-body.ts";
import { createChatCompletions } from "./chat-completions.ts";

const ASK = JSON.stringify({ model: "m", stream: true, messages: [{ role: "user", content: "x" }] });

describe("a stream that the router breaks", () => {
  const clock = manualClock();
  let server: FastifyInstance;
  let link: FakeLink;
  let money: TestBilling;

  before(async () => {
    money = await testBilling();
    const payer = { ...PLAIN_KEY, ...(await money.books.payer("1000")) };
    link = createFakeLink(addressOf(newWallet()));
    const links = createLinks();
    links.add(link);
    const book = createOfferBook();
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
      payer: () => payer,
      pseudonym: () => "pseudonym",
      isDraining: () => false,
      observer: QUIET_OBSERVER,
      relayDeps: {
        clock,
        random,
        log: pino({ level: "silent" }),
        answerBytes: createByteBudget(100_000_000),
        deadlines: { firstByteMs: 50_000, idleMs: 50_000, totalMs: 60_000 },
        judged() {
          throw new Error("a fault of this router");
        },
      },
    };
    server.post("/", createChatCompletions(deps));
    await server.listen({ port: 0, host: "127.0.0.1" });
  });
  after(async () => {
    await server.close();
    await money.close();
  });

  const call = (): Socket => {
    const socket = connect((server.server.address() as AddressInfo).port, "127.0.0.1");
    socket.on("error", () => undefined);
    socket.write(`POST / HTTP/1.1\r\nhost: a\r\ncontent-length: ${ASK.length}\r\n\r\n${ASK}`);
    return socket;
  };

  test("before it has shown anything is a plain failure", async () => {
    const socket = call();
    const attempt = await link.next();
    attempt.lose();
    const [reply] = (await once(socket, "data")) as [Buffer];
    assert.match(reply.toString(), /^HTTP\/1\.1 500 /);
    assert.equal(clock.waiting, 0);
    clock.advance(HOLD_BACK_MS);
    socket.destroy();
  });

  test("after it has shown something loses its connection", async () => {
    const socket = call();
    const closed = once(socket, "close");
    socket.resume();
    const attempt = await link.next();
    attempt.head();
    attempt.data(says("x"), stops(), "[DONE]");
    await closed;
    await setImmediate();
    assert.equal(clock.waiting, 0);
  });
});
