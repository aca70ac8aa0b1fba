// One provider's first-generation connection: text messages, offers from its preflight, nothing that can be cancelled.
import type { Timer } from "@aimo-network/protocol/clock";
import { assert } from "@aimo-network/protocol/assert";
import { AimoError, isAimoError } from "@aimo-network/protocol/errors";
import { closeReason } from "@aimo-network/protocol/wire/close-reason";
import type { Logger } from "pino";
import type { WebSocket } from "ws";
import {
  FIRST_GENERATION_ABANDONED_MS,
  FIRST_GENERATION_REQUEST_BYTES_MAX,
  FIRST_GENERATION_REQUESTS_MAX,
  LINK_QUEUED_BYTES_MAX,
} from "../limits.ts";
import type { AnswerDeps } from "./first-generation-answer.ts";
import { FirstGenerationAnswer } from "./first-generation-answer.ts";
import { readProxyMessage, requestMessage } from "./first-generation-messages.ts";
import type { ProxyMessage } from "./first-generation-messages.ts";
import { FragmentSender } from "./fragment-sender.ts";
import type { LinkEvents, LinkPeer } from "./link.ts";
import { CLOSE_NORMAL, CLOSE_POLICY, CLOSE_PROTOCOL, KEY_DRAIN_MS, LinkLife } from "./link-life.ts";
import type { FollowedPreflight } from "./preflights.ts";
import type { AttemptEvents, AttemptRequest, LinkAttempt, ProviderLink } from "./provider-link.ts";

/** A request that the proxy works on, or whose answer still waits for its client. */
interface OpenRequest {
  readonly attemptId: string;
  readonly offerName: string;
  readonly answer: FirstGenerationAnswer;
  readonly dueMs: number;
  hasSlot: boolean;
  /** Runs while the proxy works on a request that nobody wants any more. */
  slotDue: Timer | undefined;
}

/** A first-generation link from the upgrade to its close. */
export class FirstGenerationLink implements ProviderLink {
  readonly id: string;
  readonly wallet: string;
  readonly keyId: string;
  readonly connectedAtMs: number;
  readonly #deps: AnswerDeps;
  readonly #log: Logger;
  readonly #socket: WebSocket;
  readonly #events: LinkEvents;
  readonly #followed: FollowedPreflight;
  readonly #sender: FragmentSender;
  readonly #life: LinkLife;
  readonly #requests = new Map<string, OpenRequest>();
  #takenSlots = 0;
  /** The proxy's own name of each offer's model. */
  #modelNames: ReadonlyMap<string, string> = new Map();
  #draining = false;
  #closed = false;

