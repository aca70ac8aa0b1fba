// The HTTP server below the clients' door: what it reads, how long it waits, and what broken requests are answered.
import fastify, { LogController } from "fastify";
import type { FastifyInstance } from "fastify";
import { AimoError } from "@aimo-network/protocol/errors";
import type { Logger } from "pino";
import {
  ANSWER_WAITING_BYTES_MAX,
  CONNECTIONS_SURPLUS_MAX,
  HEADER_BYTES_MAX,
  SMALL_BODY_BYTES_MAX,
} from "../limits.ts";
import { refuseSocket } from "../providers/refuse-socket.ts";
import type { ConnectionBounds, Connections } from "./connections.ts";
import { countConnections } from "./connections.ts";
import { brokenRequest, refuseUrl } from "./error-reply.ts";
import { frameworkLog } from "./framework-log.ts";
import { HTTP_TIMINGS, timingOptions } from "./http-timings.ts";
import { remoteNetwork } from "./remote-network.ts";
import type { RequestObserver } from "./request-watch.ts";

/** What a server needs of its router. */
export interface ServerDeps {
  readonly log: Logger;
  readonly observer: RequestObserver;
  requestId(): string;
}

/** No line per request: what happened to a request is metered, and its URL may hold what nobody should log. */
export function quietFramework(): LogController {
  return new LogController({ disableRequestLogging: true });
}

/** Creates the server, without endpoints. */
export function createHttpServer({ log, observer, requestId }: ServerDeps): FastifyInstance {
  const timings = timingOptions(HTTP_TIMINGS);
  const server: FastifyInstance = fastify({
    loggerInstance: frameworkLog(log),
    logController: quietFramework(),
    genReqId: requestId,
    requestIdHeader: false, // an id of the client's choosing would end up in our logs
    bodyLimit: SMALL_BODY_BYTES_MAX,
    ...timings.options,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 200 },
    forceCloseConnections: "idle",
    return503OnClosing: false, // our own refusal of a draining router has the body that clients can read
    frameworkErrors: refuseUrl(observer),
    clientErrorHandler: (thrown, socket) => {
      const error = brokenRequest(thrown.code);
      const id = requestId();
      observer.refused(id, "other", error);
      refuseSocket(socket, error, id);
    },
    http: {
      maxHeaderSize: HEADER_BYTES_MAX,
      highWaterMark: ANSWER_WAITING_BYTES_MAX,
      ...timings.http,
      requireHostHeader: false, // nothing here depends on it, and the refusal would be an empty one
      // Clients that offer HTTP/2 with every request are answered as if they had not.
      shouldUpgradeCallback: (request) => request.headers.upgrade?.toLowerCase() === "websocket",
    },
  });
  refuseExpectations(server, observer, requestId);
  return server;
}

/** Bounds the connections of a server. */
export function boundConnections(
  { server }: FastifyInstance,
  bounds: Pick<ConnectionBounds, "connectionsMax" | "perNetworkMax">,
  requestId: () => string,
): Connections {
  return countConnections(
    server,
    { ...bounds, surplusMax: CONNECTIONS_SURPLUS_MAX, network: remoteNetwork },
    (socket, error) => refuseSocket(socket, error, requestId()),
  );
}

/** Refuses what a client may expect beside 100-continue; Node would refuse it with an empty answer. */
function refuseExpectations(server: FastifyInstance, observer: RequestObserver, requestId: () => string): void {
  server.server.on("checkExpectation", (request) => {
    const found = (request.headers.expect ?? "").slice(0, 60);
    const error = new AimoError("invalid_request", { expected: "`Expect: 100-continue` or none", found });
    const id = requestId();
    observer.refused(id, "other", error);
    refuseSocket(request.socket, error, id);
  });
}
