// The composition root: the only file that knows every room.
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import fastify, { LogController } from "fastify";
import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import type { Clock } from "@aimo-network/protocol/clock";
import { sleep } from "@aimo-network/protocol/clock";
import { uuidV7 } from "@aimo-network/protocol/ids";
import { AimoError } from "@aimo-network/protocol/errors";
import type { Random } from "@aimo-network/protocol/random";
import type { Logger } from "pino";
import type { BearerKeys } from "./accounts/bearer-keys.ts";
import { createBearerKeys, readBearer } from "./accounts/bearer-keys.ts";
import type { Config } from "./config.ts";
import { brokenRequest, refuseUrl } from "./gateway/error-reply.ts";
import type { GatewayDeps } from "./gateway/gateway.ts";
import { installGateway } from "./gateway/gateway.ts";
import { installOperatorRoutes } from "./gateway/operator.ts";
import type { RouterInfo } from "./gateway/router-info.ts";
import type { Identity } from "./identity.ts";
import { loadIdentity } from "./identity.ts";
import { listen } from "./listen.ts";
import {
  ANSWERS_BYTES_MAX,
  BODIES_BYTES_MAX,
  FIRST_GENERATION_INCOMING_BYTES_MAX,
  FIRST_GENERATION_WAITING_BYTES_TOTAL_MAX,
  HEADER_BYTES_MAX,
  HEADERS_TIMEOUT_MS,
  KEEP_ALIVE_TIMEOUT_MS,
  PREFLIGHT_WALLETS_MAX,
  REQUEST_TIMEOUT_MS,
  SMALL_BODY_BYTES_MAX,
} from "./limits.ts";
import type { OfferHealth } from "./market/health.ts";
import { createOfferHealth } from "./market/health.ts";
import type { LiveOffer, OfferBook } from "./market/offer-book.ts";
import { createOfferBook } from "./market/offer-book.ts";
import type { AdmitDeps } from "./providers/admit.ts";
import { createAdmission } from "./providers/admit.ts";
import { createByteBudget } from "./providers/byte-budget.ts";
import { openFilePreflightStore } from "./providers/file-preflight-store.ts";
import type { Links } from "./providers/links.ts";
import { createLinks } from "./providers/links.ts";
import type { Preflights } from "./providers/preflights.ts";
import { createPreflights } from "./providers/preflights.ts";
import { refuseSocket } from "./providers/refuse-socket.ts";
import type { RelayDeps } from "./providers/relay.ts";
import { VERSION } from "./version.ts";

/** What a router gets from outside. */
export interface RouterDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

const DRAIN_LOOK_MS = 20; // how soon a drained router notices that its last link has gone
const LAST_BYTES_MS = 500; // for answers that ended with the drain to reach their clients

/** A running router. */
export interface Router {
  readonly routerId: string;
  readonly url: string;
  readonly operatorUrl: string;
  /** Takes no new requests, lets running answers end within the drain time, and closes. */
  close(): Promise<void>;
}

function urlOf(server: FastifyInstance): string {
  const { address, port, family } = server.server.address() as AddressInfo;
  const anywhere = address === "0.0.0.0" || address === "::";
  const host = anywhere ? "127.0.0.1" : family === "IPv6" ? `[${address}]` : address;
  return `http://${host}:${port}`;
}

/** No line per request: what happened to a request is metered, and its URL may hold what nobody should log. */
function quiet(): LogController {
  return new LogController({ disableRequestLogging: true });
}

function createServer(log: FastifyBaseLogger, requestId: () => string): FastifyInstance {
  return fastify({
    loggerInstance: log,
    logController: quiet(),
    genReqId: requestId,
    requestIdHeader: false, // an id of the client's choosing would end up in our logs
    bodyLimit: SMALL_BODY_BYTES_MAX,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 200 },
    forceCloseConnections: "idle",
    return503OnClosing: false, // our own refusal of a draining router has the body that clients can read
    frameworkErrors: refuseUrl,
    clientErrorHandler: (error, socket) => refuseSocket(socket, brokenRequest(error.code), requestId()),
    http: {
      maxHeaderSize: HEADER_BYTES_MAX,
      headersTimeout: HEADERS_TIMEOUT_MS,
      requireHostHeader: false, // nothing here depends on it, and the refusal would be an empty one
      // Clients that offer HTTP/2 with every request are answered as if they had not.
      shouldUpgradeCallback: (request) => request.headers.upgrade?.toLowerCase() === "websocket",
    },
  });
}

/** The rooms that remember something while the router runs. */
interface Rooms {
  readonly identity: Identity;
  readonly keys: BearerKeys;
  readonly book: OfferBook;
  readonly health: OfferHealth;
  readonly links: Links;
  readonly preflights: Preflights;
  isDraining(): boolean;
}

function relayDeps(config: Config, { clock, random, log }: RouterDeps, { health }: Rooms): RelayDeps<LiveOffer> {
  const { firstByteMs, idleMs, totalMs } = config;
  return {
    clock,
    random,
    log: log.child({ room: "providers" }),
    answerBytes: createByteBudget(ANSWERS_BYTES_MAX),
    deadlines: { firstByteMs, idleMs, totalMs },
    judged: ({ offer }, succeeded) => (succeeded ? health.succeeded(offer.id) : health.failed(offer.id)),
  };
}

