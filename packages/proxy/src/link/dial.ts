// Opens a WebSocket to a router: the address, the key, the proxy of the environment, and what a refusal says.
import type { IncomingMessage } from "node:http";
import type { Clock } from "@aimo-network/protocol/clock";
import { FRAME_PAYLOAD_BYTES_MAX } from "@aimo-network/protocol/limits";
import { SUBPROTOCOL } from "@aimo-network/protocol/wire/frame";
import { WebSocket } from "ws";
import type { RouterTarget } from "../config/proxy-config.ts";
import type { Environment } from "../config/reading.ts";
import { HANDSHAKE_MS, REFUSAL_BYTES_MAX } from "../limits.ts";
import { routerAgent } from "./proxy-agent.ts";

const FRAME_HEADER_BYTES = 5;
const REASON_CHARS_MAX = 1_000; // what a person reads in a log
// A peer that does not answer a close frame must not keep this process from its end. The published types lack the option.
const CLOSING = { closeTimeout: 2_000 };

/** The address where a router takes provider links. */
export function subscribeUrl(routerUrl: string): URL {
  const url = new URL(routerUrl);
  url.protocol = url.protocol === "http:" || url.protocol === "ws:" ? "ws:" : "wss:";
  const base = url.pathname.replace(/\/+$/, "").replace(/\/api\/v1$/, "");
  url.pathname = `${base}/api/v1/providers/subscribe`;
  return url;
}

/**
 * Why a connection is over: the router answered the handshake with an HTTP status, the socket closed, or it was never
 * opened, since a stranger is at the address.
 */
export type LinkEnd =
  | { readonly kind: "stranger"; readonly reason: string }
  | { readonly kind: "refused"; readonly status: number; readonly reason: string }
  | { readonly kind: "closed"; readonly code: number; readonly reason: string };

/** What the owner of a socket is told. */
export interface DialEvents {
  opened(): void;
  received(bytes: Uint8Array): void;
  pinged(): void;
  /** Told once; nothing follows. */
  closed(end: LinkEnd): void;
}

/** Opens a link to a router; `events` hears of everything, also of an address that does not exist. */
export function dial(clock: Clock, environment: Environment, target: RouterTarget, events: DialEvents): WebSocket {
  const url = subscribeUrl(target.url);
  const agent = routerAgent(url, environment);
  const socket = new WebSocket(url, [SUBPROTOCOL], {
    headers: { authorization: `Bearer ${target.apiKey.reveal()}` },
    perMessageDeflate: false, // prompts and answers would share a compressor with what others send
    maxPayload: FRAME_PAYLOAD_BYTES_MAX + FRAME_HEADER_BYTES,
    ...CLOSING,
    ...(agent !== undefined && { agent }),
  });
  let end: LinkEnd | undefined;
  const handshake = clock.timer(HANDSHAKE_MS, () => {
    end ??= { kind: "closed", code: 1006, reason: `no answer within ${HANDSHAKE_MS} ms` };
    socket.terminate();
  });
  socket.on("unexpected-response", (_request, response) => {
    readRefusal(response, (reason) => {
      end ??= { kind: "refused", status: response.statusCode ?? 0, reason };
      socket.terminate();
    });
  });
  socket.on("open", () => {
    handshake.cancel();
    events.opened();
  });
  socket.on("message", (data, isBinary) => {
    if (isBinary) events.received(data as Buffer);
    else socket.close(1003, "aimo.v2 has binary messages only");
  });
  socket.on("ping", () => events.pinged());
  socket.on("error", (error) => {
    end ??= { kind: "closed", code: 1006, reason: error.message };
  });
  socket.on("close", (code, reason) => {
    handshake.cancel();
    events.closed(end ?? { kind: "closed", code, reason: reason.toString() });
  });
  return socket;
}

/** Reads a refusal's body as far as it may go, and tells the message in it. */
function readRefusal(response: IncomingMessage, told: (reason: string) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const tell = (): void => told(refusalMessage(Buffer.concat(chunks).toString()) ?? response.statusMessage ?? "");
  response.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= REFUSAL_BYTES_MAX) chunks.push(chunk);
    else response.destroy();
  });
  response.on("close", tell);
}

function refusalMessage(body: string): string | undefined {
  try {
    const value = JSON.parse(body) as { error?: { message?: unknown } | null } | null;
    const message = value?.error?.message;
    return typeof message === "string" ? message.slice(0, REASON_CHARS_MAX) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined; // a web page of something that is no router
    throw error;
  }
}
