// The last preflight of every first-generation wallet: kept for its next connection, told to those it has now.
import { AimoError } from "@aimo-network/protocol/errors";
import type { Preflight } from "./preflight.ts";
import type { PreflightStore } from "./preflight-store.ts";

/** A wallet's preflight as one connection sees it. */
export interface FollowedPreflight {
  /** The newest one. */
  readonly preflight: Preflight;
  /** Calls `told` after every later preflight of the wallet. */
  onChange(told: () => void): void;
  stop(): void;
}

/** Keeps preflights and tells them to connections. */
export interface Preflights {
  /** Keeps a wallet's preflight and gives it to its connections; rejects with `overloaded` where no more can be kept. */
  announce(wallet: string, preflight: Preflight): Promise<void>;
  find(wallet: string): Promise<Preflight | undefined>;
  /** Follows the wallet's preflights from the last one on; undefined where it has never made one. */
  follow(wallet: string): Promise<FollowedPreflight | undefined>;
  /** Connections that follow. */
  readonly followers: number;
}

class Follower implements FollowedPreflight {
  preflight: Preflight;
  #told: () => void = () => undefined;
  readonly #stop: () => void;

  constructor(preflight: Preflight, stop: (follower: Follower) => void) {
    this.preflight = preflight;
    this.#stop = () => stop(this);
  }

  onChange(told: () => void): void {
    this.#told = told;
  }

  replace(preflight: Preflight): void {
    this.preflight = preflight;
    this.#told();
  }

  stop(): void {
    this.#stop();
  }
}

/** The connections of all wallets. */
class Followers {
  readonly #byWallet = new Map<string, Set<Follower>>();

  get count(): number {
    return [...this.#byWallet.values()].reduce((sum, { size }) => sum + size, 0);
  }

  has(wallet: string): boolean {
    return this.#byWallet.has(wallet);
  }

  add(wallet: string, preflight: Preflight): Follower {
    const follower = new Follower(preflight, (ended) => this.#remove(wallet, ended));
    this.#byWallet.set(wallet, (this.#byWallet.get(wallet) ?? new Set()).add(follower));
    return follower;
  }

  replace(wallet: string, preflight: Preflight): void {
    for (const follower of this.#byWallet.get(wallet) ?? []) follower.replace(preflight);
  }

  #remove(wallet: string, follower: Follower): void {
    const all = this.#byWallet.get(wallet);
    all?.delete(follower);
    if (all?.size === 0) this.#byWallet.delete(wallet);
  }
}

/** Creates the register of preflights over what an earlier run stored; at most `walletsMax` are kept. */
export async function createPreflights(store: PreflightStore, walletsMax: number): Promise<Preflights> {
  const kept = new Set(await store.wallets()); // the wallet used longest ago comes first
  const followers = new Followers();
  let last: Promise<unknown> = Promise.resolve();

  /** One after the other, so that what a connection follows is what was stored last. */
  const inTurn = <Result>(act: () => Promise<Result>): Promise<Result> => {
    const result = last.then(act);
    last = result.catch(() => undefined); // whoever asked is told; the next one is no worse off
    return result;
  };
  const use = (wallet: string): void => {
    kept.delete(wallet);
    kept.add(wallet);
  };
  const makeRoom = async (): Promise<void> => {
    if (kept.size < walletsMax) return;
    const oldest = [...kept].find((wallet) => !followers.has(wallet));
    if (oldest === undefined) {
      throw new AimoError("overloaded", { what: `this router serves ${walletsMax} first-generation wallets already` });
    }
    await store.remove(oldest);
    kept.delete(oldest);
  };

  return {
    announce: (wallet, preflight) =>
      inTurn(async () => {
        if (!kept.has(wallet)) await makeRoom();
        await store.write(wallet, preflight);
        use(wallet);
        followers.replace(wallet, preflight);
      }),
    find: (wallet) => inTurn(() => store.read(wallet)),
    follow: (wallet) =>
      inTurn(async () => {
        const preflight = await store.read(wallet);
        if (preflight === undefined) return undefined;
        use(wallet);
        return followers.add(wallet, preflight);
      }),
    get followers() {
      return followers.count;
    },
  };
}
