// A router for tests: a real WebSocket server that speaks `aimo.v2` and sends what the test says.
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { systemClock } from "@aimo-network/protocol/clock";
import { attemptIdOf, requestUuid } from "@aimo-network/protocol/ids";
import { systemRandom } from "@aimo-network/protocol/random";
import { closeReason } from "@aimo-network/protocol/wire/close-reason";
import type { ConnectionMessage } from "@aimo-network/protocol/wire/endpoint";
import { Endpoint } from "@aimo-network/protocol/wire/endpoint";
import { SUBPROTOCOL } from "@aimo-network/protocol/wire/frame";
import type { End, RequestHead, ResponseHead, Welcome } from "@aimo-network/protocol/wire/messages";
import type { WireStream } from "@aimo-network/protocol/wire/stream";
import type { WebSocket } from "ws";
import { WebSocketServer } from "ws";

type MessageOf<Name extends ConnectionMessage["name"]> = Extract<ConnectionMessage, { name: Name }>["message"];

/** An answer as it comes in; a test that holds credit back reads `received` itself. */
export interface ScriptedAnswer {
  readonly stream: WireStream;
  readonly attemptId: string;
  readonly head: Promise<ResponseHead>;
  readonly received: Buffer[];
  /** Takes what has come, and everything from now on, when nothing was granted so far. */
  read(): void;
  /** Resolves when at least this many body bytes have come. */
  bytes(count: number): Promise<void>;
  /** The End, acknowledged unless the router keeps silent; rejects when the link is lost first. */
  readonly end: Promise<End>;
}

/** One link of a proxy, welcomed. */
export interface ScriptedLink {
  readonly socket: WebSocket;
  readonly endpoint: Endpoint;
  readonly request: IncomingMessage;
  /** The next message of this name that was not taken before. */
  message<Name extends ConnectionMessage["name"]>(name: Name): Promise<MessageOf<Name>>;
  send(body: string, head?: Partial<RequestHead>, options?: { readonly grants?: boolean }): ScriptedAnswer;
  /** Resolves when the proxy has read everything that was sent before. */
  roundTrip(): Promise<void>;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

/** How a scripted router behaves. */
export interface RouterScript {
  readonly routerId?: string;
  readonly welcome?: Partial<Welcome>;
  /** What it says at /.well-known/aimo.json; its `routerId` without it, and nothing at all where this returns undefined. */
  wellKnown?(): { readonly status: number; readonly body: string } | undefined;
  /** Answers the handshake with this instead of taking it. */
  refuse?(): { readonly status: number; readonly body: string } | undefined;
  /** Whether Ends are acknowledged; so by default. */
  readonly acknowledges?: boolean;
  readonly port?: number;
}

/** A scripted router on a free port. */
export interface ScriptedRouter {
  readonly url: string;
  readonly port: number;
  /** Handshakes so far, refused ones too. */
  readonly handshakes: readonly IncomingMessage[];
  /** Plain requests so far: who asked where, and with which headers. */
  readonly asked: readonly IncomingMessage[];
  handshake(): Promise<IncomingMessage>;
  /** The next link that a proxy opened. */
  link(): Promise<ScriptedLink>;
  close(): Promise<void>;
}

/** Hands items to those who wait for them, in order. */
class Mailbox<Item> {
  readonly #items: Item[] = [];
  readonly #takers: ((item: Item) => void)[] = [];

  put(item: Item): void {
    const taker = this.#takers.shift();
    if (taker === undefined) this.#items.push(item);
    else taker(item);
  }

