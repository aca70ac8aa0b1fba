// The composition root: with rooms.ts, which builds the rooms, the only file that knows them all.
import type { AddressInfo } from "node:net";
import fastify from "fastify";
import type { FastifyInstance } from "fastify";
import type { Clock } from "@aimo-network/protocol/clock";
import { sleep } from "@aimo-network/protocol/clock";
import { uuidV7 } from "@aimo-network/protocol/ids";
import { createLoginChallenges } from "./accounts/login-challenges.ts";
import { bearerOf, readBearer } from "./accounts/read-bearer.ts";
import { chargeReplay } from "./billing/replay.ts";
import type { Config } from "./config.ts";
import { ConfigError } from "./config.ts";
import { openConsole } from "./gateway/console/open-console.ts";
import type { ConsoleFiles } from "./gateway/console/read-console.ts";
import { createAccountAccess } from "./gateway/sign-in/account-access.ts";
import type { ArrivalBounds } from "./gateway/arrival-bounds.ts";
import { createArrivalBounds } from "./gateway/arrival-bounds.ts";
import type { AuthRoutesDeps } from "./gateway/sign-in/auth.ts";
import { frameworkLog } from "./gateway/framework-log.ts";
import type { GatewayDeps } from "./gateway/gateway.ts";
import { installGateway } from "./gateway/gateway.ts";
import type { Connections } from "./gateway/connections.ts";
import { boundConnections, createHttpServer, quietFramework } from "./gateway/http-server.ts";
import type { IssuedKeyRoutesDeps } from "./gateway/keys/issued-keys.ts";
import { createMoneyBounds } from "./gateway/money/money-access.ts";
import { createCatalogue } from "./gateway/models/catalogue.ts";
import { sellerNetwork } from "./gateway/remote-network.ts";
import { createLoginBounds } from "./gateway/sign-in/login-bounds.ts";
import { installOperatorRoutes } from "./gateway/operator.ts";
import type { RevokeDeps } from "./gateway/keys/revoke-key.ts";
import type { RouterInfo } from "./gateway/router-info.ts";
import type { Identity } from "./identity.ts";
import type { Inspection } from "./inspection/inspection.ts";
import { openInspectionRoom } from "./inspection-room.ts";
import { listen } from "./listen.ts";
import {
  FIRST_GENERATION_INCOMING_BYTES_MAX,
  FIRST_GENERATION_WAITING_BYTES_TOTAL_MAX,
  NEWCOMERS_MAX,
  NEWCOMERS_MS,
  NEWCOMERS_PER_NETWORK_MAX,
} from "./limits.ts";
import type { LiveOffer } from "./market/offer-book.ts";
import { paceOffers } from "./market/paced-offers.ts";
import type { AdmitDeps } from "./providers/admit.ts";
import { createAdmission } from "./providers/admit.ts";
import { createByteBudget } from "./providers/byte-budget.ts";
import { createHedgeBudget } from "./providers/hedge-budget.ts";
import type { Links } from "./providers/links.ts";
import type { RelayDeps } from "./providers/relay.ts";
import type { Rooms, RouterDeps } from "./rooms.ts";
import { buildRooms } from "./rooms.ts";
import { VERSION } from "./version.ts";

const DRAIN_LOOK_MS = 20; // how soon a drained router notices that its last link has gone
const LAST_CHARGES_MS = 3_000; // for what those answers owe to reach the ledger: milliseconds where it is there
const LAST_BYTES_MS = 500; // for answers that ended with the drain to reach their clients

/** A running router. */
export interface Router {
  readonly routerId: string;
  readonly url: string;
  readonly operatorUrl: string;
  /** Takes no new requests, lets running answers end within the drain time, and closes. */
  close(): Promise<void>;
}

/** The rooms of a router with what counts who comes to it. */
interface ListeningRooms extends Rooms {
  readonly connections: Connections;
  /** Strangers who leave rows in the ledger. */
  readonly newcomers: ArrivalBounds;
}

function countNewcomers(clock: Clock): ArrivalBounds {
  return createArrivalBounds(clock, {
    most: NEWCOMERS_MAX,
    perNetworkMax: NEWCOMERS_PER_NETWORK_MAX,
    everyMs: NEWCOMERS_MS,
    words: "too many new keys and wallets come here",
  });
}

