// From a wallet that was chosen to somebody who is signed in, or to a wallet that is connected again: what is waited for,
// what went wrong, and what can be done next.
import type { Clock } from "@aimo-network/protocol/clock";
import type { Wallet, WalletAccount } from "@wallet-standard/base";
import type { SessionAnswer } from "../session/session-store.ts";
import { WALLET_SLOW_MS } from "./limits.ts";
import type { LinkedWallet } from "./linked-wallet.ts";
import { signIn } from "./sign-in.ts";
import type { SignInDesk, SignInStep } from "./sign-in.ts";
import { askAccounts } from "./wallet-call.ts";
import { WalletFault, isWalletFault } from "./wallet-fault.ts";
import { canSign, walletText } from "./wallet-shape.ts";

/** What a wallet is wanted for. */
export type ConnectPurpose =
  | { readonly kind: "sign_in" }
  /** Somebody is signed in, and this account's signature is needed. */
  | { readonly kind: "reconnect"; readonly address: string };

/** What is waited for: the wallet's accounts, or a step of the sign-in. */
export type ConnectStep = "connect" | SignInStep;

/** How far it is. */
export type ConnectState =
  | { readonly kind: "closed" }
  | { readonly kind: "choosing"; readonly purpose: ConnectPurpose }
  | {
      readonly kind: "accounts";
      readonly purpose: ConnectPurpose;
      readonly wallet: Wallet;
      readonly accounts: readonly WalletAccount[];
    }
  | {
      readonly kind: "waiting";
      readonly purpose: ConnectPurpose;
      readonly wallet: Wallet;
      readonly step: ConnectStep;
      /** It takes so long that the person should look for the wallet's window. */
      readonly isSlow: boolean;
      readonly isByMemo: boolean;
    }
  | {
      readonly kind: "failed";
      readonly purpose: ConnectPurpose;
      readonly wallet: Wallet;
      readonly fault: unknown;
      /** Whether it may help to sign a transaction in place of a text, as hardware wallets do. */
      readonly mayUseMemo: boolean;
    };

/** What the flow needs of the page. */
export interface ConnectDeps {
  readonly clock: Clock;
  readonly desk: SignInDesk;
  host(): string;
  /** Somebody has signed in. */
  enter(session: SessionAnswer): void;
  link(linked: LinkedWallet): void;
}

const CLOSED: ConnectState = { kind: "closed" };

/** The flow of one page. */
export class ConnectFlow {
  readonly #deps: ConnectDeps;
  readonly #listeners = new Set<() => void>();
  #state: ConnectState = CLOSED;
  #attempt: AbortController | undefined;
  #account: WalletAccount | undefined;
  #answer: ((linked: LinkedWallet | undefined) => void) | undefined;

  constructor(deps: ConnectDeps) {
    this.#deps = deps;
  }

  readonly state = (): ConnectState => this.#state;

  readonly watch = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  /** Asks the person for a wallet: undefined where it is closed without one. Whoever waited before waits no more. */
  request(purpose: ConnectPurpose): Promise<LinkedWallet | undefined> {
    this.close();
    const { promise, resolve } = Promise.withResolvers<LinkedWallet | undefined>();
    this.#answer = resolve;
    this.#show({ kind: "choosing", purpose });
    return promise;
  }

  /** Ends it without a wallet, whatever is waited for. */
  close(): void {
    this.#finish(undefined);
  }

  /** Back to the list of wallets. */
  back(): void {
    if (this.#state.kind === "closed") return;
    this.#attempt?.abort();
    this.#show({ kind: "choosing", purpose: this.#state.purpose });
  }

  /** Takes a wallet, or one of its accounts. */
  async choose(wallet: Wallet, account?: WalletAccount): Promise<void> {
    await this.#try(wallet, account, false);
  }

  /** Tries the wallet again that failed; with `isByMemo` by a transaction. */
  async retry({ isByMemo = false }: { readonly isByMemo?: boolean } = {}): Promise<void> {
    if (this.#state.kind === "failed")
      await this.#try(this.#state.wallet, isByMemo ? this.#account : undefined, isByMemo);
  }

  async #try(wallet: Wallet, chosen: WalletAccount | undefined, isByMemo: boolean): Promise<void> {
    if (this.#state.kind === "closed") return;
    const { purpose } = this.#state;
    this.#attempt?.abort();
    const attempt = new AbortController();
    this.#attempt = attempt;
    this.#account = chosen;
    const { signal } = attempt;
    const wait = (step: ConnectStep, isSlow = false): void => {
      if (!signal.aborted) this.#show({ kind: "waiting", purpose, wallet, step, isSlow, isByMemo });
    };
    const slow = this.#deps.clock.timer(WALLET_SLOW_MS, () => {
      if (this.#state.kind === "waiting") wait(this.#state.step, true);
    });
    try {
      wait("connect");
      const account = chosen ?? this.#pick(wallet, purpose, await askAccounts(wallet, { signal, isSilent: false }));
      if (account === undefined || signal.aborted) return; // the person is asked which
      this.#account = account;
      const linked = { wallet, account };
      if (purpose.kind === "sign_in") {
        const { desk } = this.#deps;
        const onStep = (step: SignInStep): void => {
          slow.refresh();
          wait(step);
        };
        const session = await signIn(linked, { desk, host: this.#deps.host(), signal, isByMemo, onStep });
        this.#deps.enter(session); // also where the person has stopped waiting: the router has opened it
      }
      this.#deps.link(linked);
      if (!signal.aborted) this.#finish(linked);
    } catch (error) {
      if (!signal.aborted) this.#fail(wallet, purpose, error, isByMemo);
    } finally {
      slow.cancel();
    }
  }

  /** The account to take; undefined where the person has to say which. */
  #pick(wallet: Wallet, purpose: ConnectPurpose, accounts: readonly WalletAccount[]): WalletAccount | undefined {
    const [first, second] = accounts;
    if (purpose.kind === "reconnect") {
      const found = accounts.find(({ address }) => address === purpose.address);
      if (found !== undefined) return found;
      throw new WalletFault(
        "wrong_account",
        `${walletText(wallet.name)} is on another account (${first?.address}); you are signed in as ${purpose.address}.`,
        "Choose that account in the wallet, or sign out and in with the other one.",
      );
    }
    if (second === undefined) return first;
    if (this.#attempt?.signal.aborted === false) this.#show({ kind: "accounts", purpose, wallet, accounts });
    return undefined;
  }

  #fail(wallet: Wallet, purpose: ConnectPurpose, fault: unknown, isByMemo: boolean): void {
    const account = this.#account;
    const mayUseMemo =
      !isByMemo &&
      purpose.kind === "sign_in" &&
      account !== undefined &&
      isWalletFault(fault, "failed", "unsound", "unable") &&
      canSign(wallet, account, "solana:signTransaction");
    this.#show({ kind: "failed", purpose, wallet, fault, mayUseMemo });
  }

  #finish(linked: LinkedWallet | undefined): void {
    this.#attempt?.abort();
    this.#attempt = undefined;
    this.#answer?.(linked);
    this.#answer = undefined;
    if (this.#state.kind !== "closed") this.#show(CLOSED);
  }

  #show(state: ConnectState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
