// One connection to a router, from the handshake to its close: hello, welcome, offers, streams, drain.
import { AimoError } from "@aimo-network/protocol/errors";
import type { Clock, Timer } from "@aimo-network/protocol/clock";
import type { TurnSocket } from "@aimo-network/protocol/wire/batch";
import { closeReason } from "@aimo-network/protocol/wire/close-reason";
import type { ConnectionMessage } from "@aimo-network/protocol/wire/endpoint";
import { Endpoint } from "@aimo-network/protocol/wire/endpoint";
import type { Drain, Hello, Notice, RequestHead, Welcome } from "@aimo-network/protocol/wire/messages";
import type { Offer } from "@aimo-network/protocol/wire/offer";
import type { StreamEvents, WireStream } from "@aimo-network/protocol/wire/stream";
import type { WebSocket } from "ws";
import type { RouterTarget } from "../config/proxy-config.ts";
import type { Environment } from "../config/reading.ts";
import type { Ends } from "../ends/ends.ts";
import { Replays } from "../ends/replays.ts";
import { ACKNOWLEDGE_MS, WELCOME_MS } from "../limits.ts";
import type { Server } from "../serving/serve.ts";
import type { LinkEnd } from "./dial.ts";
import { dial } from "./dial.ts";
import { Heartbeat } from "./heartbeat.ts";
import { createLinkSocket } from "./link-socket.ts";
import { offerPages } from "./offer-pages.ts";

/** What every connection of a process uses. */
export interface SessionTools {
  readonly clock: Clock;
  readonly environment: Environment;
  readonly ends: Ends;
  readonly server: Server;
}

/** What the owner of a session is told. */
export interface SessionEvents {
  /** The router has welcomed this proxy and has its offers. */
  live(welcome: Welcome): void;
  noticed(notice: Notice): void;
  /** The router takes its streams elsewhere; running ones may finish. */
  drained(drain: Drain): void;
  /** Told once; all streams have ended by then. */
  closed(end: LinkEnd): void;
}

/** One connection to one router. */
export class LinkSession {
  readonly #tools: SessionTools;
  readonly #events: SessionEvents;
  readonly #hello: Hello;
  readonly #routerId: string | undefined;
  readonly #socket: WebSocket;
  #offers: readonly Offer[];
  readonly #frames: TurnSocket;
  #endpoint: Endpoint | undefined;
  #welcome: Welcome | undefined;
  #welcomeTimer: Timer | undefined;
  #replays: Replays | undefined;
  #heartbeat: Heartbeat | undefined;
  #leaving = false;
  /** The router knows of the drain: no request it sent before is still on its way. */
  #leaveIsKnown = false;
  #leaveTimer: Timer | undefined;
  #acknowledgeTimer: Timer | undefined;
  #over = false;