function urlOf(server: FastifyInstance): string {
  const { address, port, family } = server.server.address() as AddressInfo;
  const anywhere = address === "0.0.0.0" || address === "::";
  const host = anywhere ? "127.0.0.1" : family === "IPv6" ? `[${address}]` : address;
  return `http://${host}:${port}`;
}

function relayDeps(config: Config, { clock, log }: RouterDeps, { marketRoom, answers }: Rooms): RelayDeps<LiveOffer> {
  const { firstByteMs, idleMs, totalMs } = config;
  const { health } = marketRoom.market;
  return {
    clock,
    log: log.child({ room: "providers" }),
    answerBytes: answers,
    deadlines: { firstByteMs, idleMs, totalMs },
    judged: ({ offer }, how, { payerWallet, isShort: isComparable }) =>
      health.judge({ offerId: offer.id, payerWallet, isComparable, ...how }),
    hedgeBudget: createHedgeBudget(),
  };
}

/** The web console; one that is named and not there is a fault that a router does not start with. */
function consoleOf({ consoleDirectory }: Config): ConsoleFiles | undefined {
  const found = openConsole(consoleDirectory);
  if (found === undefined || !("fault" in found)) return found;
  throw new ConfigError([`AIMO_CONSOLE_DIR: ${found.fault}. \`none\` serves no console.`]);
}

function routerInfo(config: Config, { routerId }: Identity): RouterInfo {
  return {
    router_id: routerId,
    name: config.name,
    version: VERSION,
    limits: {
      body_bytes_max: config.bodyBytesMax,
      requests_per_key_max: config.requestsPerKeyMax,
      first_byte_timeout_ms: config.firstByteMs,
      idle_timeout_ms: config.idleMs,
      total_timeout_ms: config.totalMs,
      ...(config.chain !== undefined && { settle_age_ms: config.chain.settleAgeMs }),
    },
    accepts_v1_spending: config.acceptV1Spending,
  };
}

/** What the endpoints of keys, sessions and accounts need. */
function accountDeps(
  { clock, random }: RouterDeps,
  { identity, accounts, newcomers }: ListeningRooms,
  url: () => string,
): Pick<GatewayDeps, keyof AuthRoutesDeps | keyof IssuedKeyRoutesDeps | keyof RevokeDeps | "consoleKeys"> {
  const { keys, issuedKeys, consoleKeys, revocations, sessions } = accounts;
  const authenticate: GatewayDeps["authenticate"] = ({ headers, socket }, purpose) =>
    keys.authenticate(bearerOf(headers), purpose, () => newcomers.enter(socket.remoteAddress));
  return {
    ...createAccountAccess({ sessions, authenticate, url }),
    authenticate,
    identify: async ({ headers, socket }) => {
      const bearer = bearerOf(headers);
      const admit = (): void => newcomers.enter(socket.remoteAddress);
      return bearer === undefined ? undefined : await keys.identify(bearer, admit);
    },
    newcomers,
    clock,
    routerId: identity.routerId,
    issuedKeys,
    consoleKeys,
    revocations,
    sessions,
    challenges: createLoginChallenges({ clock, random, secret: identity.challengeSecret, url }),
    loginBounds: createLoginBounds(clock),
    url,
  };
}

function gatewayDeps(
  config: Config,
  deps: RouterDeps,
  rooms: ListeningRooms,
  url: () => string,
): Omit<GatewayDeps, "console"> {
  const { identity, marketRoom, links, preflights, keyUse, observation, isDraining, connections, moneyPath } = rooms;
  const { clock, random } = deps;
  const { market, prices } = marketRoom;
  const freeSlots = ({ linkId, offer }: LiveOffer): number => links.get(linkId)?.freeSlots(offer.name) ?? 0;
  return {
    ...accountDeps(deps, rooms, url),
    ...rooms.activity,
    random,
    market,
    ...market,
    catalogue: createCatalogue({ clock, ...market, freeSlots }),
    prices,
    links,
    preflights,
    bodyBytesMax: config.bodyBytesMax,
    refusal: ({ raw }) => connections.refusal(raw.socket),
    keyUse,
    billing: rooms.billing,
    rates: config.rates,
    pseudonym: identity.pseudonym,
    isDraining,
    relayDeps: relayDeps(config, deps, rooms),
    observer: observation.observer,
    info: routerInfo(config, identity),
    ...(moneyPath !== undefined && { money: { desk: moneyPath.desk, bounds: createMoneyBounds(deps.clock) } }),
  };
}