  constructor(
    deps: AnswerDeps,
    log: Logger,
    socket: WebSocket,
    peer: LinkPeer,
    followed: FollowedPreflight,
    events: LinkEvents,
  ) {
    this.id = peer.id;
    this.wallet = peer.wallet;
    this.keyId = peer.keyId;
    this.connectedAtMs = deps.clock.now();
    this.#deps = deps;
    this.#log = log;
    this.#socket = socket;
    this.#events = events;
    this.#followed = followed;
    this.#sender = new FragmentSender(socket);
    socket.on("message", (data: Buffer, isBinary) => this.#receive(data, isBinary));
    socket.on("close", () => this.#close());
    const living = {
      id: this.id,
      running: () => this.#awaited(),
      keyExpired: () => this.endKey("expired"),
      close: (code: number, reason: string) => socket.close(code, reason),
    };
    this.#life = new LinkLife(deps.clock, log, socket, living, peer.keyExpiresAtMs);
    followed.onChange(() => this.#offer(new Set()));
    this.#offer(new Set());
  }

  freeSlots(offerName: string): number {
    if (this.#draining || this.#socket.readyState !== this.#socket.OPEN) return 0;
    if (this.#sender.queuedBytes >= LINK_QUEUED_BYTES_MAX || !this.#modelNames.has(offerName)) return 0;
    return FIRST_GENERATION_REQUESTS_MAX - this.#takenSlots;
  }

  open(request: AttemptRequest, events: AttemptEvents): LinkAttempt {
    const { attemptId, offerName } = request;
    const modelName = this.#modelNames.get(offerName);
    assert(modelName !== undefined && !this.#closed, "a request goes to a live link that sells its model");
    const owner = {
      attemptId,
      wallet: this.wallet,
      abandoned: () => this.#watchSlot(open),
      ended: () => this.#countOut(open),
    };
    const open: OpenRequest = {
      attemptId,
      offerName,
      answer: new FirstGenerationAnswer(this.#deps, owner, events),
      dueMs: this.#deps.clock.monotonic() + request.deadlineMs,
      hasSlot: true,
      slotDue: undefined,
    };
    this.#requests.set(attemptId, open);
    this.#takenSlots += 1;
    const message = requestMessage(request, this.wallet, modelName);
    if (message.length <= FIRST_GENERATION_REQUEST_BYTES_MAX) this.#sender.send(message);
    else open.answer.lose(new AimoError("body_too_large", { limitBytes: FIRST_GENERATION_REQUEST_BYTES_MAX }));
    return {
      grant: (bytes) => open.answer.grant(bytes),
      cancel: () => open.answer.cancel(),
      acknowledge: () => undefined, // this proxy keeps no Ends
    };
  }

  drain(_reason: string, deadlineMs: number): void {
    if (this.#closed || this.#draining) return;
    this.#startDraining();
    this.#life.closeWithin(deadlineMs, CLOSE_NORMAL, "drained");
  }

  notice(_code: string, _message: string, _offer?: string): void {
    // This dialect has no word for it.
  }

  terminate(): void {
    this.#socket.terminate();
    this.#close(new AimoError("draining", {})); // it is this router that ends, and no provider is to blame
  }

  endKey(reason: "expired" | "revoked"): void {
    if (this.#closed) return;
    this.#startDraining();
    this.#life.closeWithin(KEY_DRAIN_MS, CLOSE_POLICY, `key ${reason}`);
  }

  /** Puts the wallet's models on the market, all but those that this proxy has said it does not have. */
  #offer(without: ReadonlySet<string>): void {
    const models = this.#followed.preflight.filter(({ offer }) => !without.has(offer.name));
    this.#modelNames = new Map(models.map(({ name, offer }) => [offer.name, name]));
    if (!this.#draining && !this.#closed) this.#events.offers(models.map(({ offer }) => offer));
  }

  #receive(data: Buffer, isBinary: boolean): void {
    if (this.#closed) return; // what a peer sends on after a violation is neither read nor logged
    try {
      if (isBinary) throw new AimoError("protocol_violation", { detail: "messages are text, found a binary one" });
      this.#read(readProxyMessage(data.toString()));
    } catch (error) {
      if (!isAimoError(error)) throw error;
      this.#violate(error);
    }
  }

  #read(message: ProxyMessage): void {
    const open = this.#requests.get(message.requestId);
    if (open === undefined || open.answer.isComplete) return; // its end has come, or it was never this link's
    if (message.isProxysOwn && message.status === 404) this.#withdraw(open.offerName);
    open.answer.receive(message);
    this.#countOut(open);
  }

  /** Another proxy of this wallet made the last preflight, and this one lacks the model: it would draw requests and fail them. */
  #withdraw(offerName: string): void {
    if (!this.#modelNames.has(offerName)) return; // offering thousands anew costs far more than a message that says it again
    const known = new Set(this.#modelNames.keys());
    const lacking = this.#followed.preflight.map(({ offer }) => offer.name).filter((name) => !known.has(name));
    this.#offer(new Set([...lacking, offerName]));
  }

  /** The proxy cannot be told to stop: its slot is taken until its model has ended, or can be assumed to have. */
  #watchSlot(open: OpenRequest): void {
    const leftMs = Math.max(0, open.dueMs - this.#deps.clock.monotonic());
    open.slotDue = this.#deps.clock.timer(Math.min(leftMs, FIRST_GENERATION_ABANDONED_MS), () => {
      open.answer.expire();
      this.#countOut(open);
    });
  }

  /** Gives back what an answer no longer needs. */
  #countOut(open: OpenRequest): void {
    if (!open.answer.isComplete) return;
    open.slotDue?.cancel();
    if (open.hasSlot) this.#takenSlots -= 1;
    open.hasSlot = false;
    if (open.answer.isOver) this.#requests.delete(open.attemptId);
  }

  /** Requests that somebody still waits for. */
  #awaited(): number {
    return [...this.#requests.values()].filter(({ answer }) => answer.isAwaited).length;
  }

  #startDraining(): void {
    if (this.#draining) return;
    this.#draining = true;
    this.#events.draining();
  }

  #violate(error: AimoError): void {
    this.#log.warn({ linkId: this.id, wallet: this.wallet, error }, "link closed: protocol violation");
    this.#socket.close(CLOSE_PROTOCOL, closeReason(error.message));
    this.#close();
  }

  #close(error: AimoError = new AimoError("provider_disconnected", { provider: this.wallet })): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#life.stop();
    this.#sender.close();
    for (const { answer } of [...this.#requests.values()]) answer.lose(error);
    for (const open of [...this.#requests.values()]) this.#countOut(open);
    this.#events.closed();
  }
}