function routerInfo(config: Config, { routerId }: Identity): RouterInfo {
  return {
    router_id: routerId,
    name: config.name,
    version: VERSION,
    limits: {
      body_bytes_max: config.bodyBytesMax,
      first_byte_timeout_ms: config.firstByteMs,
      idle_timeout_ms: config.idleMs,
      total_timeout_ms: config.totalMs,
    },
    accepts_v1_spending: config.acceptV1Spending,
  };
}

function gatewayDeps(config: Config, deps: RouterDeps, rooms: Rooms, url: () => string): GatewayDeps {
  const { identity, keys, book, health, links, preflights, isDraining } = rooms;
  return {
    clock: deps.clock,
    random: deps.random,
    book,
    health,
    links,
    preflights,
    routerId: identity.routerId,
    bodyBytesMax: config.bodyBytesMax,
    bodies: createByteBudget(BODIES_BYTES_MAX),
    pseudonym: identity.pseudonym,
    isDraining,
    authenticate: (request, purpose) => {
      const own = request.headers["x-api-key"];
      const bearer = readBearer(request.headers.authorization) ?? (typeof own === "string" ? own : undefined);
      return keys.authenticate(bearer, purpose);
    },
    relayDeps: relayDeps(config, deps, rooms),
    info: routerInfo(config, identity),
    url,
  };
}

function admitDeps({ clock, random, log }: RouterDeps, rooms: Rooms, requestId: () => string): AdmitDeps {
  const { identity, keys, book, links, preflights, isDraining } = rooms;
  return {
    clock,
    random,
    log: log.child({ room: "providers" }),
    links,
    preflights,
    waitingBytes: createByteBudget(FIRST_GENERATION_WAITING_BYTES_TOTAL_MAX),
    incomingBytes: createByteBudget(FIRST_GENERATION_INCOMING_BYTES_MAX),
    routerId: identity.routerId,
    requestId,
    isOpen: () => !isDraining(),
    authenticate: async (authorization) => {
      const key = await keys.authenticate(readBearer(authorization), "serve");
      return { keyId: key.id, wallet: key.wallet, expiresAtMs: key.expiresAtMs };
    },
    linkEvents: (link) => ({
      offers: (offers) => book.replace(link, offers, clock.now()),
      draining: () => book.remove(link.id),
      // Nothing is charged before there is a ledger: a replayed End is recorded as known and changes nothing.
      replayed: () => false,
      closed: () => book.remove(link.id),
    }),
  };
}

/** Lets running answers end within `drainMs`, then ends every link that is left. */
async function drainLinks(clock: Clock, links: Links, drainMs: number): Promise<void> {
  for (const link of links.all()) link.drain("the router is shutting down", drainMs);
  const dueMs = clock.monotonic() + drainMs;
  while (links.count > 0 && clock.monotonic() < dueMs) await sleep(clock, DRAIN_LOOK_MS);
  for (const link of links.all()) link.terminate();
}

/** Starts a router: listens for clients and providers, and on the operator's port. */
export async function startRouter(config: Config, deps: RouterDeps): Promise<Router> {
  const { clock, random } = deps;
  const log: FastifyBaseLogger = deps.log;
  const identity = loadIdentity(config.dataDirectory);
  const { routerId } = identity;
  const store = await openFilePreflightStore(deps.log, join(config.dataDirectory, "preflights"));
  let draining = false;
  const rooms: Rooms = {
    identity,
    keys: createBearerKeys(clock, { routerId, acceptV1Spending: config.acceptV1Spending }),
    book: createOfferBook(),
    health: createOfferHealth(clock),
    links: createLinks(),
    preflights: await createPreflights(store, PREFLIGHT_WALLETS_MAX),
    isDraining: () => draining,
  };
  const requestId = (): string => `req-${uuidV7(clock, random)}`;
  const server = createServer(log, requestId);
  const url = (): string => config.publicUrl ?? urlOf(server);
  await installGateway(server, gatewayDeps(config, deps, rooms, url));
  server.server.on("checkExpectation", (request) => {
    const found = (request.headers.expect ?? "").slice(0, 60);
    refuseSocket(
      request.socket,
      new AimoError("invalid_request", { expected: "`Expect: 100-continue` or none", found }),
      requestId(),
    );
  });
  const admit = createAdmission(admitDeps(deps, rooms, requestId));
  server.server.on("upgrade", (request, socket, head) => void admit(request, socket, head));

  const operator = fastify({ loggerInstance: log, logController: quiet() });
  installOperatorRoutes(operator, rooms.isDraining);
  await listen(server, { host: config.host, port: config.port, settings: "AIMO_HOST, AIMO_PORT" });
  try {
    await listen(operator, {
      host: config.operatorHost,
      port: config.operatorPort,
      settings: "AIMO_OPERATOR_HOST, AIMO_OPERATOR_PORT",
    });
  } catch (error) {
    await server.close();
    throw error;
  }

  return {
    routerId,
    url: url(),
    operatorUrl: urlOf(operator),
    async close() {
      draining = true;
      await drainLinks(clock, rooms.links, config.drainMs);
      // Every answer has ended; what is still open are connections that never asked, and last bytes on their way.
      const last = clock.timer(LAST_BYTES_MS, () => server.server.closeAllConnections());
      await Promise.all([server.close(), operator.close()]);
      last.cancel();
    },
  };
}
