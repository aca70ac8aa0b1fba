// The fair writer of a link: control frames first, then streams in turn, never more in the socket than it should hold.
import { AimoError } from "../errors.ts";
import { BODY_TURN_BYTES, CONTROL_FRAMES_QUEUED_MAX, CREDIT_BYTES_MAX, SOCKET_BYTES_MAX } from "../limits.ts";
import { Queue } from "../queue.ts";
import type { FrameName } from "./frame.ts";
import { encodeFrame, FRAME_BYTES_MAX } from "./frame.ts";

/** The part of a WebSocket that a link needs. */
export interface LinkSocket {
  /** Hands one message to the socket; `flushed`, when given, is called once it has left this process. */
  send(bytes: Uint8Array, flushed?: () => void): void;
  /** Bytes handed over and not yet sent. */
  bufferedBytes(): number;
}

/** What the owner of an outbox is told; it may send, close a lane or close the outbox from in there. */
export interface OutboxEvents {
  /** A stream that had body bytes waiting has handed them all to the socket. */
  laneDrained(streamId: number): void;
  /** The last frame of a stream's body has been handed to the socket. */
  laneEnded(streamId: number): void;
}

/** What one stream still has to send. */
interface Lane {
  readonly streamId: number;
  readonly bodyFrame: FrameName;
  readonly chunks: Queue<Uint8Array>;
  /** What a turn left of the chunk it took last. */
  rest: Uint8Array | undefined;
  queuedBytes: number;
  creditBytes: number;
  lastFrame: Uint8Array | undefined;
  ready: boolean;
}

/** Fuller than this, the socket may have no room for the longest frame there is. */
const SOCKET_FULL_BYTES = SOCKET_BYTES_MAX - FRAME_BYTES_MAX;

/** Orders what a link sends; the peer's credit and the socket's fill level decide when. */
export class Outbox {
  readonly #socket: LinkSocket;
  readonly #lanes = new Map<number, Lane>();
  readonly #events: OutboxEvents;
  readonly #control = new Queue<Uint8Array>();
  readonly #ready = new Queue<Lane>();
  #totalBytes = 0;
  #pumping = false;
  #awaitingFlush = false;
  #closed = false;

  constructor(socket: LinkSocket, events: OutboxEvents) {
    this.#socket = socket;
    this.#events = events;
  }

