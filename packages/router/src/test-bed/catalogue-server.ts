// The public lists on a server of their own: a real book with real health and views, findings as tests say them.
import { once } from "node:events";
import type { IncomingHttpHeaders } from "node:http";
import { request } from "node:http";
import type { AddressInfo } from "node:net";
import { TypeBoxValidatorCompiler } from "@fastify/type-provider-typebox";
import { base58 } from "@scure/base";
import type { Clock } from "@aimo-network/protocol/clock";
import { manualClock } from "@aimo-network/protocol/clock";
import type { Offer } from "@aimo-network/protocol/wire/offer";
import { installErrorReplies } from "../gateway/error-reply.ts";
import { createHttpServer } from "../gateway/http-server.ts";
import { createCatalogue } from "../gateway/models/catalogue.ts";
import { modelRoutes } from "../gateway/models/models.ts";
import { providerRoutes } from "../gateway/models/providers.ts";
import { createLog } from "../log.ts";
import { createOfferHealth } from "../market/health/create-offer-health.ts";
import type { OfferHealth } from "../market/health/offer-health.ts";
import { createModelViews } from "../market/model-view.ts";
import type { OfferBook } from "../market/offer-book.ts";
import { createOfferBook } from "../market/offer-book.ts";
import type { PriceHistory } from "../market/price-history.ts";
import type { Finding } from "../market/truth/offer-truth.ts";
import { createLinks } from "../providers/links.ts";
import type { Links } from "../providers/links.ts";
import { newWallet } from "./new-wallet.ts";
import { plainOffer } from "./scripted-provider.ts";
import { QUIET_OBSERVER } from "./quiet-observer.ts";

/** A reply with its bytes as they came. */
export interface RawReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
}

/** What a test may set up otherwise. */
export interface CatalogueBedDeps {
  readonly clock?: Clock;
  readonly prices?: Pick<PriceHistory, "newest">;
  readonly freeSlots?: number;
}

/** The lists under test. */
export interface CatalogueServer {
  readonly clock: Clock;
  readonly port: number;
  readonly book: OfferBook;
  readonly health: OfferHealth;
  readonly links: Links;
  /** Sells on a link of its own, or on the one given; returns the wallet. */
  sell(offers: readonly Offer[], seller?: { wallet?: string; link?: string; network?: string }): string;
  /** What was found out about an offer. */
  find(offerId: string, finding: Partial<Finding>): void;
  ask(path: string, headers?: Record<string, string>, method?: string): Promise<RawReply>;
  get<Body>(path: string): Promise<Body>;
  close(): Promise<void>;
}

/** The address of a wallet nobody has seen before. */
export function newAddress(): string {
  return base58.encode(newWallet().publicKey);
}

/** An offer of `author/slug`. */
export function offerOf(id: string, more: Partial<Offer> = {}): Offer {
  const [author = "", slug = ""] = id.split("/");
  return plainOffer(slug, { provider_name: author, ...more });
}

function askAt(port: number, path: string, headers: Record<string, string>, method: string): Promise<RawReply> {
  const asked = request({ host: "127.0.0.1", port, path, method, headers, agent: false });
  const { promise, resolve, reject } = Promise.withResolvers<RawReply>();
  asked.on("error", reject);
  asked.on("response", (response) => {
    const pieces: Buffer[] = [];
    response.on("data", (piece: Buffer) => pieces.push(piece));
    response.on("end", () =>
      resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes: Buffer.concat(pieces) }),
    );
  });
  asked.end();
  return promise;
}

/** Starts it on a free port. */
export async function startCatalogueServer(bed: CatalogueBedDeps = {}): Promise<CatalogueServer> {
  const { clock = manualClock(), prices = { newest: () => Promise.resolve([]) }, freeSlots = 7 } = bed;
  const book = createOfferBook();
  const health = createOfferHealth({ clock });
  const links = createLinks();
  const findings = new Map<string, Finding>();
  const nothing: Finding = { verdict: "new", withdrawn: new Set(), examinedAtMs: undefined };
  let found = 0;
  const truth = {
    finding: (id: string) => findings.get(id) ?? nothing,
    get version() {
      return found;
    },
  };
  const views = createModelViews({ clock, health, truth, lookAtNames: () => (id) => id.startsWith("imitation/") });
  const catalogue = createCatalogue({ clock, book, truth, views, freeSlots: () => freeSlots });
  const server = createHttpServer({ log: createLog("silent"), observer: QUIET_OBSERVER, requestId: () => "req-test" });
  installErrorReplies(server, QUIET_OBSERVER);
  server.setValidatorCompiler(TypeBoxValidatorCompiler);
  server.addHook("onRequest", (asked, reply, next) => {
    if (asked.headers.authorization !== undefined) reply.header("cache-control", "no-store"); // as gateway.ts says
    next();
  });
  for (const prefix of ["/api/v1", "/v1"]) {
    await server.register(modelRoutes({ clock, book, catalogue, prices }), { prefix });
    await server.register(providerRoutes({ clock, book, links, views, catalogue }), { prefix });
  }
  server.server.listen(0, "127.0.0.1");
  await server.ready();
  if (!server.server.listening) await once(server.server, "listening");
  const { port } = server.server.address() as AddressInfo;
  let linkCount = 0;
  return {
    clock,
    port,
    book,
    health,
    links,
    sell(offers, { wallet = newAddress(), link = `link-${(linkCount += 1)}`, network } = {}) {
      book.replace({ id: link, wallet, network }, offers, clock.now());
      return wallet;
    },
    find(offerId, finding) {
      findings.set(offerId, { ...nothing, ...finding });
      found += 1;
    },
    ask: (path, headers = {}, method = "GET") => askAt(port, path, headers, method),
    async get<Body>(path: string) {
      const { bytes } = await askAt(port, path, {}, "GET");
      return JSON.parse(bytes.toString()) as Body;
    },
    async close() {
      server.server.closeAllConnections();
      await server.close();
    },
  };
}
