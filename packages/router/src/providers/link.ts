// One provider's `aimo.v2` connection: hello, offers, heartbeat, drain, and the attempts that run on it.
import { piecesLength } from "@aimo-network/protocol/byte-pieces";
import type { Clock, Timer } from "@aimo-network/protocol/clock";
import { AimoError, isAimoError } from "@aimo-network/protocol/errors";
import {
  HEARTBEAT_MS,
  OFFERS_PER_LINK_MAX,
  REPLAYS_AT_ONCE_MAX,
  STREAMS_PER_LINK_MAX,
} from "@aimo-network/protocol/limits";
import type { TurnSocket } from "@aimo-network/protocol/wire/batch";
import { closeReason } from "@aimo-network/protocol/wire/close-reason";
import type { ConnectionMessage } from "@aimo-network/protocol/wire/endpoint";
import { Endpoint } from "@aimo-network/protocol/wire/endpoint";
import type { End, Offers } from "@aimo-network/protocol/wire/messages";
import type { Offer } from "@aimo-network/protocol/wire/offer";
import type { Logger } from "pino";
import type { WebSocket } from "ws";
import { HELLO_TIMEOUT_MS, LINK_QUEUED_BYTES_MAX } from "../limits.ts";
import { CLOSE_NORMAL, CLOSE_POLICY, CLOSE_PROTOCOL, KEY_DRAIN_MS, LinkLife, TIMER_MS_MAX } from "./link-life.ts";
import type { AttemptEvents, AttemptRequest, LinkAttempt, ProviderLink } from "./provider-link.ts";
import { linkSocket } from "./socket-adapter.ts";

/** Who is at the other end. */
export interface LinkPeer {
  readonly id: string;
  readonly wallet: string;
  readonly keyId: string;
  readonly routerId: string;
  readonly keyExpiresAtMs: number;
}

/** What the owner of a link is told. */
export interface LinkEvents {
  /** All offers of this link, after its last page. */
  offers(offers: readonly Offer[]): void;
  /** No new requests may go here: its offers leave the market. */
  draining(): void;
  /** An End that an earlier connection lost, or its acknowledgement; whether it was charged. Rejects where nobody can say now. */
  replayed(end: End): Promise<boolean>;
  closed(): void;
}

/** A link from the upgrade to its close. */
export class Link implements ProviderLink {
  readonly id: string;
  readonly wallet: string;
  readonly keyId: string;
  readonly connectedAtMs: number;
  readonly #log: Logger;
  readonly #socket: WebSocket;
  readonly #frames: TurnSocket;
  readonly #peer: LinkPeer;
  readonly #events: LinkEvents;
  readonly #endpoint: Endpoint;
  readonly #life: LinkLife;
  readonly #helloDue: Timer;
  readonly #runningByOffer = new Map<string, number>();
  #concurrencyByOffer: ReadonlyMap<string, number> = new Map();
  #pages: Offer[] = [];
  /** Ends that have come on their streams and are not acknowledged: a draining link waits for them. */
  #unacknowledged = 0;
  /** The attempts whose replayed Ends are being looked up. */
  readonly #replays = new Set<string>();
  #maxConcurrency = 0;
  #draining = false;
  #closed = false;

