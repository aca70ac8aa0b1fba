// One request and its answer on a link, seen from either end.
import { assert } from "../assert.ts";
import { piecesLength } from "../byte-pieces.ts";
import { AimoError } from "../errors.ts";
import type { Frame, FrameName } from "./frame.ts";
import { encodeCredit, encodeFrame } from "./frame.ts";
import type { End, EndAck, ResponseHead } from "./messages.ts";
import { decodeMessage, encodeMessageFrame } from "./messages.ts";
import type { Outbox } from "./outbox.ts";
import type { StreamState } from "./stream-state.ts";
import { nextStreamState } from "./stream-state.ts";

/**
 * What a stream's owner is told; a router hears of answers, a proxy of requests. After a cancel, and after it has sent
 * its End, an owner hears no more of the other side's head and body. Bytes are views of the received message.
 */
export interface StreamEvents {
  requestBody?(bytes: Uint8Array): void;
  requestEnd?(): void;
  cancelled?(reason: string): void;
  responseHead?(head: ResponseHead): void;
  responseBody?(bytes: Uint8Array): void;
  responseEnd?(end: End): void;
  /** All queued body bytes have gone to the socket. */
  drained?(): void;
  /** The link is gone. */
  lost(error: AimoError): void;
}

/** What a stream has of its link. */
export interface StreamLink {
  sendControl(frame: Uint8Array): void;
  ended(streamId: number): void;
}

/** One stream of a link. */
export class WireStream {
  readonly id: number;
  readonly #outbox: Outbox;
  readonly #link: StreamLink;
  /** Credit the peer began with: what it may send, what the owner holds and what is not yet given back add up to it. */
  readonly #windowBytes: number;
  #state: StreamState = "sending";
  #receiveCreditBytes: number;
  /** Received bytes that the owner has not said to be consumed. */
  #heldBytes = 0;
  #cancelled = false;
  /** The End of an answer whose bytes are still waiting to be sent. */
  #waitingEnd: Uint8Array | undefined;

  constructor(id: number, receiveCreditBytes: number, outbox: Outbox, link: StreamLink) {
    this.id = id;
    this.#windowBytes = receiveCreditBytes;
    this.#receiveCreditBytes = receiveCreditBytes;
    this.#outbox = outbox;
    this.#link = link;
  }

  /** Body bytes that wait for credit or for the socket. */
  get queuedBytes(): number {
    return this.#outbox.queuedBytes(this.id);
  }

  get ended(): boolean {
    return this.#state === "ended";
  }

