// The chat endpoint on a bare server, with one scripted provider and real books: for moments that a whole router hides.
import type { Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { connect } from "node:net";
import type { Clock } from "@aimo-network/protocol/clock";
import { seededRandom } from "@aimo-network/protocol/random";
import type { FastifyRequest } from "fastify";
import fastify from "fastify";
import { pino } from "pino";
import type { Caller } from "../accounts/caller.ts";
import { createChatCompletions } from "../gateway/chat/chat-completions.ts";
import { readRawBodies } from "../gateway/read-body.ts";
import { createMarket } from "../market/market.ts";
import type { LiveOffer } from "../market/offer-book.ts";
import { createOfferBook } from "../market/offer-book.ts";
import { createByteBudget } from "../providers/byte-budget.ts";
import type { ByteBudget } from "../providers/byte-budget.ts";
import { createLinks } from "../providers/links.ts";
import type { RelayDeadlines, RelayDeps } from "../providers/relay.ts";
import type { FakeLink } from "./fake-link.ts";
import { createFakeLink } from "./fake-link.ts";
import { saidHealth, saidTruth } from "./market-bed.ts";
import { newWallet } from "./new-wallet.ts";
import { PLAIN_KEY } from "./plain-key.ts";
import { QUIET_OBSERVER } from "./quiet-observer.ts";
import { plainOffer } from "./scripted-provider.ts";
import type { TestBilling } from "./test-billing.ts";
import { testBilling } from "./test-billing.ts";
import { WIDE_RATES } from "./test-books.ts";
import { addressOf } from "./test-keys.ts";

/** A chat endpoint that listens. */
export interface ChatEndpoint {
  /** The provider of the one model, `m`. */
  readonly link: FakeLink;
  readonly money: TestBilling;
  /** Who pays. */
  readonly payer: Caller;
  readonly answerBytes: ByteBudget;
  readonly server: Server;
  /** Connects, and sends a request that says this beside its model and its message, in ASCII characters alone. */
  call(body: object): Socket;
  close(): Promise<void>;
}

/** What differs from test to test. */
export interface ChatEndpointOptions {
  readonly clock: Clock;
  readonly deadlines: RelayDeadlines;
  readonly judged: RelayDeps<LiveOffer>["judged"];
  /** Given the payer whom a request turns out to be of. */
  payer?(request: FastifyRequest, payer: Caller): Caller | Promise<Caller>;
}

function requestText(body: object): string {
  const text = JSON.stringify({ model: "m", messages: [{ role: "user", content: "x" }], ...body });
  return `POST / HTTP/1.1\r\nhost: a\r\ncontent-length: ${text.length}\r\n\r\n${text}`;
}

/** Starts one. */
export async function startChatEndpoint(options: ChatEndpointOptions): Promise<ChatEndpoint> {
  const { clock, deadlines, judged } = options;
  const money = await testBilling();
  const payer: Caller = { ...PLAIN_KEY, ...(await money.books.payer("1000")) };
  const link = createFakeLink(addressOf(newWallet()));
  const links = createLinks();
  links.add(link);
  const book = createOfferBook();
  book.replace(link, [plainOffer("m")], 0);
  const random = seededRandom(1);
  const answerBytes = createByteBudget(100_000_000);
  const server = fastify();
  readRawBodies(server, 1_000_000, () => ({ checkRoom: () => undefined, hold: () => undefined }));
  const endpoint = createChatCompletions({
    clock,
    random,
    market: createMarket(clock, { book, health: saidHealth({}), truth: saidTruth({}) }),
    links,
    billing: money.billing,
    rates: WIDE_RATES,
    payer: (request) => options.payer?.(request, payer) ?? payer,
    pseudonym: () => "pseudonym",
    isDraining: () => false,
    observer: QUIET_OBSERVER,
    relayDeps: { clock, log: pino({ level: "silent" }), answerBytes, deadlines, judged },
  });
  server.post("/", endpoint);
  await server.listen({ port: 0, host: "127.0.0.1" });
  return {
    link,
    money,
    payer,
    answerBytes,
    server: server.server,
    call(body) {
      const socket = connect((server.server.address() as AddressInfo).port, "127.0.0.1");
      socket.on("error", () => undefined);
      socket.write(requestText(body));
      return socket;
    },
    async close() {
      await server.close();
      await money.close();
    },
  };
}
