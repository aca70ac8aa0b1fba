// Calls to model APIs over kept connections: one request up, the answer's bytes back as they come.
import { Readable } from "node:stream";
import { piecesLength } from "@aimo-network/protocol/byte-pieces";
import type { Dispatcher } from "undici";
import { Agent, EnvHttpProxyAgent } from "undici";
import type { Environment } from "../config/reading.ts";
import { isLoopbackHost } from "../config/network-address.ts";
import type { AnswerHeaders } from "../crossing/headers.ts";
import { CONNECT_ABANDONED_MS } from "../limits.ts";

/** Where an endpoint of a model API is. */
export interface UpstreamAddress {
  readonly origin: string;
  /** Path and query. */
  readonly path: string;
  readonly isLoopback: boolean;
}

/** The address of `endpoint` below a model's `apiBase`. */
export function upstreamAddress(apiBase: string, endpoint: string): UpstreamAddress {
  const url = new URL(`${apiBase}${endpoint}`);
  return { origin: url.origin, path: `${url.pathname}${url.search}`, isLoopback: isLoopbackHost(url.hostname) };
}

/** What the owner of a call is told; after `abort` nothing any more, after `ended` or `failed` nothing either. */
export interface UpstreamEvents {
  /** The connection stands, TLS included, and the request goes out. */
  connected(): void;
  responded(status: number, headers: AnswerHeaders): void;
  received(chunk: Uint8Array): void;
  ended(): void;
  failed(error: Error): void;
}

/** One request to a model API. */
export interface UpstreamRequest {
  readonly address: UpstreamAddress;
  /** Names and values in turn. */
  readonly headers: string[];
  /** The body in pieces: a large one is never copied together. */
  readonly body: readonly Uint8Array[];
}

const TOLD_AT_ONCE_BYTES = 16 * 1024; // copying more together would cost more than it saves, and a pause come late

/** A call that is under way. */
export interface UpstreamCall {
  /** Ends the call at once; the upstream sees its connection close. */
  abort(): void;
  /** Reads no more of the answer until `resume`; what is on its way may still arrive. */
  pause(): void;
  resume(): void;
}

/**
 * A call and its answer. The library gives an answer in the pieces that HTTP cut it into, of which one reading of the
 * socket often brings several: those are told as one, since each piece has its price on the whole way to the client.
 */
class DispatchedCall implements UpstreamCall, Dispatcher.DispatchHandler {
  readonly #events: UpstreamEvents;
  #controller: Dispatcher.DispatchController | undefined;
  /** Pieces of the present reading that have not been told. */
  #pieces: Buffer[] = [];
  #piecesBytes = 0;
  #over = false;

  constructor(events: UpstreamEvents) {
    this.#events = events;
  }

  abort(): void {
    if (this.#over) return;
    this.#over = true;
    this.#controller?.abort(new Error("the call is no longer wanted"));
  }

  pause(): void {
    this.#controller?.pause();
  }

  resume(): void {
    this.#controller?.resume();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // Aborted while it waited for its connection: only now there is something to abort.
    if (this.#over) controller.abort(new Error("the call is no longer wanted"));
    else this.#events.connected();
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: AnswerHeaders): void {
    if (!this.#over) this.#events.responded(status, headers);
  }

  onResponseData(_controller: Dispatcher.DispatchController, piece: Buffer): void {
    if (this.#over) return;
    // The next tick comes when the library is done with what the socket has read.
    if (this.#pieces.push(piece) === 1) process.nextTick(tellAfterReading, this);
    this.#piecesBytes += piece.length;
    if (this.#piecesBytes >= TOLD_AT_ONCE_BYTES) this.tell();
  }

  onResponseEnd(): void {
    this.tell();
    if (this.#over) return;
    this.#over = true;
    this.#events.ended();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.tell();
    if (this.#over) return;
    this.#over = true;
    this.#events.failed(error);
  }

  /** Tells the pieces of the present reading, where there are any. */
  tell(): void {
    const pieces = this.#pieces;
    const [only] = pieces;
    if (this.#over || only === undefined) return;
    this.#pieces = [];
    const received = pieces.length === 1 ? only : Buffer.concat(pieces, this.#piecesBytes);
    this.#piecesBytes = 0;
    this.#events.received(received);
  }

  /** The same once the library is done: what the owner throws fails the call, as the library sees to where it tells itself. */
  tellAfterReading(): void {
    try {
      this.tell();
    } catch (error) {
      this.#controller?.abort(error as Error);
    }
  }
}

function tellAfterReading(call: DispatchedCall): void {
  call.tellAfterReading();
}

/** The connections of a process to its model APIs. */
export interface Upstreams {
  call(request: UpstreamRequest, events: UpstreamEvents): UpstreamCall;
  /** Closes all connections; running calls fail. */
  close(): Promise<void>;
}

// Deadlines are measured by the caller, with the clock it was given; of the library's own only the one that cleans
// up after an abandoned connect is left. HTTP/1.1, because one connection per request is what an abort must close.
const AGENT_OPTIONS: Agent.Options = {
  headersTimeout: 0,
  bodyTimeout: 0,
  connectTimeout: CONNECT_ABANDONED_MS,
  allowH2: false,
};

/** Opens connections as they are needed, through the proxy that the environment names, but never for loopback. */
export function createUpstreams(environment: Environment): Upstreams {
  const direct = new Agent(AGENT_OPTIONS);
  const routed = proxied(environment) ?? direct;
  return {
    call({ address, headers, body }, events) {
      const call = new DispatchedCall(events);
      const dispatcher = address.isLoopback ? direct : routed;
      const { origin, path } = address;
      dispatcher.dispatch({ origin, path, method: "POST", ...sendable(headers, body) }, call);
      return call;
    },
    async close() {
      await Promise.all([direct.destroy(), routed === direct ? undefined : routed.destroy()]);
    },
  };
}

/** A body as the library takes it: one piece as it is, several one after the other as the upstream reads them. */
function sendable(headers: string[], body: readonly Uint8Array[]): { headers: string[]; body: Uint8Array | Readable } {
  const [only] = body;
  if (only !== undefined && body.length === 1) return { headers, body: only };
  return { headers: [...headers, "content-length", String(piecesLength(body))], body: Readable.from(body) };
}

function proxied(environment: Environment): Dispatcher | undefined {
  const httpProxy = environment["http_proxy"] ?? environment["HTTP_PROXY"] ?? "";
  const httpsProxy = environment["https_proxy"] ?? environment["HTTPS_PROXY"] ?? "";
  const noProxy = environment["no_proxy"] ?? environment["NO_PROXY"] ?? "";
  if (httpProxy === "" && httpsProxy === "") return undefined;
  // What is not encrypted is handed to the proxy as it is: many let CONNECT through to port 443 alone.
  return new EnvHttpProxyAgent({ ...AGENT_OPTIONS, httpProxy, httpsProxy, noProxy, proxyTunnel: false });
}
