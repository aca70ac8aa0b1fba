// The demo model: an OpenAI-compatible server without a model behind it, for first steps and for tests.

import { once } from "node:events";
import { createServer, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { type Clock, systemClock } from "@aimo-network/protocol/clock";
import { isAimoError } from "@aimo-network/protocol/errors";

import { type CallLog, createCallLog } from "./call-log.ts";
import { createCallsEndpoint } from "./calls-endpoint.ts";
import { createChatEndpoint } from "./chat-endpoint.ts";
import { KEEP_ALIVE_MS } from "./limits.ts";
import { createModelsEndpoint } from "./models-endpoint.ts";
import { type Refusal, refusalOf, sendRefusal, unknownUrl, WRONG_HOST } from "./refusal.ts";

/** How a demo model runs. */
export interface DemoModelOptions {
  readonly clock?: Clock;
  /** The bearer that calls under `/v1` must carry; without one any or none will do. */
  readonly apiKey?: string;
  /** Milliseconds between the events of every stream; 0 unless said. */
  readonly chunkDelayMs?: number;
  /** Further model names to answer to, such as `gpt-4o`, as `demo` is answered. */
  readonly models?: readonly string[];
}

/** A demo model: its calls can be watched while it runs. */
export interface DemoModel {
  /** Listens on 127.0.0.1 and gives the port: `port` itself, or a free one for 0. */
  listen(port: number): Promise<number>;
  /** Stops listening and drops every connection. */
  close(): Promise<void>;
  readonly calls: CallLog;
}

const LOOPBACK_HOST = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/;

type Endpoint = (request: IncomingMessage, reply: ServerResponse) => Promise<void> | void;

function findEndpoint(request: IncomingMessage, chat: Endpoint, models: Endpoint, watch: Endpoint): Endpoint | Refusal {
  const { method = "GET", url = "/" } = request;
  const [path = "/"] = url.split("?", 1);
  if (method === "POST" && path === "/v1/chat/completions") return chat;
  if (method === "GET" && (path === "/v1/models" || path.startsWith("/v1/models/"))) return models;
  if (method !== "GET" || (path !== "/demo/calls" && path !== "/demo/calls/next")) return unknownUrl(method, path);
  // A page in a browser can reach loopback under a name of its own; it must not read other callers' headers.
  return LOOPBACK_HOST.test(request.headers.host ?? "") ? watch : WRONG_HOST;
}

async function answer(request: IncomingMessage, reply: ServerResponse, found: Endpoint | Refusal): Promise<void> {
  const recipient = {
    reply,
    begin: (status: number, headers: OutgoingHttpHeaders) => void reply.writeHead(status, headers),
  };
  try {
    if (typeof found === "function") await found(request, reply);
    else sendRefusal(recipient, found);
  } catch (error) {
    if (!isAimoError(error)) throw error;
    sendRefusal(recipient, refusalOf(error));
  }
}

/** Creates a demo model that does not listen yet. */
export function createDemoModel({
  clock = systemClock,
  apiKey,
  chunkDelayMs = 0,
  models = [],
}: DemoModelOptions = {}): DemoModel {
  const calls = createCallLog(clock);
  const chat = createChatEndpoint(clock, calls, { apiKey, chunkDelayMs, models: new Set(models) });
  const list = createModelsEndpoint(clock, { apiKey, models });
  const watch = createCallsEndpoint(calls);
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, reply) => {
    void answer(request, reply, findEndpoint(request, chat, list, watch));
  });
  return {
    calls,
    async listen(port) {
      server.listen(port, "127.0.0.1");
      await once(server, "listening");
      return (server.address() as AddressInfo).port;
    },
    async close() {
      if (!server.listening) return;
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
