// One act from its first word to its last: made, shown in words from its own bytes, signed, sent, and followed.
import type { Clock } from "@aimo-network/protocol/clock";
import { WALLET_SLOW_MS } from "../wallets/limits.ts";
import type { Act, Landed } from "./act.ts";
import { ActFault } from "./act-fault.ts";
import type { Chain } from "./chain-place.ts";

/** What an act's transaction does, as the person reads it. */
export interface ToldAct {
  /** `Deposit 5.00 USDC at …?` */
  readonly question: string;
  /** One sentence for each thing that it does. */
  readonly deeds: readonly string[];
  readonly fee: string;
  /** What to look at twice. */
  readonly warnings: readonly string[];
}

/** A transaction that does what was wished. */
export interface ReadyAct {
  readonly told: ToldAct;
  /** Has it signed and checked; throws `ConsoleFault` where it is not, or is not the same any more. */
  sign(signal: AbortSignal): Promise<SignedAct>;
}

/** A transaction that was signed as agreed. */
export interface SignedAct {
  readonly signature: string;
  readonly explorerUrl: string | undefined;
  /** Sends and follows it; throws `ActFault` where it did not land, or nobody can tell. */
  land(): Promise<void>;
}

/** How far an act is. */
export type ActState =
  | { readonly kind: "idle" }
  | { readonly kind: "preparing"; readonly title: string }
  | { readonly kind: "review"; readonly title: string; readonly told: ToldAct }
  | { readonly kind: "wallet"; readonly title: string; readonly told: ToldAct; readonly isSlow: boolean }
  | { readonly kind: "sending"; readonly title: string; readonly sent: Landed }
  | { readonly kind: "landed"; readonly title: string; readonly landed: Landed }
  | {
      readonly kind: "failed";
      readonly title: string;
      readonly fault: unknown;
      /** What was sent, where it was. */
      readonly sent: Landed | undefined;
      readonly mayRetry: boolean;
    };

/** What goes on where the dialog was closed. */
export interface ActTeller {
  /** It was closed while the act is on its way. */
  goesOn(title: string): void;
  landed(title: string, landed: Landed): void;
  failed(title: string, fault: unknown): void;
}

/** What runs need of the page. */
export interface ActDeps {
  readonly clock: Clock;
  readonly teller: ActTeller;
  loadChain(): Promise<Chain>;
  /** Has the act made, and checks its bytes; throws `ActFault` where they do anything else than was wished. */
  prepare(act: Act, chain: Chain): Promise<ReadyAct>;
}

type Answer = "confirm" | "retry" | "close";

/** What work gives, or undefined once nobody waits for it any more: it may take for ever, and the next act must not. */
async function unlessAborted<Given>(work: Promise<Given>, signal: AbortSignal): Promise<Given | undefined> {
  const stopped = Promise.withResolvers<undefined>();
  const stop = (): void => stopped.resolve(undefined);
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([stopped.promise, work]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** Runs acts, one at a time. */
export class ActRun {
  readonly #deps: ActDeps;
  readonly #listeners = new Set<() => void>();
  #state: ActState = { kind: "idle" };
  #isClosed = true;
  #attempt = new AbortController();
  #answer: ((answer: Answer) => void) | undefined;

  constructor(deps: ActDeps) {
    this.#deps = deps;
  }

  readonly state = (): ActState => this.#state;

  /** Whether an act is on its way, shown or not. */
  readonly isBusy = (): boolean => this.#state.kind !== "idle" && this.#state.kind !== "landed";

  /** Whether the dialog is to be seen. */
  readonly isShown = (): boolean => !this.#isClosed && this.#state.kind !== "idle";

  readonly watch = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  /** The person agrees to what was shown. */
  confirm(): void {
    if (this.#state.kind === "review") this.#answer?.("confirm");
  }

  /** The person tries again what failed. */
  retry(): void {
    if (this.#state.kind === "failed" && this.#state.mayRetry) this.#answer?.("retry");
  }

  /** The dialog is closed: before it was sent, nothing comes of it; afterwards it goes on. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const { kind } = this.#state;
    if (kind === "sending") this.#deps.teller.goesOn(this.#state.title);
    else this.#attempt.abort();
    this.#answer?.("close");
    if (kind === "landed") this.#show({ kind: "idle" });
    else this.#tell();
  }

  /** Runs an act to its end; undefined where nothing came of it, of which the person has been told. */
  async run(act: Act): Promise<Landed | undefined> {
    if (this.isBusy()) {
      this.#isClosed = false; // the one that is on its way is shown
      this.#tell();
      return undefined;
    }
    this.#isClosed = false;
    for (;;) {
      this.#attempt = new AbortController();
      const { signal } = this.#attempt;
      const ended = await this.#once(act, signal);
      if (ended !== "retry") return ended;
    }
  }

  async #once(act: Act, signal: AbortSignal): Promise<Landed | "retry" | undefined> {
    const { title } = act;
    const { teller } = this.#deps;
    let sent: Landed | undefined;
    try {
      this.#show({ kind: "preparing", title });
      const ready = await unlessAborted(this.#prepared(act), signal);
      if (ready === undefined || signal.aborted) return this.#end();
      this.#show({ kind: "review", title, told: ready.told });
      if ((await this.#answered()) !== "confirm") return this.#end();
      const signed = await unlessAborted(this.#sign(ready, title, signal), signal);
      if (signed === undefined || signal.aborted) return this.#end(); // signed too late: nobody gets it
      sent = { signature: signed.signature, explorerUrl: signed.explorerUrl };
      this.#show({ kind: "sending", title, sent });
      await signed.land();
      teller.landed(title, sent);
      this.#show(this.#isClosed ? { kind: "idle" } : { kind: "landed", title, landed: sent });
      return sent;
    } catch (error) {
      if (signal.aborted && sent === undefined) return this.#end();
      if (this.#isClosed) {
        teller.failed(title, error);
        return this.#end();
      }
      const mayRetry = !(error instanceof ActFault && error.kind === "unknown");
      this.#show({ kind: "failed", title, fault: error, sent, mayRetry });
      return (await this.#answered()) === "retry" ? "retry" : this.#end();
    }
  }

  async #prepared(act: Act): Promise<ReadyAct> {
    return await this.#deps.prepare(act, await this.#deps.loadChain());
  }

  async #sign(ready: ReadyAct, title: string, signal: AbortSignal): Promise<SignedAct> {
    const { told } = ready;
    this.#show({ kind: "wallet", title, told, isSlow: false });
    const slow = this.#deps.clock.timer(WALLET_SLOW_MS, () => {
      if (!signal.aborted) this.#show({ kind: "wallet", title, told, isSlow: true });
    });
    try {
      return await ready.sign(signal);
    } finally {
      slow.cancel();
    }
  }

  async #answered(): Promise<Answer> {
    if (this.#isClosed) return "close";
    const { promise, resolve } = Promise.withResolvers<Answer>();
    this.#answer = resolve;
    const answer = await promise;
    this.#answer = undefined;
    return answer;
  }

  #end(): undefined {
    this.#isClosed = true;
    this.#show({ kind: "idle" });
    return undefined;
  }

  #show(state: ActState): void {
    this.#state = state;
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
