// The line to a router's live events: open while somebody is signed in and looks, opened again where it was refused.
import type { Clock, Timer } from "@aimo-network/protocol/clock";
import { LIVE_HIDDEN_MS_MAX, LIVE_RETRY_MS, LIVE_RETRY_MS_MAX } from "./limits.ts";

/** Whether figures are live: `connecting` while the line is being opened, `off` while nobody is to be told anything. */
export type LiveState = "live" | "connecting" | "off";

/** The kinds of events that a router tells. */
export const LIVE_KINDS = ["balance", "earnings", "links", "generation"] as const;
/** One of them. */
export type LiveKind = (typeof LIVE_KINDS)[number];

/** What of the browser's `EventSource` is used here. */
export interface LiveSource {
  readonly readyState: number;
  addEventListener(kind: string, listener: (event: { readonly data?: unknown }) => void): void;
  close(): void;
}

/** What a line needs, and whom it tells. */
export interface LiveLineDeps {
  readonly clock: Clock;
  open(): LiveSource;
  /** Whose events are to be told; undefined while nobody is signed in. */
  wallet(): string | undefined;
  isHidden(): boolean;
  /** An event, with its data as it was sent. */
  onEvent(kind: LiveKind, data: unknown): void;
  /** How the line is now; told at each change. */
  onState(state: LiveState): void;
  /** A new line is open: what happened between it and the one before was told to nobody. */
  onOpen(): void;
  /** The router refused the line: the session may have ended. */
  onRefused(): void;
}

const CLOSED = 2; // EventSource.CLOSED: it does not connect again by itself

/** A line, which is kept open as long as it is wanted: by who is signed in, and by whether the page is seen. */
export class LiveLine {
  readonly #deps: LiveLineDeps;
  #state: LiveState | undefined;
  #source: LiveSource | undefined;
  #openedFor: string | undefined;
  #retryMs = LIVE_RETRY_MS;
  #retry: Timer | undefined;
  #hiding: Timer | undefined;
  #isResting = false; // hidden for so long that it is closed
  #isStopped = false;

  constructor(deps: LiveLineDeps) {
    this.#deps = deps;
  }

  /** Looks who is signed in and whether the page is hidden: at first, and whenever one of them may have changed. */
  look(): void {
    if (this.#isStopped) return;
    this.#lookAtPage();
    const wanted = this.#isResting ? undefined : this.#deps.wallet();
    if (wanted === undefined || wanted !== this.#openedFor) this.#close();
    this.#openedFor = wanted;
    if (wanted === undefined) this.#change("off");
    else if (this.#source === undefined && this.#retry === undefined) this.#connect();
  }

  /** Ends it for good. */
  stop(): void {
    this.#isStopped = true;
    this.#hiding?.cancel();
    this.#close();
    this.#change("off");
  }

  #lookAtPage(): void {
    if (this.#deps.isHidden()) {
      this.#hiding ??= this.#deps.clock.timer(LIVE_HIDDEN_MS_MAX, () => {
        this.#isResting = true;
        this.look();
      });
      return;
    }
    this.#hiding?.cancel();
    this.#hiding = undefined;
    this.#isResting = false;
  }

  #change(next: LiveState): void {
    if (this.#state === next) return;
    this.#state = next;
    this.#deps.onState(next);
  }

  #close(): void {
    this.#retry?.cancel();
    this.#retry = undefined;
    this.#source?.close();
    this.#source = undefined;
    this.#retryMs = LIVE_RETRY_MS;
  }

  #connect(): void {
    this.#retry = undefined;
    this.#change("connecting");
    const source = this.#deps.open();
    this.#source = source;
    let isFirst = true;
    source.addEventListener("open", () => {
      if (source !== this.#source) return;
      this.#retryMs = LIVE_RETRY_MS;
      this.#change("live");
      if (isFirst) this.#deps.onOpen();
      isFirst = false;
    });
    source.addEventListener("error", () => this.#failed(source));
    for (const kind of LIVE_KINDS) {
      source.addEventListener(kind, ({ data }) => {
        if (source === this.#source) this.#deps.onEvent(kind, data);
      });
    }
  }

  #failed(source: LiveSource): void {
    if (source !== this.#source) return;
    this.#change("connecting");
    if (source.readyState !== CLOSED) return; // the browser connects again, and says what it saw last
    source.close();
    this.#source = undefined;
    this.#retry = this.#deps.clock.timer(this.#retryMs, () => this.#connect());
    this.#retryMs = Math.min(this.#retryMs * 2, LIVE_RETRY_MS_MAX);
    this.#deps.onRefused();
  }
}