  /** Queues a frame that goes before every body. Throws `overloaded` when the peer has let too many pile up. */
  sendControl(frame: Uint8Array): void {
    if (this.#control.length >= CONTROL_FRAMES_QUEUED_MAX) {
      throw new AimoError("overloaded", { what: "the peer does not read its control frames" });
    }
    const goesAtOnce = this.#control.length === 0 && !this.#pumping && !this.#awaitingFlush && !this.#closed;
    if (goesAtOnce) this.#hand(frame);
    else this.#control.push(frame);
    if (!goesAtOnce || this.#ready.length > 0) this.#pump();
  }

  /** Makes room for a stream's body, which may be sent up to `creditBytes` before the peer grants more. */
  openLane(streamId: number, bodyFrame: FrameName, creditBytes: number): void {
    this.#lanes.set(streamId, {
      streamId,
      bodyFrame,
      chunks: new Queue(),
      rest: undefined,
      queuedBytes: 0,
      creditBytes,
      lastFrame: undefined,
      ready: false,
    });
  }

  /** Queues body bytes without copying them: the caller must not change them any more. */
  sendBody(streamId: number, bytes: Uint8Array): void {
    const lane = this.#lanes.get(streamId);
    if (lane === undefined || bytes.length === 0) return;
    lane.chunks.push(bytes);
    lane.queuedBytes += bytes.length;
    this.#totalBytes += bytes.length;
    this.#makeReady(lane);
  }

  /** Queues the frame that ends a stream's body; it goes after all bytes of the stream, and the lane ends with it. */
  sendLast(streamId: number, frame: Uint8Array): void {
    const lane = this.#lanes.get(streamId);
    if (lane === undefined) return;
    lane.lastFrame = frame;
    this.#makeReady(lane);
  }

  /** Adds credit from the peer; throws `protocol_violation` when the counter overflows. */
  addCredit(streamId: number, creditBytes: number): void {
    const lane = this.#lanes.get(streamId);
    if (lane === undefined) return;
    if (lane.creditBytes + creditBytes > CREDIT_BYTES_MAX) {
      throw new AimoError("protocol_violation", { detail: `the credit of stream ${streamId} overflows` });
    }
    lane.creditBytes += creditBytes;
    this.#makeReady(lane);
  }

  /** Forgets what a stream still had to send. */
  closeLane(streamId: number): void {
    const lane = this.#lanes.get(streamId);
    if (lane === undefined) return;
    lane.chunks.clear();
    lane.rest = undefined;
    this.#totalBytes -= lane.queuedBytes;
    lane.queuedBytes = 0;
    lane.lastFrame = undefined;
    this.#lanes.delete(streamId);
  }

  /** Body bytes a stream has queued here. */
  queuedBytes(streamId: number): number {
    return this.#lanes.get(streamId)?.queuedBytes ?? 0;
  }

  /** Body bytes of all streams queued here. */
  get totalBytes(): number {
    return this.#totalBytes;
  }

  /** Streams that still have a lane, for tests that count leaks. */
  get lanes(): number {
    return this.#lanes.size;
  }

  /** Forgets everything: the socket is gone. */
  close(): void {
    this.#closed = true;
    this.#totalBytes = 0;
    this.#lanes.clear();
    this.#control.clear();
    this.#ready.clear();
  }

  #makeReady(lane: Lane): void {
    this.#queueTurn(lane);
    this.#pump();
  }

  #queueTurn(lane: Lane): void {
    if (lane.ready || !this.#canSend(lane)) return;
    lane.ready = true;
    this.#ready.push(lane);
  }

  #canSend(lane: Lane): boolean {
    return lane.queuedBytes > 0 ? lane.creditBytes > 0 : lane.lastFrame !== undefined;
  }

  #pump(): void {
    // The owner may queue more while it is told of a lane: this loop goes on with it, so that frames keep their order.
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      while (!this.#closed && !this.#awaitingFlush && this.#sendNext());
    } finally {
      this.#pumping = false;
    }
  }

  /** Sends one frame; returns whether there was one. */
  #sendNext(): boolean {
    const frame = this.#control.take();
    if (frame !== undefined) {
      this.#hand(frame);
      return true;
    }
    const lane = this.#ready.take();
    if (lane === undefined) return false;
    lane.ready = false;
    if (this.#canSend(lane)) this.#takeTurn(lane); // a lane that was closed meanwhile cannot
    return true;
  }

  #hand(frame: Uint8Array): void {
    if (this.#socket.bufferedBytes() + frame.length <= SOCKET_FULL_BYTES) {
      this.#socket.send(frame);
      return;
    }
    this.#awaitingFlush = true;
    this.#socket.send(frame, () => {
      this.#awaitingFlush = false;
      this.#pump();
    });
  }

  #takeTurn(lane: Lane): void {
    if (lane.queuedBytes === 0 && lane.lastFrame !== undefined) {
      this.#lanes.delete(lane.streamId);
      this.#hand(lane.lastFrame);
      this.#events.laneEnded(lane.streamId);
      return;
    }
    this.#hand(encodeFrame(lane.bodyFrame, lane.streamId, this.#takeBody(lane)));
    this.#queueTurn(lane);
    if (lane.queuedBytes === 0) this.#events.laneDrained(lane.streamId);
  }

  /** Takes the bytes of one turn: a part of a large chunk, or small chunks put together. */
  #takeBody(lane: Lane): Uint8Array {
    const turnBytes = Math.min(BODY_TURN_BYTES, lane.creditBytes, lane.queuedBytes);
    lane.creditBytes -= turnBytes;
    lane.queuedBytes -= turnBytes;
    this.#totalBytes -= turnBytes;
    const first = this.#takeChunk(lane, turnBytes);
    if (first.length === turnBytes) return first;
    const body = new Uint8Array(turnBytes);
    body.set(first);
    for (let filled = first.length; filled < turnBytes;) {
      const part = this.#takeChunk(lane, turnBytes - filled);
      body.set(part, filled);
      filled += part.length;
    }
    return body;
  }

  #takeChunk(lane: Lane, bytesMax: number): Uint8Array {
    const chunk = (lane.rest ?? lane.chunks.take()) as Uint8Array;
    if (chunk.length <= bytesMax) {
      lane.rest = undefined;
      return chunk;
    }
    lane.rest = chunk.subarray(bytesMax);
    return chunk.subarray(0, bytesMax);
  }
}
