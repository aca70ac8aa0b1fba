// Endpoints for tests: two joined by held sockets, or one whose peer is the test; and ears that write down what they hear.
import { assert } from "../assert.ts";
import { AimoError } from "../errors.ts";
import { Endpoint } from "../wire/endpoint.ts";
import type { FrameName, LinkRole } from "../wire/frame.ts";
import { encodeFrame } from "../wire/frame.ts";
import type { End, RequestHead } from "../wire/messages.ts";
import type { StreamEvents, WireStream } from "../wire/stream.ts";
import { HeldSocket } from "./held-socket.ts";
import { MESSAGE_EXAMPLES } from "./message-examples.ts";

/** Why a link is lost, in tests. */
export const LOST = new AimoError("provider_disconnected", { provider: "wallet" });

/** What the owner of one end of a stream heard, in words; bodies are collected aside. */
export class Ear implements StreamEvents {
  readonly heard: string[] = [];
  readonly body: Uint8Array[] = [];
  #hear(words: string): void {
    this.heard.push(words);
  }
  #hearBody(bytes: Uint8Array): void {
    this.body.push(bytes);
    if (this.heard.at(-1) !== "body") this.#hear("body");
  }
  requestBody(bytes: Uint8Array): void {
    this.#hearBody(bytes);
  }
  requestEnd(): void {
    this.#hear("request-end");
  }
  cancelled(reason: string): void {
    this.#hear(`cancelled ${reason}`);
  }
  responseHead({ status }: { status: number }): void {
    this.#hear(`head ${status}`);
  }
  responseBody(bytes: Uint8Array): void {
    this.#hearBody(bytes);
  }
  responseEnd(end: End): void {
    this.#hear(end.cancelled ? "end cancelled" : "end");
  }
  drained(): void {
    this.#hear("drained");
  }
  lost(error: AimoError): void {
    this.#hear(`lost ${error.code}`);
  }
  get bodyBytes(): number {
    return this.body.reduce((sum, bytes) => sum + bytes.length, 0);
  }
}

/** A stream as its proxy sees it. */
export interface Served {
  readonly stream: WireStream;
  readonly ear: Ear;
  readonly head: RequestHead;
}

/** A router's and a proxy's endpoint; what each sends is held until the test lets it arrive. */
export class EndpointPair {
  readonly toProxy = new HeldSocket();
  readonly toRouter = new HeldSocket();
  readonly served: Served[] = [];
  readonly messages: string[] = [];
  readonly violations: string[] = [];
  readonly router: Endpoint;
  readonly proxy: Endpoint;
  /** What the proxy does with a stream at once when it is opened. */
  serve: (served: Served) => void = () => undefined;

  constructor() {
    this.router = new Endpoint("router", this.toProxy, {
      message: ({ name }) => this.messages.push(`router heard ${name}`),
      violation: (error) => this.violations.push(`router: ${error.code}: ${error.message}`),
    });
    this.proxy = new Endpoint("proxy", this.toRouter, {
      message: ({ name }) => this.messages.push(`proxy heard ${name}`),
      opened: (stream, head) => {
        const served = { stream, head, ear: new Ear() };
        this.served.push(served);
        this.serve(served);
        return served.ear;
      },
      violation: (error) => this.violations.push(`proxy: ${error.code}: ${error.message}`),
    });
    this.toProxy.receiver = (bytes) => this.proxy.receive(bytes);
    this.toRouter.receiver = (bytes) => this.router.receive(bytes);
  }

  /** Delivers until nothing is on its way. */
  settle(): void {
    while (this.toProxy.length + this.toRouter.length > 0) {
      this.toProxy.releaseAll();
      this.toRouter.releaseAll();
    }
  }

  /** Opens a stream and sends its whole request. */
  open(body: Uint8Array = new Uint8Array(0)): { stream: WireStream; ear: Ear } {
    const ear = new Ear();
    const stream = this.router.open(MESSAGE_EXAMPLES["request-head"], ear);
    stream.sendRequest([body]);
    return { stream, ear };
  }

  /** Asserts that nobody broke the protocol and that neither end holds a stream or queued bytes. */
  assertIdle(): void {
    assert(this.violations.length === 0, `nobody broke the protocol: ${this.violations.join(", ")}`);
    const left = [this.router.openStreams, this.proxy.openStreams, this.router.lanes, this.proxy.lanes];
    assert(
      left.every((count) => count === 0),
      `streams and lanes of router and proxy are 0: ${left.join(", ")}`,
    );
  }
}

/** An endpoint whose peer is the test itself. */
export interface LoneEndpoint {
  readonly endpoint: Endpoint;
  readonly socket: HeldSocket;
  readonly violations: AimoError[];
  /** The streams that a proxy was told of. */
  readonly served: Served[];
  /** Lets the endpoint receive a frame. */
  hear(name: FrameName, streamId: number, payload?: Uint8Array): void;
}

/** Makes an endpoint whose peer is the test itself. */
export function loneEndpoint(role: LinkRole): LoneEndpoint {
  const socket = new HeldSocket();
  const violations: AimoError[] = [];
  const served: Served[] = [];
  const endpoint = new Endpoint(role, socket, {
    message: () => undefined,
    opened: (stream, head) => {
      const ear = new Ear();
      served.push({ stream, head, ear });
      return ear;
    },
    violation: (error) => violations.push(error),
  });
  return { endpoint, socket, violations, served, hear: (...frame) => endpoint.receive(encodeFrame(...frame)) };
}

/** Bytes that differ from place to place, so that a lost, doubled or swapped one shows. */
export function pattern(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index += 1) bytes[index] = index * 7 + (index >> 8);
  return bytes;
}
