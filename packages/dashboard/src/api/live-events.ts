// Live events in the page: what the router tells is put among what was asked, and what it makes old is asked again.
import { systemClock } from "@aimo-network/protocol/clock";
import type { Clock, Timer } from "@aimo-network/protocol/clock";
import { isJsonObject } from "@aimo-network/protocol/json-object";
import type { QueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { sessionState, watchSession } from "../session/session-store.ts";
import { LIVE_REFRESH_MS } from "./limits.ts";
import { LiveLine } from "./live-line.ts";
import type { LiveKind, LiveSource, LiveState } from "./live-line.ts";

/** What listens beside the queries: to each answer of the wallet, and to lines that were opened anew. */
export interface GenerationListener {
  /** An answer ended; as `GET /generation` gives it, in its `data`. */
  onGeneration(generation: unknown): void;
  /** Answers may have ended that nobody told of. */
  onGap(): void;
}

const PATH = "/api/v1/events";
const OLD_AFTER: Readonly<Record<LiveKind, readonly string[]>> = {
  balance: ["credits"],
  generation: ["generations", "activity", "keys"],
  earnings: ["earnings", "provider-activity"],
  links: ["provider-offers"],
};

let state: LiveState = "off";
const watchers = new Set<() => void>();
const listeners = new Set<GenerationListener>();

/** Calls `listener` for each answer of the wallet until the returned function is called. */
export function watchGenerations(listener: GenerationListener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

function watchState(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
}

/** Whether figures change by themselves at the moment. */
export function useLiveState(): LiveState {
  return useSyncExternalStore(watchState, () => state);
}

function readJson(data: unknown): object | undefined {
  if (typeof data !== "string") return undefined;
  try {
    const read: unknown = JSON.parse(data);
    return isJsonObject(read) ? read : undefined;
  } catch {
    return undefined; // a line that was cut tells nothing
  }
}

/** Asks again what has become old, at most once in a while: the first time at once. */
class Refresher {
  readonly #asking: QueryClient;
  readonly #clock: Clock;
  readonly #old = new Set<string>();
  #timer: Timer | undefined;

  constructor(asking: QueryClient, clock: Clock) {
    this.#asking = asking;
    this.#clock = clock;
  }

  add(keys: readonly string[]): void {
    for (const key of keys) this.#old.add(key);
    if (this.#timer === undefined) this.#refresh();
  }

  #refresh(): void {
    this.#timer = undefined;
    if (this.#old.size === 0) return;
    for (const key of this.#old) void this.#asking.invalidateQueries({ queryKey: [key] });
    this.#old.clear();
    this.#timer = this.#clock.timer(LIVE_REFRESH_MS, () => this.#refresh());
  }

  stop(): void {
    this.#timer?.cancel();
  }
}

/** Puts what an event says where pages look for it. */
function keep(asking: QueryClient, kind: LiveKind, told: object): void {
  if (kind === "balance") asking.setQueryData(["balance"], { data: told });
  if (kind === "links") asking.setQueryData(["links"], told);
  if (kind === "generation") for (const { onGeneration } of listeners) onGeneration(told);
  if (kind !== "earnings") return;
  asking.setQueryData<{ readonly data: object }>(
    ["earnings"],
    (known) => known && { ...known, data: { ...known.data, ...told } },
  );
}

/** Where the page runs: the browser's own line and the session, or those of a test. */
export interface LiveScene {
  readonly clock: Clock;
  open(): LiveSource;
  /** Who is signed in. */
  wallet(): string | undefined;
  watchSession(listener: () => void): () => void;
  isHidden(): boolean;
  watchHidden(listener: () => void): () => void;
}

const browserScene: LiveScene = {
  clock: systemClock,
  open: () => new EventSource(PATH),
  wallet() {
    const session = sessionState();
    return session.kind === "in" ? session.wallet : undefined;
  },
  watchSession,
  isHidden: () => document.visibilityState === "hidden",
  watchHidden(listener) {
    document.addEventListener("visibilitychange", listener);
    return () => document.removeEventListener("visibilitychange", listener);
  },
};

/** Follows the router's live events for whoever is signed in, until the returned function is called. */
export function startLiveEvents(asking: QueryClient, scene: LiveScene = browserScene): () => void {
  const refresher = new Refresher(asking, scene.clock);
  const line = new LiveLine({
    clock: scene.clock,
    open: scene.open,
    wallet: scene.wallet,
    isHidden: scene.isHidden,
    onEvent(kind, data) {
      const told = readJson(data);
      if (told === undefined) return;
      keep(asking, kind, told);
      refresher.add(OLD_AFTER[kind]);
    },
    onState(next) {
      state = next;
      for (const watcher of watchers) watcher();
    },
    onOpen() {
      for (const { onGap } of listeners) onGap();
      refresher.add(OLD_AFTER.generation);
    },
    onRefused: () => refresher.add(["balance"]), // whose answer says whether the session has ended
  });
  const look = (): void => line.look();
  const stops = [scene.watchSession(look), scene.watchHidden(look)];
  look();
  return () => {
    for (const stop of stops) stop();
    refresher.stop();
    line.stop();
  };
}
