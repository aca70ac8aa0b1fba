// A provider link under test: a real WebSocket to an admission with a manual clock, and a peer that sends what it likes.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setImmediate } from "node:timers/promises";
import type { AimoError } from "@aimo-network/protocol/errors";
import type { ManualClock } from "@aimo-network/protocol/clock";
import { manualClock } from "@aimo-network/protocol/clock";
import { systemRandom } from "@aimo-network/protocol/random";
import { splitMessage } from "@aimo-network/protocol/wire/batch";
import type { FrameName } from "@aimo-network/protocol/wire/frame";
import { decodeFrame, encodeFrame, SUBPROTOCOL } from "@aimo-network/protocol/wire/frame";
import type { MessageName, Messages } from "@aimo-network/protocol/wire/messages";
import { encodeMessage } from "@aimo-network/protocol/wire/messages";
import type { Offer } from "@aimo-network/protocol/wire/offer";
import { pino } from "pino";
import type { ClientOptions } from "ws";
import { WebSocket } from "ws";
import { createAdmission } from "../providers/admit.ts";
import { createByteBudget } from "../providers/byte-budget.ts";
import type { Links } from "../providers/links.ts";
import { createLinks } from "../providers/links.ts";
import { createPreflights } from "../providers/preflights.ts";
import type { LinkAttempt, ProviderLink } from "../providers/provider-link.ts";
import { createPreflightMemory } from "./preflight-memory.ts";
import { plainOffer } from "./scripted-provider.ts";

/** A frame as the peer read it; `message` is its JSON, undefined for frames of bytes. */
export interface ReadFrame {
  readonly name: FrameName;
  readonly streamId: number;
  readonly message: unknown;
}

/** The proxy's end of a link, frame by frame. */
export interface RawPeer {
  readonly socket: WebSocket;
  /** The router's end. */
  readonly link: ProviderLink;
  readonly frames: readonly ReadFrame[];
  /** Resolves with `code reason` when the connection has closed. */
  readonly closed: Promise<string>;
  send<Name extends MessageName>(name: Name, message: Messages[Name], streamId?: number): void;
  sendBytes(name: FrameName, streamId: number, bytes?: Uint8Array): void;
  /** Resolves when the router has read everything sent so far, and this peer all that the router sent meanwhile. */
  settle(): Promise<void>;
  /** Resolves with the first frame of this name, as soon as it has come. */
  frame(name: FrameName): Promise<ReadFrame>;
}

/** The bench: an admission that lets everybody in. */
export interface LinkBench {
  readonly clock: ManualClock;
  readonly links: Links;
  /** What links told their owner: `offers a,b`, `draining`, `replayed`, `closed`, in order. */
  readonly told: string[];
  readonly logLines: readonly string[];
  /** Called when a link has told all its offers. */
  offered: (link: ProviderLink | undefined) => void;
  /** What becomes of a replayed End. */
  replayed: (end: Messages["end-replay"]) => Promise<boolean>;
  /** What whoever connects now is answered instead of being let in. */
  refusal: AimoError | undefined;
  /** What admission is told of the key of a link that has just been opened. */
  isKeyRevoked: boolean;
  connect(options?: { keyValidMs?: number; socket?: ClientOptions }): Promise<RawPeer>;
  /** A peer that has said hello and sells `offers`, `m` when nothing is said. */
  join(offers?: readonly Offer[], maxConcurrency?: number, keyValidMs?: number): Promise<RawPeer>;
  /** Closes a peer's connection and fails if the router keeps anything of it. */
  leave(peer: RawPeer): Promise<void>;
  close(): Promise<void>;
}

const BYTES_ONLY: ReadonlySet<FrameName> = new Set(["request-body", "request-end", "response-body", "credit"]);

function readFrame(bytes: Uint8Array): ReadFrame {
  const { name, streamId, payload } = decodeFrame(bytes, "router");
  return {
    name,
    streamId,
    message: BYTES_ONLY.has(name) ? undefined : (JSON.parse(Buffer.from(payload).toString()) as unknown),
  };
}

function peerOf(socket: WebSocket, link: ProviderLink): RawPeer {
  const frames: ReadFrame[] = [];
  const awaited: { name: FrameName; resolve: (frame: ReadFrame) => void }[] = [];
  socket.on("message", (data: Buffer) => {
    for (const frame of splitMessage(data).map(readFrame)) {
      frames.push(frame);
      for (const { name, resolve } of awaited) if (name === frame.name) resolve(frame);
    }
  });
  socket.on("error", () => undefined);
  return {
    socket,
    link,
    frames,
    closed: new Promise(
      (resolve) => void socket.once("close", (code, reason) => resolve(`${code} ${reason.toString()}`)),
    ),
    send: (name, message, streamId = 0) => socket.send(encodeFrame(name, streamId, encodeMessage(name, message))),
    sendBytes: (name, streamId, bytes) => socket.send(encodeFrame(name, streamId, bytes)),
    async settle() {
      socket.ping();
      await once(socket, "pong");
    },
    frame: (name) =>
      new Promise((resolve) => {
        const come = frames.find((frame) => frame.name === name);
        if (come === undefined) awaited.push({ name, resolve });
        else resolve(come);
      }),
  };
}