  take(): Promise<Item> {
    const taker = Promise.withResolvers<Item>();
    const item = this.#items.shift();
    if (item === undefined) this.#takers.push(taker.resolve);
    else taker.resolve(item);
    return taker.promise;
  }
}

/** Starts a router. */
export async function startRouter(script: RouterScript = {}): Promise<ScriptedRouter> {
  const links = new Mailbox<ScriptedLink>();
  const handshakes: IncomingMessage[] = [];
  const arrivals = new Mailbox<IncomingMessage>();
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    answerWellKnown(script, request, response);
  });
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, handleProtocols: () => SUBPROTOCOL });
  server.on("upgrade", (request, socket, head) => {
    handshakes.push(request);
    arrivals.put(request);
    const refusal = script.refuse?.();
    if (refusal === undefined) {
      sockets.handleUpgrade(request, socket, head, (upgraded) => links.put(createLink(script, upgraded, request)));
      return;
    }
    const { status, body } = refusal;
    socket.on("error", () => undefined); // the proxy may hang up before it has read everything
    socket.end(
      `HTTP/1.1 ${status} No\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
    );
  });
  server.listen(script.port ?? 0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    handshakes,
    asked,
    handshake: () => arrivals.take(),
    link: () => links.take(),
    async close() {
      for (const client of sockets.clients) client.terminate();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function answerWellKnown(script: RouterScript, request: IncomingMessage, response: ServerResponse): void {
  const facts = { status: 200, body: JSON.stringify({ router_id: script.routerId ?? "router-1" }) };
  const answer = script.wellKnown === undefined ? facts : script.wellKnown();
  if (answer === undefined) return;
  const isThere = request.url === "/.well-known/aimo.json";
  response.writeHead(isThere ? answer.status : 404).end(isThere ? answer.body : "");
}

function createLink(script: RouterScript, socket: WebSocket, request: IncomingMessage): ScriptedLink {
  const boxes = new Map<string, Mailbox<unknown>>();
  const box = (name: string): Mailbox<unknown> => {
    const known = boxes.get(name) ?? new Mailbox<unknown>();
    boxes.set(name, known);
    return known;
  };
  const adapter = {
    send: (bytes: Uint8Array, flushed?: () => void) => socket.send(bytes, flushed),
    bufferedBytes: () => socket.bufferedAmount,
  };
  const endpoint: Endpoint = new Endpoint("router", adapter, {
    message({ name, message }) {
      if (name === "hello") endpoint.send("welcome", welcomeOf(script));
      if (name === "end-replay" && script.acknowledges !== false) {
        endpoint.send("end-ack", { attempt_id: message.attempt_id, charged: false });
      }
      box(name).put(message);
    },
    violation: (error) => socket.close(1002, closeReason(error.message)),
  });
  socket.on("message", (data: Buffer) => endpoint.receive(data));
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on("close", (code, reason) => {
      endpoint.close(new Error("the link is closed") as never);
      resolve({ code, reason: reason.toString() });
    });
  });
  return {
    socket,
    endpoint,
    request,
    closed,
    async roundTrip() {
      const ponged = once(socket, "pong");
      socket.ping();
      await ponged;
    },
    message: (name) => box(name).take() as Promise<never>,
    send: (body, head, options) =>
      sendRequest(script, endpoint, { body, head: head ?? {}, grants: options?.grants ?? true }),
  };
}

function welcomeOf(script: RouterScript): Welcome {
  return {
    router_id: script.routerId ?? "router-1",
    link_id: "link-1",
    heartbeat_ms: 15_000,
    limits: { streams_max: 4_096, offers_max: 10_000 },
    ...script.welcome,
  };
}

interface RequestPlan {
  readonly body: string;
  readonly head: Partial<RequestHead>;
  readonly grants: boolean;
}

function sendRequest(script: RouterScript, endpoint: Endpoint, { body, head, grants }: RequestPlan): ScriptedAnswer {
  const bytes = Buffer.from(body);
  const id = attemptIdOf(requestUuid(systemClock, systemRandom), 0);
  const received: Buffer[] = [];
  let receivedBytes = 0;
  let isReading = grants;
  const waiters: { count: number; resolve: () => void }[] = [];
  const headed = Promise.withResolvers<ResponseHead>();
  const ended = Promise.withResolvers<End>();
  headed.promise.catch(() => undefined); // a test that only looks at the End
  ended.promise.catch(() => undefined);
  const stream: WireStream = endpoint.open(
    {
      attempt_id: id,
      endpoint: "/chat/completions",
      model: "demo",
      headers: {},
      content_length: bytes.length,
      deadline_ms: 600_000,
      stream: false,
      payer: "payer-1",
      ...head,
    },
    {
      responseHead: (answer) => headed.resolve(answer),
      responseBody(chunk) {
        received.push(Buffer.from(chunk));
        receivedBytes += chunk.length;
        if (isReading) stream.grant(chunk.length);
        for (const waiter of waiters) if (waiter.count <= receivedBytes) waiter.resolve();
      },
      responseEnd(end) {
        if (script.acknowledges !== false) stream.acknowledge({ attempt_id: id, charged: true });
        ended.resolve(end);
        headed.reject(new Error("the answer ended without a head"));
      },
      lost(error) {
        ended.reject(error);
        headed.reject(error);
      },
    },
  );
  stream.sendRequest([bytes]);
  return {
    stream,
    attemptId: id,
    head: headed.promise,
    received,
    end: ended.promise,
    read() {
      if (isReading) return; // what came was granted when it came
      isReading = true;
      stream.grant(receivedBytes);
    },
    bytes(count) {
      return new Promise((resolve) => {
        if (receivedBytes >= count) resolve();
        else waiters.push({ count, resolve });
      });
    },
  };
}
