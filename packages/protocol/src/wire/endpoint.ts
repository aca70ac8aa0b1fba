// One end of a provider link: frames in, frames out, every stream held to the one state table and its credit.
import { assert } from "../assert.ts";
import { AimoError, isAimoError } from "../errors.ts";
import { REQUEST_CREDIT_BYTES, RESPONSE_CREDIT_BYTES, STREAM_ID_MAX, STREAMS_PER_LINK_MAX } from "../limits.ts";
import { splitMessage } from "./batch.ts";
import type { Frame, LinkRole } from "./frame.ts";
import { decodeCredit, decodeFrame } from "./frame.ts";
import type { MessageName, Messages, RequestHead } from "./messages.ts";
import { decodeMessage, encodeMessageFrame } from "./messages.ts";
import type { LinkSocket } from "./outbox.ts";
import { Outbox } from "./outbox.ts";
import type { StreamEvents, StreamLink } from "./stream.ts";
import { WireStream } from "./stream.ts";

/** The messages of stream 0, and acknowledgements, which name their attempt themselves. */
export type ConnectionMessage = {
  [Name in MessageName]: { readonly name: Name; readonly message: Messages[Name] };
}["hello" | "welcome" | "offers" | "drain" | "notice" | "end-ack" | "end-replay"];

/** What the owner of an endpoint is told. */
export interface EndpointEvents {
  message(message: ConnectionMessage): void;
  /** A router opened a stream; only a proxy is told. Returns who listens to the stream. */
  opened?(stream: WireStream, head: RequestHead): StreamEvents;
  /** The peer broke the protocol: close the connection with 1002. Told once; nothing the peer sends later is read. */
  violation(error: AimoError): void;
}

interface OpenStream {
  readonly stream: WireStream;
  events: StreamEvents;
}