/** Starts a bench. */
export async function startLinkBench(): Promise<LinkBench> {
  const clock = manualClock();
  const links = createLinks();
  const told: string[] = [];
  const logLines: string[] = [];
  const peers: RawPeer[] = [];
  let keyExpiresAtMs = 0;
  const server = createServer();
  const admit = createAdmission({
    clock,
    random: systemRandom,
    log: pino({ level: "debug" }, { write: (line: string) => void logLines.push(line) }),
    links,
    preflights: await createPreflights(createPreflightMemory(), 1),
    waitingBytes: createByteBudget(0),
    incomingBytes: createByteBudget(0),
    routerId: "router",
    requestId: () => "req-1",
    isOpen: () => true,
    refusal: () => bench.refusal,
    isRevoked: () => bench.isKeyRevoked,
    authenticate: () => Promise.resolve({ keyId: "key", wallet: "wallet", expiresAtMs: keyExpiresAtMs }),
    linkEvents: ({ id }) => ({
      offers(offers) {
        told.push(`offers ${offers.map(({ name }) => name).join(",")}`);
        bench.offered(links.get(id));
      },
      draining: () => void told.push("draining"),
      replayed(end) {
        told.push(`replayed ${end.attempt_id}`);
        return bench.replayed(end);
      },
      closed: () => void told.push("closed"),
    }),
  });
  server.on("upgrade", (request, socket, head) => void admit(request, socket, head));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const bench: LinkBench = {
    clock,
    links,
    told,
    logLines,
    offered: () => undefined,
    replayed: () => Promise.resolve(false),
    refusal: undefined,
    isKeyRevoked: false,
    async connect({ keyValidMs = 3_600_000, socket: options = {} } = {}) {
      keyExpiresAtMs = clock.now() + keyValidMs;
      const known = new Set(links.all());
      const socket = new WebSocket(`ws://127.0.0.1:${port}/api/v1/providers/subscribe`, SUBPROTOCOL, options);
      await once(socket, "open");
      const link = [...links.all()].find((candidate) => !known.has(candidate));
      if (link === undefined) throw new Error("the router has no link for this socket");
      const peer = peerOf(socket, link);
      peers.push(peer);
      return peer;
    },
    async join(offers = [plainOffer("m")], maxConcurrency = 4, keyValidMs = 3_600_000) {
      const peer = await bench.connect({ keyValidMs });
      peer.send("hello", hello(maxConcurrency));
      peer.send("offers", { offers: [...offers], more: false });
      await peer.settle();
      return peer;
    },
    async leave({ socket, closed }) {
      socket.terminate();
      await closed;
      while (links.count > 0) await setImmediate();
      assert.equal(clock.waiting, 0, "a closed link leaves no timer");
      told.length = 0;
    },
    async close() {
      for (const { socket, closed } of peers) {
        socket.terminate();
        await closed;
      }
      server.close();
      await once(server, "close");
    },
  };
  return bench;
}

/** What an attempt on the link was told. */
export interface OpenedAttempt {
  readonly attempt: LinkAttempt;
  readonly told: string[];
}

let sequence = 0;

/** Opens an attempt on a peer's link. */
export function openAttempt({ link }: Pick<RawPeer, "link">, offerName = "m", body = "body"): OpenedAttempt {
  const told: string[] = [];
  sequence += 1;
  const attempt = link.open(
    {
      attemptId: currentAttemptId(),
      endpoint: "/chat/completions",
      offerName,
      headers: { accept: "*/*" },
      body: [Buffer.from(body)],
      deadlineMs: 59_999.6,
      stream: true,
      payer: "payer",
    },
    {
      head: ({ status }) => void told.push(`head ${status}`),
      body: (bytes) => void told.push(`body ${Buffer.from(bytes).toString()}`),
      end: (end) => void told.push(`end ${end.attempt_id}`),
      lost: (error) => void told.push(`lost ${error.code}`),
    },
  );
  return { attempt, told };
}

/** The id of the attempt that was opened last. */
export function currentAttemptId(): string {
  return sequence.toString(16).padStart(32, "0");
}

/** The hello of a proxy that takes four requests at once, unless told otherwise. */
export function hello(maxConcurrency = 4): Messages["hello"] {
  return { software: "raw", version: "0", max_concurrency: maxConcurrency };
}

/** An End of the attempt, with nothing in it. */
export function emptyEnd(attemptId: string, more: Partial<Messages["response-end"]> = {}): Messages["response-end"] {
  return {
    attempt_id: attemptId,
    usage: null,
    finish_reason: null,
    body_bytes: 0,
    body_sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    upstream_ms: 0,
    first_byte_ms: null,
    cancelled: false,
    ...more,
  };
}