  /** Router: sends the whole request body, in any pieces, and ends the request; the bytes are not copied. */
  sendRequest(body: readonly Uint8Array[]): void {
    if (this.ended || this.#cancelled) return;
    if (piecesLength(body) > 0) this.#moveTo("request-body");
    this.#moveTo("request-end");
    for (const piece of body) this.#outbox.sendBody(this.id, piece);
    this.#outbox.sendLast(this.id, encodeFrame("request-end", this.id));
  }

  /** Router: wants no more of this answer; body bytes still on their way are dropped, only its End is still told. */
  cancel(reason: string): void {
    if (this.ended || this.#cancelled) return;
    const frame = encodeMessageFrame("cancel", this.id, { reason });
    this.#moveTo("cancel");
    this.#cancelled = true;
    this.#outbox.closeLane(this.id);
    this.#link.sendControl(frame);
    this.#returnCredit(this.#heldBytes); // what the owner holds is dropped too: a peer that sends on must not stall
  }

  /** Router: tells the proxy that an End is recorded. */
  acknowledge(ack: EndAck): void {
    this.#link.sendControl(encodeMessageFrame("end-ack", this.id, ack));
  }

  /** Proxy: starts the answer. */
  sendHead(head: ResponseHead): void {
    if (this.#answerIsUnwanted()) return;
    const frame = encodeMessageFrame("response-head", this.id, head);
    this.#moveTo("response-head");
    this.#link.sendControl(frame);
  }

  /** Proxy: sends answer bytes without copying them; `queuedBytes` says when to pause, `drained` when to go on. */
  sendBody(bytes: Uint8Array): void {
    if (this.#answerIsUnwanted() || bytes.length === 0) return;
    this.#moveTo("response-body");
    this.#outbox.sendBody(this.id, bytes);
  }

  /** Proxy: ends the stream; after a cancel nothing that waits is worth sending first. */
  sendEnd(end: End): void {
    if (this.ended || this.#waitingEnd !== undefined) return;
    const frame = encodeMessageFrame("response-end", this.id, end);
    this.#waitingEnd = frame;
    if (this.#cancelled) this.#sendEndNow(frame);
    else this.#outbox.sendLast(this.id, frame);
  }

  /** Everything queued has been handed to the socket. */
  laneEnded(): void {
    if (this.#waitingEnd === undefined) return;
    this.#moveTo("response-end");
    this.#link.ended(this.id);
  }

  /** Says that `bytes` received body bytes are consumed, so that the peer may send as many more. */
  grant(bytes: number): void {
    if (this.ended || this.#cancelled) return; // a cancel has given back what was held
    assert(bytes <= this.#heldBytes, "a stream's owner grants no more than it has received");
    this.#returnCredit(bytes);
  }

  /** Reads one frame of the peer; throws `protocol_violation` for what the state table or the credit forbids. */
  receive(frame: Frame, events: StreamEvents): void {
    const next = nextStreamState(this.#state, frame.name);
    if (next === undefined) {
      throw new AimoError("protocol_violation", {
        detail: `${frame.name} on stream ${this.id} while it is ${this.#state}`,
      });
    }
    this.#state = next;
    const wanted = !this.#cancelled && this.#waitingEnd === undefined;
    switch (frame.name) {
      case "request-body":
        this.#spendCredit(frame.payload.length);
        if (wanted && frame.payload.length > 0) events.requestBody?.(frame.payload);
        return; // bytes that nobody wants are not given back: the router is about to learn that it can stop
      case "request-end":
        if (wanted) events.requestEnd?.();
        return;
      case "cancel":
        this.#receiveCancel(decodeMessage("cancel", frame.payload).reason, events);
        return;
      case "response-head": {
        const head = decodeMessage("response-head", frame.payload);
        if (wanted) events.responseHead?.(head);
        return;
      }
      case "response-body":
        this.#spendCredit(frame.payload.length);
        if (!wanted) this.#returnCredit(frame.payload.length);
        else if (frame.payload.length > 0) events.responseBody?.(frame.payload);
        return;
      case "response-end": {
        const end = decodeMessage("response-end", frame.payload);
        this.#outbox.closeLane(this.id);
        this.#link.ended(this.id);
        events.responseEnd?.(end);
        return;
      }
      default:
        throw new AimoError("protocol_violation", { detail: `${frame.name} does not belong on a stream` });
    }
  }

  /** The link is gone: nothing can be sent any more. */
  abandon(): void {
    this.#state = "ended";
  }

  #answerIsUnwanted(): boolean {
    return this.ended || this.#cancelled || this.#waitingEnd !== undefined;
  }

  #sendEndNow(frame: Uint8Array): void {
    this.#outbox.closeLane(this.id);
    this.laneEnded();
    this.#link.sendControl(frame);
  }

  #receiveCancel(reason: string, events: StreamEvents): void {
    if (this.#cancelled) return;
    this.#cancelled = true;
    if (this.#waitingEnd === undefined) events.cancelled?.(reason);
    else this.#sendEndNow(this.#waitingEnd); // the answer is complete: only its End still matters
  }

  #spendCredit(bytes: number): void {
    if (bytes > this.#receiveCreditBytes) {
      throw new AimoError("protocol_violation", {
        detail: `stream ${this.id} sent ${bytes} body bytes with ${this.#receiveCreditBytes} of credit`,
      });
    }
    this.#receiveCreditBytes -= bytes;
    this.#heldBytes += bytes;
  }

  #returnCredit(bytes: number): void {
    this.#heldBytes -= bytes;
    const dueBytes = this.#windowBytes - this.#receiveCreditBytes - this.#heldBytes;
    if (dueBytes < this.#windowBytes / 2) return; // fewer credit frames, and the peer never stalls while we keep reading
    this.#receiveCreditBytes += dueBytes;
    this.#link.sendControl(encodeFrame("credit", this.id, encodeCredit(dueBytes)));
  }

  #moveTo(frame: FrameName): void {
    const next = nextStreamState(this.#state, frame);
    assert(next !== undefined, `${frame} is sent only where the table allows it, not while ${this.#state}`);
    this.#state = next;
  }
}