/** One end of a link over a socket that the owner keeps. */
export class Endpoint {
  readonly #role: LinkRole;
  readonly #events: EndpointEvents;
  readonly #outbox: Outbox;
  readonly #streams = new Map<number, OpenStream>();
  /** What all streams send by and end at. */
  readonly #link: StreamLink = {
    sendControl: (frame) => this.#sendControl(frame),
    ended: (streamId) => this.#streams.delete(streamId),
  };
  #lastStreamId = 0;
  #violated = false;
  #closed = false;

  constructor(role: LinkRole, socket: LinkSocket, events: EndpointEvents) {
    this.#role = role;
    this.#events = events;
    this.#outbox = new Outbox(socket, {
      laneDrained: (streamId) => this.#streams.get(streamId)?.events.drained?.(),
      laneEnded: (streamId) => this.#streams.get(streamId)?.stream.laneEnded(),
    });
  }

  /** Streams that have not ended. */
  get openStreams(): number {
    return this.#streams.size;
  }

  /** Streams that still hold queued bytes or an unsent end. */
  get lanes(): number {
    return this.#outbox.lanes;
  }

  /** Body bytes of all streams that wait for credit or for the socket. */
  get queuedBytes(): number {
    return this.#outbox.totalBytes;
  }

  /** Whether this link has used all its stream ids and must drain. */
  get exhausted(): boolean {
    return this.#lastStreamId >= STREAM_ID_MAX;
  }

  /** Sends a message on stream 0. */
  send<Name extends ConnectionMessage["name"]>(name: Name, message: Messages[Name]): void {
    this.#sendControl(encodeMessageFrame(name, 0, message));
  }

  /** Opens the next stream (routers only). */
  open(head: RequestHead, events: StreamEvents): WireStream {
    assert(this.#role === "router" && !this.#closed && !this.exhausted, "only a router opens streams, on a live link");
    const streamId = this.#lastStreamId + 1;
    const frame = encodeMessageFrame("request-head", streamId, head);
    this.#lastStreamId = streamId;
    const { stream } = this.#addStream(streamId, events, "request-body", REQUEST_CREDIT_BYTES);
    this.#sendControl(frame);
    return stream;
  }

  /** Reads one binary message of the peer, a frame or a batch of them; a violation is reported to the owner and never thrown. */
  receive(bytes: Uint8Array): void {
    if (this.#isDeaf()) return;
    const peer = this.#role === "router" ? "proxy" : "router";
    try {
      for (const frame of splitMessage(bytes)) {
        this.#receive(decodeFrame(frame, peer));
        if (this.#isDeaf()) return; // what it was told made its owner give up the link
      }
    } catch (error) {
      this.#violate(error);
    }
  }

  /** Ends every stream with `error`: the connection is gone. */
  close(error: AimoError): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#outbox.close();
    const open = [...this.#streams.values()];
    this.#streams.clear();
    for (const { stream } of open) stream.abandon(); // first all, for an owner may turn to another stream when it is told
    for (const { events } of open) events.lost(error);
  }

  #isDeaf(): boolean {
    return this.#closed || this.#violated;
  }

  #violate(error: unknown): void {
    if (!isAimoError(error)) throw error;
    if (this.#violated) return;
    this.#violated = true;
    this.#events.violation(error);
  }

  #receive(frame: Frame): void {
    if (frame.streamId > this.#lastStreamId && frame.name !== "request-head") {
      throw violation(`stream ${frame.streamId} was never opened`);
    }
    switch (frame.name) {
      case "hello":
      case "welcome":
      case "offers":
      case "drain":
      case "notice":
      case "end-ack":
      case "end-replay": {
        const read = { name: frame.name, message: decodeMessage(frame.name, frame.payload) };
        this.#events.message(read as ConnectionMessage);
        return;
      }
      case "request-head":
        this.#receiveHead(frame);
        return;
      default:
        this.#receiveOnStream(frame);
    }
  }

  #receiveHead(frame: Frame): void {
    const head = decodeMessage("request-head", frame.payload);
    if (frame.streamId <= this.#lastStreamId) {
      throw violation(`stream ids rise: ${frame.streamId} came after ${this.#lastStreamId}`);
    }
    if (this.#streams.size >= STREAMS_PER_LINK_MAX) {
      throw violation(`a link carries at most ${STREAMS_PER_LINK_MAX} requests at once`);
    }
    this.#lastStreamId = frame.streamId;
    assert(this.#events.opened !== undefined, "a proxy's endpoint listens to new streams");
    const lost: AimoError[] = [];
    const unheard: StreamEvents = { lost: (error) => lost.push(error) };
    const entry = this.#addStream(frame.streamId, unheard, "response-body", RESPONSE_CREDIT_BYTES);
    entry.events = this.#events.opened(entry.stream, head); // which may have answered, and so ended it, already
    for (const error of lost) entry.events.lost(error); // or which may have lost the link
  }

  #receiveOnStream(frame: Frame): void {
    const entry = this.#streams.get(frame.streamId);
    if (entry === undefined) return; // it has ended: its last frames may still be on their way
    if (frame.name === "credit") {
      this.#outbox.addCredit(frame.streamId, decodeCredit(frame.payload));
      return;
    }
    entry.stream.receive(frame, entry.events);
  }

  #addStream(
    streamId: number,
    events: StreamEvents,
    bodyFrame: "request-body" | "response-body",
    sendCreditBytes: number,
  ): OpenStream {
    const receiveCreditBytes = bodyFrame === "request-body" ? RESPONSE_CREDIT_BYTES : REQUEST_CREDIT_BYTES;
    this.#outbox.openLane(streamId, bodyFrame, sendCreditBytes);
    const stream = new WireStream(streamId, receiveCreditBytes, this.#outbox, this.#link);
    const entry: OpenStream = { stream, events };
    this.#streams.set(streamId, entry);
    return entry;
  }

  #sendControl(frame: Uint8Array): void {
    if (this.#closed) return;
    try {
      this.#outbox.sendControl(frame);
    } catch (error) {
      this.#violate(error);
    }
  }
}

function violation(detail: string): AimoError {
  return new AimoError("protocol_violation", { detail });
}
