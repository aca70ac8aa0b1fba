// A provider for tests: a real WebSocket that speaks `aimo.v2` and answers as the test says.
import { createHash } from "node:crypto";
import { once } from "node:events";
import { closeReason } from "@aimo-network/protocol/wire/close-reason";
import { Endpoint } from "@aimo-network/protocol/wire/endpoint";
import type { ConnectionMessage } from "@aimo-network/protocol/wire/endpoint";
import { SUBPROTOCOL } from "@aimo-network/protocol/wire/frame";
import type { End, RequestHead } from "@aimo-network/protocol/wire/messages";
import type { LinkSocket } from "@aimo-network/protocol/wire/outbox";
import type { Offer } from "@aimo-network/protocol/wire/offer";
import type { WireStream } from "@aimo-network/protocol/wire/stream";
import { WebSocket } from "ws";

/** One request as the provider got it, and the ways to answer it. */
export interface ScriptedCall {
  readonly head: RequestHead;
  readonly body: string;
  readonly stream: WireStream;
  /** Resolves when the router cancels. */
  readonly cancelled: Promise<string>;
  respond(status: number, headers: Readonly<Record<string, string>>): void;
  write(text: string | Uint8Array): void;
  end(end?: Partial<End>): void;
}

/** A connected scripted provider. */
export interface ScriptedProvider {
  readonly socket: WebSocket;
  readonly endpoint: Endpoint;
  readonly messages: ConnectionMessage[];
  readonly calls: ScriptedCall[];
  /** Announces offers; resolves when the router has read them. */
  offer(offers: readonly Offer[]): Promise<void>;
  close(): Promise<void>;
}

/** An offer with nothing special about it. */
export function plainOffer(name: string, more: Partial<Offer> = {}): Offer {
  return {
    name,
    display_name: name,
    input_modalities: ["text"],
    output_modalities: ["text"],
    capabilities: [],
    endpoints: ["/chat/completions"],
    pricing: { prompt: "1", completion: "2" },
    ...more,
  };
}

function callOf(stream: WireStream, head: RequestHead, body: string, cancelled: Promise<string>): ScriptedCall {
  const hash = createHash("sha256");
  let bodyBytes = 0;
  return {
    head,
    body,
    stream,
    cancelled,
    respond: (status, headers) => stream.sendHead({ status, headers }),
    write(text) {
      const bytes = Buffer.from(text);
      hash.update(bytes);
      bodyBytes += bytes.length;
      stream.sendBody(bytes);
    },
    end: (end) =>
      stream.sendEnd({
        attempt_id: head.attempt_id,
        usage: null,
        finish_reason: null,
        body_bytes: bodyBytes,
        body_sha256: hash.digest("hex"),
        upstream_ms: 1,
        first_byte_ms: 1,
        cancelled: false,
        ...end,
      }),
  };
}

/** Each frame in a write of its own: whatever a router makes of frames that come together, it also makes of these. */
function plainSocket(socket: WebSocket): LinkSocket {
  return {
    bufferedBytes: () => socket.bufferedAmount,
    send(bytes, flushed) {
      if (socket.readyState === socket.OPEN) socket.send(bytes, { binary: true }, () => flushed?.());
    },
  };
}

/** Connects to a router with a provider key; `answer` is called for each whole request. */
export async function connectProvider(
  routerUrl: string,
  key: string,
  answer: (call: ScriptedCall) => void,
  maxConcurrency = 100,
): Promise<ScriptedProvider> {
  const socket = new WebSocket(`${routerUrl.replace(/^http/, "ws")}/api/v1/providers/subscribe`, SUBPROTOCOL, {
    headers: { authorization: `Bearer ${key}` },
  });
  const messages: ConnectionMessage[] = [];
  const calls: ScriptedCall[] = [];
  const endpoint = new Endpoint("proxy", plainSocket(socket), {
    message: (message) => messages.push(message),
    violation: (error) => socket.close(1002, closeReason(error.message)),
    opened(stream, head) {
      const pieces: Uint8Array[] = [];
      const cancelled = Promise.withResolvers<string>();
      return {
        requestBody: (bytes) => {
          pieces.push(bytes);
          stream.grant(bytes.length);
        },
        requestEnd: () => {
          const call = callOf(stream, head, Buffer.concat(pieces).toString(), cancelled.promise);
          calls.push(call);
          answer(call);
        },
        cancelled: (reason) => cancelled.resolve(reason),
        lost: () => cancelled.resolve("lost"),
      };
    },
  });
  socket.on("message", (data: Buffer) => endpoint.receive(data));
  await once(socket, "open");
  endpoint.send("hello", { software: "scripted", version: "0", max_concurrency: maxConcurrency });
  return {
    socket,
    endpoint,
    messages,
    calls,
    async offer(offers) {
      endpoint.send("offers", { offers: [...offers], more: false });
      socket.ping(); // answered in order: after the pong the router has read the offers
      await once(socket, "pong");
    },
    async close() {
      if (socket.readyState === socket.CLOSED) return;
      const closed = once(socket, "close");
      socket.terminate();
      await closed;
    },
  };
}
