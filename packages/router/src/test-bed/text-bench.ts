// First-generation links under test: real WebSockets, a manual clock, and a peer that sends what it likes.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { ManualClock } from "@aimo-network/protocol/clock";
import { manualClock } from "@aimo-network/protocol/clock";
import { pino } from "pino";
import type { ClientOptions } from "ws";
import { WebSocket, WebSocketServer } from "ws";
import { FIRST_GENERATION_MESSAGE_BYTES_MAX, FIRST_GENERATION_WAITING_BYTES_TOTAL_MAX } from "../limits.ts";
import type { ByteBudget } from "../providers/byte-budget.ts";
import { createByteBudget } from "../providers/byte-budget.ts";
import { openFirstGeneration } from "../providers/first-generation-door.ts";
import type { FirstGenerationLink } from "../providers/first-generation-link.ts";
import type { Preflight } from "../providers/preflight.ts";
import type { Preflights } from "../providers/preflights.ts";
import { createPreflights } from "../providers/preflights.ts";
import type { RequestMessage } from "./first-generation-proxy.ts";
import { createPreflightMemory } from "./preflight-memory.ts";
import { plainOffer } from "./scripted-provider.ts";

/** The proxy's end of a link, message by message. */
export interface TextPeer {
  readonly socket: WebSocket;
  readonly link: FirstGenerationLink;
  readonly requests: readonly RequestMessage[];
  /** Resolves with `code reason` when the connection has closed. */
  readonly closed: Promise<string>;
  /** Resolves when the router's end has closed too. */
  readonly gone: Promise<unknown>;
  send(message: object | string | Uint8Array): void;
  /** Resolves when the router has read everything sent so far, and this peer all that the router sent meanwhile. */
  settle(): Promise<void>;
}

/** The bench: a door that lets one wallet in. */
export interface TextBench {
  readonly clock: ManualClock;
  readonly preflights: Preflights;
  readonly waitingBytes: ByteBudget;
  readonly incomingBytes: ByteBudget;
  /** What links told their owner: `offers a,b`, `draining`, `closed`, in order. */
  readonly told: string[];
  readonly logLines: readonly string[];
  announce(...names: readonly string[]): Promise<void>;
  connect(options?: { keyValidMs?: number; socket?: ClientOptions }): Promise<TextPeer>;
  /** Closes every connection and fails if the router keeps anything of them. */
  leave(): Promise<void>;
  close(): Promise<void>;
}

/** A preflight of models that have the names their offers have. */
function plainPreflight(...names: readonly string[]): Preflight {
  return names.map((name) => ({ name, offer: plainOffer(name) }));
}

/** An answer's message; a whole JSON answer unless told otherwise. */
export function message(requestId: string, more: Readonly<Record<string, unknown>> = {}): object {
  return {
    request_id: requestId,
    status_code: 200,
    content_type: "application/json",
    payload: "{}",
    headers: { "content-type": "application/json" },
    is_stream_chunk: false,
    stream_done: true,
    ...more,
  };
}

/** An event of a stream. */
export function event(requestId: string, payload: string, isLast = false): object {
  const type = "text/event-stream";
  const more = { content_type: type, headers: { "content-type": type }, is_stream_chunk: true, stream_done: isLast };
  return message(requestId, { payload, ...more });
}

interface MadeLink {
  readonly link: FirstGenerationLink;
  readonly gone: Promise<unknown>;
}

function peerOf(socket: WebSocket, { link, gone }: MadeLink): TextPeer {
  const requests: RequestMessage[] = [];
  socket.on("message", (data: Buffer) => void requests.push(JSON.parse(data.toString()) as RequestMessage));
  socket.on("error", () => undefined);
  return {
    socket,
    link,
    gone,
    requests,
    closed: new Promise(
      (resolve) => void socket.once("close", (code, reason) => resolve(`${code} ${reason.toString()}`)),
    ),
    send: (sent) => socket.send(typeof sent === "string" || sent instanceof Uint8Array ? sent : JSON.stringify(sent)),
    async settle() {
      socket.ping();
      await once(socket, "pong");
    },
  };
}

/** Starts a bench whose wallet has announced `m`. */
export async function startTextBench(incomingBytesMax = 100_000_000): Promise<TextBench> {
  const clock = manualClock();
  const preflights = await createPreflights(createPreflightMemory(), 10);
  const told: string[] = [];
  const logLines: string[] = [];
  const log = pino({ level: "debug" }, { write: (line: string) => void logLines.push(line) });
  const peers: TextPeer[] = [];
  const waitingBytes = createByteBudget(FIRST_GENERATION_WAITING_BYTES_TOTAL_MAX);
  const incomingBytes = createByteBudget(incomingBytesMax);
  const upgrades = new WebSocketServer({ noServer: true, maxPayload: FIRST_GENERATION_MESSAGE_BYTES_MAX });
  const server = createServer();
  let keyValidMs = 0;
  let made: MadeLink | undefined;
  let sequence = 0;
  server.on("upgrade", (request, connection: Socket, head) => {
    void openFirstGeneration({ clock, preflights, waitingBytes, incomingBytes }, "wallet", connection).then((open) =>
      upgrades.handleUpgrade(request, connection, head, (socket) => {
        sequence += 1;
        const keyExpiresAtMs = clock.now() + keyValidMs;
        const peer = { id: `link-${sequence}`, wallet: "wallet", keyId: "key", routerId: "router", keyExpiresAtMs };
        const gone = new Promise((resolve) => void socket.once("close", resolve));
        const link = open(socket, peer, log, {
          offers: (offers) => void told.push(`offers ${offers.map(({ name }) => name).join(",")}`),
          draining: () => void told.push("draining"),
          replayed: () => assert.fail("a first-generation proxy has no Ends to replay"),
          closed: () => void told.push("closed"),
        });
        made = { link, gone };
      }),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await preflights.announce("wallet", plainPreflight("m"));
  const bench: TextBench = {
    clock,
    preflights,
    waitingBytes,
    incomingBytes,
    told,
    logLines,
    announce: (...names) => preflights.announce("wallet", plainPreflight(...names)),
    async connect({ keyValidMs: validMs = 3_600_000, socket: options = {} } = {}) {
      keyValidMs = validMs;
      made = undefined;
      const socket = new WebSocket(`ws://127.0.0.1:${port}/`, { perMessageDeflate: false, ...options });
      await once(socket, "open");
      const peer = peerOf(socket, made ?? assert.fail("the router has no link for this socket"));
      peers.push(peer);
      return peer;
    },
    async leave() {
      for (const { socket, closed, gone } of peers.splice(0)) {
        socket.terminate();
        await Promise.all([closed, gone]);
      }
      assert.equal(clock.waiting, 0, "a closed link leaves no timer");
      assert.equal(waitingBytes.usedBytes, 0, "a closed link leaves no byte of an answer");
      assert.equal(incomingBytes.usedBytes, 0, "a closed link leaves no byte of a message");
      told.length = 0;
      await bench.announce("m");
    },
    async close() {
      for (const { socket } of peers) socket.terminate();
      server.close();
      await once(server, "close");
    },
  };
  return bench;
}