function admitDeps({ clock, random, log }: RouterDeps, rooms: ListeningRooms, requestId: () => string): AdmitDeps {
  const { identity, accounts, marketRoom, links, preflights, isDraining, connections, books, newcomers } = rooms;
  const { market, prices } = marketRoom;
  const { book } = market;
  const { keys } = accounts;
  const replays = { log: log.child({ room: "billing" }), ledger: books.ledger };
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
    refusal: (socket) => connections.refusal(socket),
    authenticate: async (authorization, address) => {
      const admit = (): void => newcomers.enter(address);
      const { id, wallet, expiresAtMs } = await keys.authenticate(readBearer(authorization), "serve", admit);
      return { keyId: id, wallet, expiresAtMs };
    },
    isRevoked: ({ keyId, wallet }) => keys.isRevoked({ id: keyId, wallet }),
    linkEvents(link) {
      const selling = { ...link, network: sellerNetwork(link.address) };
      const paced = paceOffers(clock, (offers) => {
        book.replace(selling, offers, clock.now());
        prices.noticed(link.wallet, offers);
      });
      const sellNothing = (): void => {
        paced.close();
        book.remove(link.id);
      };
      return {
        offers: (offers) => paced.announce(offers),
        draining: sellNothing,
        replayed: (end) => chargeReplay(replays, link.wallet, end),
        closed: sellNothing,
      };
    },
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
  const { clock, random, log } = deps;
  let draining = false;
  const files = consoleOf(config); // before anything is open that a fault would have to close
  const url = (): string => config.publicUrl ?? urlOf(server);
  const isDraining = (): boolean => draining;
  const rooms = await buildRooms(config, deps, isDraining, url);
  const { observation } = rooms;
  const requestId = (): string => `req-${uuidV7(clock, random)}`;
  const server = createHttpServer({ log, observer: observation.observer, requestId });
  const connectionBounds = { connectionsMax: config.connectionsMax, perNetworkMax: config.connectionsPerAddressMax };
  const connections = boundConnections(server, connectionBounds, requestId);
  const listening = { ...rooms, connections, newcomers: countNewcomers(clock) };
  const gateway = gatewayDeps(config, deps, listening, url);
  await installGateway(server, { ...gateway, console: files });
  const admit = createAdmission(admitDeps(deps, listening, requestId));
  server.server.on("upgrade", (request, socket, head) => void admit(request, socket, head));

  const operator = fastify({ loggerInstance: frameworkLog(log), logController: quietFramework() });
  installOperatorRoutes(operator, rooms.isDraining, observation.metrics);
  let inspection: Inspection | undefined;
  try {
    inspection = openInspectionRoom(config, deps, rooms, { relayDeps: gateway.relayDeps, requestId });
    await listen(server, { host: config.host, port: config.port, settings: "AIMO_HOST, AIMO_PORT" });
    await listen(operator, {
      host: config.operatorHost,
      port: config.operatorPort,
      settings: "AIMO_OPERATOR_HOST, AIMO_OPERATOR_PORT",
    });
  } catch (error) {
    await inspection?.close();
    await server.close();
    await rooms.close();
    throw error;
  }

  return {
    routerId: rooms.identity.routerId,
    url: url(),
    operatorUrl: urlOf(operator),
    async close() {
      draining = true;
      await Promise.all([drainLinks(clock, rooms.links, config.drainMs), inspection?.close()]);
      await rooms.billing.settled(LAST_CHARGES_MS);
      // Every answer has ended; what is still open are connections that never asked, and last bytes on their way.
      const last = clock.timer(LAST_BYTES_MS, () => server.server.closeAllConnections());
      await Promise.all([server.close(), operator.close()]);
      last.cancel();
      await rooms.close();
    },
  };
}