  /** Starts to connect; `offers` are announced once the router has welcomed this proxy. */
  constructor(
    tools: SessionTools,
    target: RouterTarget,
    hello: Hello,
    offers: readonly Offer[],
    events: SessionEvents,
  ) {
    this.#tools = tools;
    this.#events = events;
    this.#hello = hello;
    this.#offers = offers;
    this.#routerId = target.id;
    this.#socket = dial(tools.clock, tools.environment, target, {
      opened: () => this.#greet(),
      received: (bytes) => {
        this.#heartbeat?.heard();
        this.#endpoint?.receive(bytes);
      },
      pinged: () => this.#heartbeat?.ping(),
      closed: (end) => this.#end(end),
    });
    this.#frames = createLinkSocket(this.#socket);
  }

  /** Replaces what this connection offers; running requests are not touched. */
  announce(offers: readonly Offer[]): void {
    this.#offers = offers;
    if (this.#welcome === undefined) return;
    const fitting = offers.slice(0, this.#welcome.limits.offers_max);
    for (const page of offerPages(fitting)) this.#endpoint?.send("offers", page);
  }

  /** Takes no new requests, lets running ones finish for at most `graceMs`, then closes. */
  leave(reason: string, graceMs: number): void {
    if (this.#over || this.#leaving) return;
    this.#leaving = true;
    if (this.#welcome === undefined) {
      this.close(1001, reason);
      return;
    }
    this.#endpoint?.send("drain", { reason, deadline_ms: graceMs });
    this.#leaveTimer = this.#tools.clock.timer(graceMs, () =>
      this.close(1001, "the grace for running requests is over"),
    );
    this.#socket.once("pong", () => {
      this.#leaveIsKnown = true;
      this.#closeWhenIdle();
    });
    this.#frames.release(); // so that the pong says that the drain has come too
    this.#socket.ping();
  }

  /** Closes the connection at once; running requests end with it. */
  close(code: number, reason: string): void {
    if (this.#over) return;
    this.#frames.release();
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.close(code, closeReason(reason));
    else this.#socket.terminate();
    this.#end({ kind: "closed", code, reason });
  }

  #greet(): void {
    if (this.#over) return;
    this.#endpoint = new Endpoint("proxy", this.#frames, {
      message: (message) => this.#receive(message),
      opened: (stream, head) => this.#open(stream, head),
      violation: (error) => this.close(1002, error.message),
    });
    this.#endpoint.send("hello", this.#hello);
    this.#welcomeTimer = this.#tools.clock.timer(WELCOME_MS, () =>
      this.close(1002, `no welcome came within ${WELCOME_MS} ms`),
    );
  }

  #receive({ name, message }: ConnectionMessage): void {
    switch (name) {
      case "welcome":
        this.#begin(message);
        return;
      case "end-ack":
        this.#tools.ends.forget(message.attempt_id);
        this.#replays?.acknowledged(message.attempt_id);
        if (this.#leaving) this.#closeWhenIdle();
        return;
      case "drain":
        this.#events.drained(message);
        return;
      case "notice":
        this.#events.noticed(message);
        break;
      default: // a proxy's own messages: the endpoint has refused them already
    }
  }

  #begin(welcome: Welcome): void {
    if (this.#welcome !== undefined) {
      this.close(1002, "a second welcome came");
      return;
    }
    if (this.#routerId !== undefined && welcome.router_id !== this.#routerId) {
      this.#endStrange(welcome.router_id);
      return;
    }
    this.#welcome = welcome;
    this.#welcomeTimer?.cancel();
    this.#heartbeat = new Heartbeat(this.#tools.clock, welcome.heartbeat_ms, () => this.#endSilent());
    const { clock, ends } = this.#tools;
    this.#replays = new Replays(clock, ends, welcome.router_id, (end) => this.#endpoint?.send("end-replay", end));
    this.announce(this.#offers);
    this.#events.live(welcome);
  }

  #open(stream: WireStream, head: RequestHead): StreamEvents {
    const routerId = this.#welcome?.router_id;
    if (routerId === undefined)
      throw new AimoError("protocol_violation", { detail: "a request came before the welcome" });
    return this.#tools.server.open(stream, head, {
      isDraining: this.#leaving,
      keep: (end) => this.#tools.ends.keep(routerId, end),
    });
  }

  /** A draining link is done when no stream is open and all Ends are recorded, or their acknowledgements are late. */
  #closeWhenIdle(): void {
    const routerId = this.#welcome?.router_id;
    if (this.#over || !this.#leaveIsKnown || routerId === undefined || this.#endpoint === undefined) return;
    if (this.#endpoint.openStreams > 0) return;
    if (this.#tools.ends.waiting(routerId).length === 0) this.close(1000, "drained");
    else this.#acknowledgeTimer ??= this.#tools.clock.timer(ACKNOWLEDGE_MS, () => this.close(1000, "drained"));
  }

  /** What answered for the router of the config, and what takes its links, are two. */
  #endStrange(found: string): void {
    this.#socket.terminate();
    this.#end({ kind: "stranger", reason: `the router ${found} is there, expected ${this.#routerId}` });
  }

  #endSilent(): void {
    this.#socket.terminate();
    this.#end({ kind: "closed", code: 1006, reason: "two heartbeats of the router did not come" });
  }

  #end(end: LinkEnd): void {
    if (this.#over) return;
    this.#over = true;
    for (const timer of [this.#welcomeTimer, this.#leaveTimer, this.#acknowledgeTimer]) timer?.cancel();
    this.#heartbeat?.stop();
    this.#replays?.stop();
    this.#endpoint?.close(new AimoError("provider_disconnected", { provider: "this proxy" }));
    this.#tools.ends.flush();
    this.#events.closed(end);
  }
}
