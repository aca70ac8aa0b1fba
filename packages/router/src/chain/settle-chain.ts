// What settling needs of the chain, in words that need no library; settling.ts is behind it.
import type { MicroUsdc } from "@aimo-network/protocol/money";

/** What the program allows now. */
export interface SettleRoom {
  /** How much may still be settled in the window that runs. */
  readonly windowRoom: MicroUsdc;
  readonly windowCap: MicroUsdc;
  readonly isPaused: boolean;
}

/** What became of a transaction. */
export type BatchFate =
  /** No node knows it now: it may still land, until it is dead. */
  | { readonly kind: "unknown" }
  /** It was executed, but not yet for sure. */
  | { readonly kind: "seen" }
  | { readonly kind: "landed"; readonly slot: bigint }
  /** It failed for sure; nothing of it was applied. */
  | { readonly kind: "failed"; readonly reason: string };

/** What a landed batch logged, in the order of its entries; `noop` where an entry had been applied before. */
export interface BatchLog {
  readonly slot: bigint;
  readonly entries: readonly ({ readonly applied: MicroUsdc; readonly fee: MicroUsdc } | "noop")[];
}

/** Wallets of a pair or an entry. */
export interface SettleWallets {
  readonly userWallet: string;
  readonly providerWallet: string;
}

/** The chain, as settling needs it. */
export interface SettleChain {
  /** Undefined until the router's config was seen. */
  room(): SettleRoom | undefined;
  /** Packs pairs into as few transactions as their accounts allow: places in the list, in their order. */
  pack(pairs: readonly SettleWallets[]): Promise<readonly (readonly number[])[]>;
  /** Hands bytes to a node; rejects where it says that they would fail, or where none can be reached. */
  submit(wire: string): Promise<void>;
  fate(signature: string): Promise<BatchFate>;
  /** Whether these bytes can never land any more, on any node. */
  isDead(lastValidBlockHeight: bigint): Promise<boolean>;
  /** Whether, on every node, no entry of these is applied. */
  areUnapplied(
    entries: readonly (SettleWallets & { readonly openedSlot: bigint; readonly seq: bigint })[],
  ): Promise<boolean>;
  log(signature: string): Promise<BatchLog | undefined>;
  /** Looks at these users' escrows now and posts them. */
  look(wallets: readonly SettleWallets[]): Promise<void>;
}
