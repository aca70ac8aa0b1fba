// The providers' door: checks the key before the WebSocket upgrade, then hands the socket to a link.
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { hex } from "@scure/base";
import type { Clock } from "@aimo-network/protocol/clock";
import { AimoError, isAimoError } from "@aimo-network/protocol/errors";
import type { Random } from "@aimo-network/protocol/random";
import { FRAME_BYTES_MAX, SUBPROTOCOL } from "@aimo-network/protocol/wire/frame";
import type { Logger } from "pino";
import type { WebSocket } from "ws";
import { WebSocketServer } from "ws";
import {
  FIRST_GENERATION_MESSAGE_BYTES_MAX,
  LINK_CLOSE_TIMEOUT_MS,
  LINKS_MAX,
  LINKS_PER_WALLET_MAX,
} from "../limits.ts";
import type { FirstGenerationDeps } from "./first-generation-door.ts";
import { openFirstGeneration } from "./first-generation-door.ts";
import type { LinkEvents, LinkPeer } from "./link.ts";
import { Link } from "./link.ts";
import type { Links } from "./links.ts";
import type { ProviderLink } from "./provider-link.ts";
import { refuseSocket } from "./refuse-socket.ts";

/** The wallet behind a provider's key. */
export interface AdmittedKey {
  readonly keyId: string;
  readonly wallet: string;
  readonly expiresAtMs: number;
}

/** What admission needs of the rest of the router. */
export interface AdmitDeps extends FirstGenerationDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly links: Links;
  readonly routerId: string;
  requestId(): string;
  /** Verifies a bearer and its scope; throws the error that the provider, who comes from `address`, is answered. */
  authenticate(authorization: string | undefined, address: string | undefined): Promise<AdmittedKey>;
  /** Whether the key was revoked since it was verified. */
  isRevoked(key: AdmittedKey): boolean;
  /** What is done with the offers and Ends of a link that comes from `address`. */
  linkEvents(link: { id: string; wallet: string; address: string | undefined }): LinkEvents;
  /** Whether this router still takes links. */
  isOpen(): boolean;
  /** What to answer where the peer's address has all the connections it may have; undefined for all others. */
  refusal(socket: Duplex): AimoError | undefined;
}

/** The paths under which providers connect. */
const SUBSCRIBE_PATHS: readonly string[] = ["/api/v1/providers/subscribe", "/v1/providers/subscribe"];

function checkRoom(deps: AdmitDeps, key: AdmittedKey): void {
  if (!deps.isOpen()) throw new AimoError("draining", {});
  if (deps.links.count >= LINKS_MAX)
    throw new AimoError("overloaded", { what: "this router has all the links it can hold" });
  if (deps.links.countOf(key.wallet) >= LINKS_PER_WALLET_MAX) {
    throw new AimoError("overloaded", { what: `a wallet has at most ${LINKS_PER_WALLET_MAX} links here` });
  }
}

function checkPath({ url = "/" }: IncomingMessage): void {
  const path = (url.split("?", 1)[0] ?? "").replace(/\/$/, "");
  if (!SUBSCRIBE_PATHS.includes(path)) throw new AimoError("not_found", { method: "GET", path: path.slice(0, 200) });
}

/** Makes the link of an upgraded connection. */
type OpenLink = (socket: WebSocket, peer: LinkPeer, log: Logger, events: LinkEvents) => ProviderLink;

function createUpgrades(deps: AdmitDeps, maxPayload: number): WebSocketServer {
  const options = {
    noServer: true,
    perMessageDeflate: false, // tokens are small and already behind TLS: compressing them costs more than it saves
    maxPayload,
    handleProtocols: () => SUBPROTOCOL,
    clientTracking: false,
    closeTimeout: LINK_CLOSE_TIMEOUT_MS,
  };
  const server = new WebSocketServer(options); // not written in place: the library's types lack closeTimeout
  server.on("wsClientError", ({ message }, socket) => {
    const expected = "a WebSocket handshake as RFC 6455 says";
    refuseSocket(socket, new AimoError("invalid_request", { expected, found: message }), deps.requestId());
  });
  return server;
}

/** Which dialect a peer speaks: the subprotocol it offers, or the first generation's where it offers none. */
function isFirstGeneration({ headers }: IncomingMessage): boolean {
  const offered = headers["sec-websocket-protocol"];
  if (offered === undefined) return true;
  if (offered.split(",").some((name) => name.trim() === SUBPROTOCOL)) return false;
  const expected = `the WebSocket subprotocol ${SUBPROTOCOL}, or none as first-generation proxies do`;
  throw new AimoError("invalid_request", { expected, found: offered.slice(0, 200) });
}

/** Creates the listener for a server's `upgrade` event. */
export function createAdmission(
  deps: AdmitDeps,
): (request: IncomingMessage, socket: Duplex, head: Buffer) => Promise<void> {
  const frames = createUpgrades(deps, FRAME_BYTES_MAX);
  const texts = createUpgrades(deps, FIRST_GENERATION_MESSAGE_BYTES_MAX);
  const openFrames: OpenLink = (socket, peer, log, events) => new Link(deps.clock, log, socket, peer, events);

  const accept = (socket: WebSocket, key: AdmittedKey, open: OpenLink, address: string | undefined): void => {
    const id = hex.encode(deps.random.bytes(8));
    const { wallet, keyId, expiresAtMs } = key;
    const peer = { id, wallet, keyId, routerId: deps.routerId, keyExpiresAtMs: expiresAtMs };
    const events = deps.linkEvents({ id, wallet, address });
    const log = deps.log.child({ linkId: id });
    const link = open(socket, peer, log, {
      ...events,
      closed() {
        deps.links.remove(id);
        log.info({ wallet: key.wallet }, "provider disconnected");
        events.closed();
      },
    });
    deps.links.add(link);
    if (deps.isRevoked(key)) link.endKey("revoked"); // while this link was on its way, those that stood were ended
    log.info({ wallet: key.wallet, keyId: key.keyId }, "provider connected");
  };

  return async (request, socket, head) => {
    const ignore = (): void => undefined; // a peer that resets before it is admitted has lost nothing
    socket.on("error", ignore);
    try {
      checkPath(request);
      const refusal = deps.refusal(socket);
      if (refusal !== undefined) throw refusal;
      const address = request.socket.remoteAddress; // now: of a connection that has gone nobody knows it
      const key = await deps.authenticate(request.headers.authorization, address);
      const isOld = isFirstGeneration(request);
      const open = isOld ? await openFirstGeneration(deps, key.wallet, socket) : openFrames;
      checkRoom(deps, key);
      (isOld ? texts : frames).handleUpgrade(request, socket, head, (upgraded) => {
        socket.off("error", ignore);
        accept(upgraded, key, open, address);
      });
    } catch (error) {
      const requestId = deps.requestId();
      if (!isAimoError(error)) deps.log.error({ error, requestId }, "admission broke");
      else deps.log.info({ requestId, code: error.code, status: error.status }, "provider refused");
      refuseSocket(socket, isAimoError(error) ? error : new AimoError("internal", {}), requestId);
    }
  };
}
