// What an instruction is about to change, over what stands: dropped as a whole where the instruction is refused.
import type { Account, Config, Escrow, Key, Provider, Token } from "./records.ts";

/** The moment of a transaction by the Clock sysvar. */
export interface Moment {
  readonly time: bigint;
  readonly slot: bigint;
}

/** The addresses that are derived from others; undefined where the model was not told. */
export interface Derivation {
  config(routerId: Key): Key | undefined;
  vault(config: Key): Key | undefined;
  vaultAuthority(config: Key): Key | undefined;
  escrow(config: Key, user: Key): Key | undefined;
  provider(config: Key, owner: Key): Key | undefined;
  /** The associated token account. */
  associated(owner: Key, mint: Key): Key | undefined;
}

/** What is the same on every chain of a kind: derived addresses, rent, and where SPL Token is. */
export interface Surroundings {
  readonly derive: Derivation;
  readonly tokenProgram: Key;
  /** The mint whose routers have no delay of seconds. */
  readonly mainnetUsdc: Key;
  rent(bytes: bigint): bigint;
}

/** An instruction is refused for this reason; the name is the program's or `token <code>`. */
export class Refusal extends Error {
  override readonly name = "Refusal";
}

/** Refuses where a condition does not hold. */
export function require(condition: boolean, error: string): asserts condition {
  if (!condition) throw new Refusal(error);
}

/** The accounts as an instruction sees and changes them. */
export class Draft {
  readonly now: Moment;
  readonly surroundings: Surroundings;
  readonly changes = new Map<Key, Account>();
  readonly #standing: ReadonlyMap<Key, Account>;

  constructor(standing: ReadonlyMap<Key, Account>, now: Moment, surroundings: Surroundings) {
    this.#standing = standing;
    this.now = now;
    this.surroundings = surroundings;
  }

  get(address: Key): Account {
    return this.changes.get(address) ?? this.#standing.get(address) ?? { kind: "wallet", lamports: 0n };
  }

  put(address: Key, account: Account): void {
    this.changes.set(address, account);
  }

  /** Accepts an account of the program by its owner, kind and version. */
  #accept<Kind extends "config" | "escrow" | "provider">(address: Key, kind: Kind): Extract<Account, { kind: Kind }> {
    const found = this.get(address);
    const isOurs =
      found.kind === "impostor"
        ? !found.isOfAnotherProgram
        : found.kind === "config" || found.kind === "escrow" || found.kind === "provider";
    require(isOurs, "BadOwner");
    require((found.kind === "impostor" ? found.looksLike : found.kind) === kind, "BadDiscriminator");
    require(found.kind === kind, "BadVersion");
    return found as Extract<Account, { kind: Kind }>;
  }

  config(address: Key): Config {
    return this.#accept(address, "config");
  }

  /** The escrow, which is of this router. */
  escrow(address: Key, config: Key): Escrow {
    const found = this.#accept(address, "escrow");
    require(found.config === config, "ConfigMismatch");
    return found;
  }

  /** The provider, which is of this router. */
  provider(address: Key, config: Key): Provider {
    const found = this.#accept(address, "provider");
    require(found.config === config, "ConfigMismatch");
    return found;
  }

  /** The initialised token account; undefined where there is none. */
  token(address: Key): Token | undefined {
    const found = this.get(address);
    return found.kind === "token" && found.state !== "uninitialized" ? found : undefined;
  }
}
