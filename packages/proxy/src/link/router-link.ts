// The standing link to one router: connects, comes back after every loss, and stops only for a key that is refused.
import type { Timer } from "@aimo-network/protocol/clock";
import type { Random } from "@aimo-network/protocol/random";
import type { Drain, Hello, Notice, Welcome } from "@aimo-network/protocol/wire/messages";
import type { Offer } from "@aimo-network/protocol/wire/offer";
import type { RouterTarget } from "../config/proxy-config.ts";
import { DRAIN_SPREAD_MS, LINK_PROVEN_MS } from "../limits.ts";
import type { Log } from "../log.ts";
import { reconnectDelayMs } from "./backoff.ts";
import type { LinkEnd } from "./dial.ts";
import type { Inquiry } from "./router-identity.ts";
import { askWhoIsThere } from "./router-identity.ts";
import { routerWords } from "./router-words.ts";
import type { SessionTools } from "./session.ts";
import { LinkSession } from "./session.ts";

/** What every link of a process uses. */
export interface LinkTools extends SessionTools {
  readonly random: Random;
  readonly log: Log;
  /** What this proxy says of itself when it connects. */
  hello(): Hello;
}

/** `refused`: the router does not take the key, and will not until the config changes. */
export type LinkState = "connecting" | "live" | "waiting" | "refused" | "stopped";

const PROTOCOL_ERROR = 1002;

/** The link to one router, over all its connections. */
export class RouterLink {
  readonly target: RouterTarget;
  readonly #tools: LinkTools;
  readonly #changed: () => void;
  #offers: readonly Offer[];
  #state: LinkState = "stopped";
  #inquiry: Inquiry | undefined;
  #session: LinkSession | undefined;
  #liveSinceMs: number | undefined;
  #failures = 0;
  #redial: Timer | undefined;
  /** When the router that drains may be dialled again, in monotonic milliseconds. */
  #backAtMs: number | undefined;
  #left: PromiseWithResolvers<void> | undefined;

  /** `changed` is told of every change of `state`. */
  constructor(tools: LinkTools, target: RouterTarget, offers: readonly Offer[], changed: () => void) {
    this.#tools = tools;
    this.target = target;
    this.#offers = offers;
    this.#changed = changed;
  }

  get state(): LinkState {
    return this.#state;
  }

  /** Connects, and stays connected. */
  start(): void {
    this.#dial();
  }

  /** Replaces what is offered, at once where the link is live. */
  announce(offers: readonly Offer[]): void {
    this.#offers = offers;
    this.#session?.announce(offers);
  }

  /** Leaves the router for good: no new requests, `graceMs` for the running ones. Resolves when the link is closed. */
  leave(reason: string, graceMs: number): Promise<void> {
    if (this.#left !== undefined) return this.#left.promise;
    this.#left = Promise.withResolvers();
    this.#redial?.cancel();
    this.#inquiry?.cancel();
    if (this.#session === undefined) this.#stop(this.#left);
    else this.#session.leave(reason, graceMs);
    return this.#left.promise;
  }

  #stop(left: PromiseWithResolvers<void>): void {
    this.#become("stopped");
    left.resolve();
  }

  #become(state: LinkState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#changed();
  }

  #dial(): void {
    this.#become("connecting");
    this.#liveSinceMs = undefined;
    const { clock, environment } = this.#tools;
    const { id } = this.target;
    if (id === undefined) {
      this.#open();
      return;
    }
    this.#inquiry = askWhoIsThere(clock, environment, { ...this.target, id }, (end) => {
      if (end === undefined) this.#open();
      else this.#wait(end);
    });
  }

  #open(): void {
    this.#session = new LinkSession(this.#tools, this.target, this.#tools.hello(), this.#offers, {
      live: (welcome) => this.#goLive(welcome),
      noticed: (notice) => this.#note(notice),
      drained: (drain) => this.#prepareReturn(drain),
      closed: (end) => this.#close(end),
    });
  }

  #goLive({ router_id: routerId, message, limits }: Welcome): void {
    this.#liveSinceMs = this.#tools.clock.monotonic();
    const offers = this.#offers.length;
    this.#tools.log.info(
      { router: this.target.url, router_id: routerId, offers, says: routerWords(message) },
      "connected",
    );
    if (offers > limits.offers_max) {
      const about = { router: this.target.url, offers, announced: limits.offers_max };
      this.#tools.log.warn(about, "the router takes fewer offers from one link: the last ones are not announced");
    }
    this.#become("live");
  }

  #note({ code, message, offer }: Notice): void {
    this.#tools.log.warn(
      { router: this.target.url, code, offer, says: routerWords(message) },
      "notice from the router",
    );
  }

  #prepareReturn({ reason, deadline_ms: deadlineMs }: Drain): void {
    const returnMs = deadlineMs + this.#tools.random.fraction() * DRAIN_SPREAD_MS;
    this.#backAtMs = this.#tools.clock.monotonic() + returnMs;
    const about = { router: this.target.url, says: routerWords(reason), back_in_ms: Math.round(returnMs) };
    this.#tools.log.info(about, "the router drains: reconnecting after its deadline");
    this.#redial?.cancel();
    this.#redial = this.#tools.clock.timer(returnMs, () => this.#session?.close(1000, "the router drained"));
  }

  #close(end: LinkEnd): void {
    this.#session = undefined;
    this.#redial?.cancel();
    if (this.#left !== undefined) this.#stop(this.#left);
    else if (end.kind === "refused" && (end.status === 401 || end.status === 403)) {
      const about = { router: this.target.url, status: end.status, says: routerWords(end.reason) };
      this.#tools.log.error(about, "the router refuses the key: this link stops until the config or the key changes");
      this.#become("refused");
    } else this.#wait(end);
  }

  #wait(end: LinkEnd): void {
    const nowMs = this.#tools.clock.monotonic();
    const wasProven = this.#liveSinceMs !== undefined && nowMs - this.#liveSinceMs >= LINK_PROVEN_MS;
    const isViolation = end.kind === "closed" && end.code === PROTOCOL_ERROR;
    // Two ends that do not understand each other will not the next time either: the longest delays at once.
    if (isViolation) this.#failures = Infinity;
    else this.#failures = (wasProven ? 0 : this.#failures) + 1;
    const delayMs =
      this.#backAtMs === undefined
        ? reconnectDelayMs(this.#tools.random, this.#failures)
        : Math.max(0, this.#backAtMs - nowMs);
    this.#backAtMs = undefined;
    this.#report(end, delayMs, isViolation);
    this.#become("waiting");
    this.#redial = this.#tools.clock.timer(delayMs, () => this.#dial());
  }

  #report(end: LinkEnd, delayMs: number, isViolation: boolean): void {
    const about = {
      router: this.target.url,
      ...(end.kind === "refused" && { status: end.status }),
      ...(end.kind === "closed" && { code: end.code }),
      says: routerWords(end.reason) || undefined,
      retry_in_ms: Math.round(delayMs),
    };
    if (end.kind === "stranger") this.#tools.log.error(about, "not connected: the router of the config is not there");
    else if (isViolation)
      this.#tools.log.error(about, "the link broke over the protocol: compare the versions of both ends");
    else if (this.#liveSinceMs === undefined) this.#tools.log.warn(about, "cannot connect to the router");
    else this.#tools.log.warn(about, "the link to the router is gone");
  }
}