  constructor(clock: Clock, log: Logger, socket: WebSocket, peer: LinkPeer, events: LinkEvents) {
    this.id = peer.id;
    this.wallet = peer.wallet;
    this.keyId = peer.keyId;
    this.connectedAtMs = clock.now();
    this.#log = log;
    this.#socket = socket;
    this.#peer = peer;
    this.#events = events;
    this.#frames = linkSocket(socket);
    this.#endpoint = new Endpoint("router", this.#frames, {
      message: (message) => this.#receive(message),
      violation: (error) => this.#violate(error),
    });
    socket.on("message", (data: Buffer, isBinary) => {
      if (this.#closed) return; // what a peer sends on after a violation is neither read nor logged
      if (isBinary) this.#endpoint.receive(data);
      else this.#violate(new AimoError("protocol_violation", { detail: "frames are binary messages, found text" }));
    });
    socket.on("close", () => this.#close());
    this.#helloDue = clock.timer(HELLO_TIMEOUT_MS, () => this.#socket.close(CLOSE_POLICY, "no hello"));
    const living = {
      id: this.id,
      running: () => this.#endpoint.openStreams + this.#unacknowledged,
      keyExpired: () => this.endKey("expired"),
      close: (code: number, reason: string) => this.#closeSocket(code, reason),
    };
    this.#life = new LinkLife(clock, log, socket, living, peer.keyExpiresAtMs);
  }

  freeSlots(offerName: string): number {
    // A closing socket drops what it is given: a request would wait there until the close has come through.
    if (this.#draining || this.#socket.readyState !== this.#socket.OPEN) return 0;
    if (this.#endpoint.queuedBytes >= LINK_QUEUED_BYTES_MAX) return 0;
    const free = Math.min(this.#maxConcurrency, STREAMS_PER_LINK_MAX) - this.#endpoint.openStreams;
    const offerMax = this.#concurrencyByOffer.get(offerName);
    return offerMax === undefined ? free : Math.min(free, offerMax - (this.#runningByOffer.get(offerName) ?? 0));
  }

  open(request: AttemptRequest, events: AttemptEvents): LinkAttempt {
    const { offerName, attemptId } = request;
    this.#runningByOffer.set(offerName, (this.#runningByOffer.get(offerName) ?? 0) + 1);
    const stream = this.#endpoint.open(
      {
        attempt_id: attemptId,
        endpoint: request.endpoint,
        model: offerName,
        headers: request.headers,
        content_length: piecesLength(request.body),
        deadline_ms: Math.max(0, Math.round(request.deadlineMs)),
        stream: request.stream,
        payer: request.payer,
      },
      {
        responseHead: (head) => events.head(head),
        responseBody: (bytes) => events.body(bytes),
        responseEnd: (end) => {
          this.#ended(offerName);
          this.#unacknowledged += 1;
          events.end(end);
        },
        lost: (error) => {
          this.#ended(offerName);
          events.lost(error);
        },
      },
    );
    stream.sendRequest(request.body);
    if (this.#endpoint.exhausted) this.drain("this connection has used all its stream ids", TIMER_MS_MAX);
    return {
      grant: (bytes) => stream.grant(bytes),
      cancel: (reason) => stream.cancel(reason),
      acknowledge: (charged) => {
        this.#unacknowledged -= 1;
        stream.acknowledge({ attempt_id: attemptId, charged });
      },
    };
  }

  drain(reason: string, deadlineMs: number): void {
    if (this.#closed || this.#draining) return;
    this.#startDraining();
    this.#endpoint.send("drain", { reason, deadline_ms: deadlineMs });
    this.#life.closeWithin(deadlineMs, CLOSE_NORMAL, "drained");
  }

  notice(code: string, message: string, offer?: string): void {
    if (!this.#closed) this.#endpoint.send("notice", { code, message, ...(offer !== undefined && { offer }) });
  }

  terminate(): void {
    this.#socket.terminate();
    this.#close(new AimoError("draining", {})); // it is this router that ends, and no provider is to blame
  }

  endKey(reason: "expired" | "revoked"): void {
    if (this.#closed) return;
    this.#startDraining();
    const ended = reason === "expired" ? "expired" : "been revoked";
    this.notice(`key_${reason}`, `The API key of this connection has ${ended}: start the proxy with a new one.`);
    this.#endpoint.send("drain", { reason: `key ${reason}`, deadline_ms: KEY_DRAIN_MS });
    this.#life.closeWithin(KEY_DRAIN_MS, CLOSE_POLICY, `key ${reason}`);
  }

  #receive({ name, message }: ConnectionMessage): void {
    switch (name) {
      case "hello":
        this.#greet(message.max_concurrency);
        return;
      case "offers":
        this.#readPage(message);
        return;
      case "drain":
        this.#startDraining();
        this.#frames.release(); // the last requests: the answer to the ping behind the drain says that no more come
        this.#life.closeWithin(message.deadline_ms, CLOSE_NORMAL, "drained");
        return;
      case "end-replay":
        void this.#replay(message);
        return;
      default:
        this.#violate(new AimoError("protocol_violation", { detail: `${name} is never sent by a proxy` }));
    }
  }

  /** Answers a replayed End; one that cannot be answered now, or not beside so many others, its proxy sends again. */
  async #replay(end: End): Promise<void> {
    const { attempt_id: attemptId } = end;
    if (this.#replays.has(attemptId) || this.#replays.size >= REPLAYS_AT_ONCE_MAX) return;
    this.#replays.add(attemptId);
    try {
      const charged = await this.#events.replayed(end);
      this.#endpoint.send("end-ack", { attempt_id: attemptId, charged });
    } catch (error) {
      const level = isAimoError(error) ? "warn" : "error";
      this.#log[level]({ linkId: this.id, attemptId, error }, "a replayed End cannot be looked up now");
    } finally {
      this.#replays.delete(attemptId);
    }
  }

  #greet(maxConcurrency: number): void {
    this.#helloDue.cancel();
    this.#maxConcurrency = maxConcurrency;
    this.#endpoint.send("welcome", {
      router_id: this.#peer.routerId,
      link_id: this.id,
      heartbeat_ms: HEARTBEAT_MS,
      limits: { streams_max: STREAMS_PER_LINK_MAX, offers_max: OFFERS_PER_LINK_MAX },
    });
  }

  #readPage(page: Offers): void {
    this.#pages.push(...page.offers);
    if (this.#pages.length > OFFERS_PER_LINK_MAX) {
      this.#violate(
        new AimoError("protocol_violation", { detail: `a link has at most ${OFFERS_PER_LINK_MAX} offers` }),
      );
      return;
    }
    if (page.more) return;
    const offers = this.#pages;
    this.#pages = [];
    const names = new Set(offers.map((offer) => offer.name.toLowerCase()));
    if (names.size < offers.length) {
      this.#violate(
        new AimoError("protocol_violation", { detail: "two offers have the same name (case does not count)" }),
      );
      return;
    }
    this.#concurrencyByOffer = new Map(
      offers.flatMap(({ name, max_concurrency: most }) => (most === undefined ? [] : [[name, most] as const])),
    );
    if (!this.#draining) this.#events.offers(offers);
  }

  #ended(offerName: string): void {
    const running = (this.#runningByOffer.get(offerName) ?? 1) - 1;
    if (running === 0) this.#runningByOffer.delete(offerName);
    else this.#runningByOffer.set(offerName, running);
  }

  #startDraining(): void {
    if (this.#draining) return;
    this.#draining = true;
    this.#events.draining();
  }

  #violate(error: AimoError): void {
    // The peer is told the words, which may quote what it sent; the log gets the place in the code that complained.
    this.#log.warn({ linkId: this.id, wallet: this.wallet, error }, "link closed: protocol violation");
    this.#closeSocket(CLOSE_PROTOCOL, closeReason(error.message));
    this.#close();
  }

  #closeSocket(code: number, reason: string): void {
    this.#frames.release();
    this.#socket.close(code, reason);
  }

  #close(error: AimoError = new AimoError("provider_disconnected", { provider: this.wallet })): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#helloDue.cancel();
    this.#life.stop();
    this.#endpoint.close(error);
    this.#events.closed();
  }
}
